"""Writing to an assembly: the message arrives, its address is nowhere, and nothing of it is kept."""

from email import message_from_bytes, policy
from html import unescape

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from assemblies.relay import MAX_MESSAGE, MESSAGES_A_DAY
from home import outbox, public_forms
from home.models import OutgoingMail
from tests.factories import AssemblyFactory, AssemblyIndexPageFactory, AssemblyPageFactory

SECRET = "boite-secrete@example.org"
ADDRESS = "/assemblees/egm-31/ecrire/"
THANKS = ADDRESS + "merci/"


@pytest.fixture
def index(site):
    return AssemblyIndexPageFactory(parent=site.home, joining="<p>Écrivez au réseau.</p>")


@pytest.fixture
def page(index):
    assembly = AssemblyFactory(name="EGM 31", slug="egm-31", departements=["31"], private_contact=SECRET)
    return AssemblyPageFactory(parent=index, assembly=assembly)


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Tests are faster than people."""
    monkeypatch.setattr(public_forms, "FASTEST_SECONDS", 0)


def words(response):
    return unescape(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def typed(**changes):
    return {
        "name": "Camille Exemple",
        "email": "camille@example.net",
        "message": "Bonjour,\r\nquand vous réunissez-vous ?",
        "stamp": public_forms.stamp(),
    } | changes


def only_mail():
    """The one queued mail, as its reader will have it."""
    return message_from_bytes(bytes(OutgoingMail.objects.get().content), policy=policy.default)


class TestSent:
    def test_the_message_is_queued_for_the_private_contact_and_answers_go_to_who_wrote(self, page, client):
        response = client.post(ADDRESS, typed())
        assert (response.status_code, response["Location"]) == (302, THANKS)
        row, message = OutgoingMail.objects.get(), only_mail()
        assert row.recipient == message["To"] == SECRET
        assert message["Reply-To"] == "camille@example.net"
        assert message["Subject"] == "Un message pour EGM 31"
        text = message.get_content()
        assert "Camille Exemple" in text
        assert "Bonjour,\nquand vous réunissez-vous ?" in text
        assert "camille@example.net" in text

    def test_nothing_typed_is_kept_once_it_has_left(self, page, client):
        client.post(ADDRESS, typed())
        outbox.send_due()
        assert len(mail.outbox) == 1
        row = OutgoingMail.objects.get()
        kept = " ".join(str(value) for value in vars(row).values())
        for word in ("Camille", "camille@", "réunissez", SECRET):
            assert word not in kept

    def test_the_thanks_are_a_page_of_their_own_and_reading_it_again_sends_nothing(self, page, client):
        response = client.post(ADDRESS, typed(), follow=True)
        assert "Merci." in words(response)
        client.get(THANKS)
        assert OutgoingMail.objects.count() == 1
        assert client.post(THANKS).status_code == 405

    def test_reading_the_form_sends_nothing_and_sets_one_cookie(self, page, client):
        response = client.get(ADDRESS)
        assert "no-store" in response["Cache-Control"]
        assert set(response.cookies) == {settings.CSRF_COOKIE_NAME}
        assert "Écrire à l’assemblée : EGM 31" in words(response)
        assert "ni situation administrative d’une personne aidée" in words(response)
        assert not OutgoingMail.objects.exists()

    def test_a_form_without_its_token_is_refused(self, page):
        assert Client(enforce_csrf_checks=True).post(ADDRESS, typed()).status_code == 403
        assert not OutgoingMail.objects.exists()


class TestSecret:
    def test_the_address_is_in_no_page_header_or_file(self, page, client):
        answers = [
            client.get("/assemblees/"),
            client.get("/assemblees/?commune=31555"),
            client.get(page.url),
            client.get(ADDRESS),
            client.post(ADDRESS, typed(email="faux")),
            client.post(ADDRESS, typed()),
            client.get(THANKS),
            client.get("/communes/31555-toulouse/"),
            client.get("/communes/31555-toulouse/dossier/"),
            client.get("/api/v2/pages/?type=assemblies.AssemblyPage&fields=*"),
            client.get("/recherche/?q=boite-secrete"),
            client.get("/sitemap.xml"),
        ]
        for response in answers:
            sent = response.content.decode() + str(response.headers) + str(response.cookies)
            assert SECRET not in sent
            assert "boite-secrete" not in sent.replace("recherche", "").replace("« boite-secrete »", "") or (
                response.request["PATH_INFO"] == "/recherche/"
            )

    def test_the_mail_shows_the_address_to_its_owner_only(self, page, client):
        client.post(ADDRESS, typed())
        message = only_mail()
        assert SECRET not in message.get_content()
        assert "Cc" not in message
        assert "Bcc" not in message


class TestRefused:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"email": "pas une adresse"}, "Votre adresse électronique"),
            ({"email": ""}, "Votre adresse électronique"),
            ({"name": "  "}, "Votre nom"),
            ({"name": "x" * 121}, "Votre nom"),
            ({"message": ""}, "Votre message"),
            ({"message": "x" * (MAX_MESSAGE + 1)}, "Votre message"),
            ({"message": "a\x00b"}, "Votre message"),
            ({"stamp": ""}, "n’a pas été reconnu"),
            ({"trap": "http://example.org"}, "comme le font les robots"),
        ],
    )
    def test_what_cannot_be_sent_is_said_and_nothing_typed_is_lost(self, page, client, changes, said):
        data = typed(**changes)
        response = client.post(ADDRESS, data)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        text = words(response)
        assert said in text.split('role="alert"')[1]
        if "message" not in changes:
            assert "quand vous réunissez-vous ?" in text
        assert not OutgoingMail.objects.exists()

    def test_a_message_of_the_full_length_goes_whatever_its_ends_of_line(self, page, client):
        message = "a\r\n" * (MAX_MESSAGE // 2 - 1) + "fin"
        assert client.post(ADDRESS, typed(message=message[: MAX_MESSAGE + 1000])).status_code == 302

    @pytest.mark.parametrize(
        "changes",
        [
            {"name": "Camille\r\nBcc: victime@example.org"},
            {"name": "Camille\nContent-Type: text/html\n\n<script>"},
            {"email": "camille@example.net\r\nBcc: victime@example.org"},
            {"email": "camille@example.net, victime@example.org"},
            {"message": "\r\n.\r\nMAIL FROM:<x@example.org>\r\nBcc: victime@example.org"},
            {"message": "{{ settings.SECRET_KEY }} {% load i18n %} <b>gras</b>"},
            {"name": "=?utf-8?q?=0ABcc:_victime@example.org?="},
        ],
    )
    def test_no_header_and_no_template_comes_from_what_is_typed(self, page, client, changes):
        client.post(ADDRESS, typed(**changes))
        if not OutgoingMail.objects.exists():
            return
        message = only_mail()
        assert message["To"] == OutgoingMail.objects.get().recipient == SECRET
        assert "Bcc" not in message
        assert message["Reply-To"] == "camille@example.net"
        assert message.get_content_type() == "text/plain"
        assert message["Subject"] == "Un message pour EGM 31"
        if "settings" in changes.get("message", ""):
            assert "{{ settings.SECRET_KEY }}" in message.get_content()
            assert "<b>gras</b>" in message.get_content()

    def test_too_many_from_one_place_are_refused_with_what_was_typed(self, page, client):
        for _time in range(5):
            assert client.post(ADDRESS, typed()).status_code == 302
        response = client.post(ADDRESS, typed())
        assert response.status_code == 429
        assert "quand vous réunissez-vous ?" in words(response)
        assert OutgoingMail.objects.count() == 5

    def test_too_many_for_one_assembly_are_refused_wherever_they_come_from(self, page, client):
        for number in range(MESSAGES_A_DAY):
            client.post(ADDRESS, typed(), REMOTE_ADDR=f"192.0.2.{number}")
        response = client.post(ADDRESS, typed(), REMOTE_ADDR="198.51.100.7")
        assert response.status_code == 429
        assert "no-store" in response["Cache-Control"]
        assert "Réessayez demain" in words(response)
        assert "quand vous réunissez-vous ?" in words(response)
        assert OutgoingMail.objects.count() == MESSAGES_A_DAY

    def test_one_place_alone_does_not_close_the_form_to_the_others(self, page, client):
        for _time in range(MESSAGES_A_DAY + 5):
            client.post(ADDRESS, typed())
        assert client.post(ADDRESS, typed(), REMOTE_ADDR="198.51.100.7").status_code == 302


class TestClosed:
    @pytest.mark.parametrize("way", ["no contact", "closed by the assembly"])
    def test_an_assembly_that_takes_no_message_says_so_and_gives_the_national_way(self, page, client, way):
        if way == "no contact":
            page.assembly.private_contact = ""
            page.assembly.save()
        else:
            page.relay_open = False
            page.save_revision().publish()
        for response in (client.get(ADDRESS), client.post(ADDRESS, typed())):
            assert response.status_code == 200
            assert "ne reçoit pas de messages" in words(response)
            assert "Écrivez au réseau." in words(response)
            assert "<form" not in words(response)
        assert not client.get(ADDRESS).cookies
        assert not OutgoingMail.objects.exists()

    def test_an_unpublished_page_has_no_form(self, page, client):
        page.unpublish()
        assert client.get(ADDRESS).status_code == client.post(ADDRESS, typed()).status_code == 404
        assert client.get(THANKS).status_code == 404
        assert client.get("/assemblees/personne/ecrire/").status_code == 404
