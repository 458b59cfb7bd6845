"""An event that anyone proposes: confirmed by a button, seen by whom it concerns, decided once, forgotten in time."""

import logging
import re
from datetime import date, time, timedelta
from html import unescape

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from assemblies import proposals
from assemblies.models import EventPage, EventProposal
from assemblies.proposals import AlreadyDecidedError, accept, purge, refuse
from home.models import OutgoingMail
from home.public_forms import stamp
from home.roles import ADMINISTRATION, MODERATION, REDACTION
from tests.factories import AssemblyFactory, EventIndexPageFactory, UserFactory

ADDRESS = "/agenda/proposer/"
State = EventProposal.State


@pytest.fixture
def index(roles):
    return EventIndexPageFactory(parent=roles.home)


def form(**changes):
    shown = signing.TimestampSigner(salt="home.public_forms")
    # Shown a minute ago.
    shown.timestamp = lambda: signing.b62_encode(int(timezone.now().timestamp()) - 60)
    return {
        "title": "Débat sur l’accueil", "date": "2027-01-09", "start_time": "18:30", "commune": "Toulouse (Haute-Garonne)",
        "place": "Salle des fêtes", "organisers": "Un collectif", "details": "Un <b>débat</b>.", "link": "https://example.org/",
        "name": "Camille Exemple", "email": "camille@example.org", "stamp": shown.sign("shown"), "trap": "",
    } | changes  # fmt: skip


def words(response):
    return unescape(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def token_sent():
    text = OutgoingMail.objects.latest("pk").content
    return re.search(r"/agenda/confirmer/([\w-]{43})/", bytes(text).decode().replace("=\n", "").replace("=\r\n", ""))[1]


def waiting(**values):
    defaults = {
        "title": "Débat", "date": date(2027, 1, 9), "start_time": time(18, 30), "commune_id": "31555", "organisers": "Un collectif",
        "name": "Camille Exemple", "email": "camille@example.org", "state": State.WAITING, "confirmed_at": timezone.now(),
    }  # fmt: skip
    return EventProposal.objects.create(**defaults | values)


def of_an_assembly(*departements):
    from assemblies.provisioning import provision

    assembly = provision(AssemblyFactory(departements=departements))
    client = Client()
    client.user = UserFactory()
    client.user.groups.add(assembly.group)
    client.force_login(client.user)
    return client


# --- Proposing ----------------------------------------------------------------------------------------------------------
def test_the_form_is_never_kept_and_sets_the_csrf_cookie_only(index, client):
    response = client.get(ADDRESS)
    assert "no-store" in response["Cache-Control"]
    assert set(response.cookies) == {"csrftoken"}
    assert "N’écrivez ni nom, ni adresse" in words(response)
    assert not client.get(ADDRESS + "merci/").cookies


def test_a_proposal_is_seen_by_nobody_before_its_author_presses_the_button(index, client):
    assert client.post(ADDRESS, form()).status_code == 302
    proposal = EventProposal.objects.get()
    assert (proposal.state, proposal.commune_id, proposal.title) == (State.UNCONFIRMED, "31555", "Débat sur l’accueil")
    assert not EventProposal.objects.confirmed().exists()
    address = f"/agenda/confirmer/{token_sent()}/"
    for _ in range(3):
        response = client.get(address)
        client.head(address)
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]
        assert "Confirmer ma proposition" in words(response)
    assert EventProposal.objects.get().state == State.UNCONFIRMED
    assert "C’est confirmé" in words(client.post(address))
    proposal.refresh_from_db()
    assert (proposal.state, bool(proposal.confirmed_at)) == (State.WAITING, True)
    assert "C’est déjà fait" in words(client.get(address))
    assert "C’est déjà fait" in words(client.post(address))


@pytest.mark.parametrize("token", ["x" * 43, "a", "é"])
def test_a_link_that_opens_nothing_says_so(index, client, token):
    response = client.get(f"/agenda/confirmer/{token}/")
    assert response.status_code == 404
    assert "Ce lien n’ouvre rien" in words(response)
    assert client.post(f"/agenda/confirmer/{token}/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"commune": "Saint-Denis"}, "plusieurs communes portent ce nom"),
        ({"commune": "xqzzyw"}, "aucune commune ne porte ce nom"),
        ({"date": "2020-03-02"}, "Ce jour est passé"),
        ({"date": "zz"}, "date"),
        ({"email": "zz"}, "adresse"),
        ({"link": "javascript:alert(1)"}, "URL"),
        ({"trap": "robot"}, "robots"),
        ({"title": ""}, "À corriger"),
    ],
)
def test_what_is_refused_is_said_and_nothing_typed_is_lost(index, client, changes, said):
    response = client.post(ADDRESS, form(**changes))
    assert response.status_code == 200
    assert said in words(response)
    assert "Camille Exemple" in words(response)
    assert not EventProposal.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_a_form_sent_at_once_is_refused(index, client):
    assert "trop vite" in words(client.post(ADDRESS, form(stamp=stamp())))


def test_five_an_hour_from_one_place(index, client):
    for _ in range(5):
        assert client.post(ADDRESS, form()).status_code == 302
    assert client.post(ADDRESS, form()).status_code == 429
    assert EventProposal.objects.count() == 5


# --- Who sees -----------------------------------------------------------------------------------------------------------
def test_an_assembly_sees_those_of_its_territory_and_moderation_all(index, log_in):
    here, there = waiting(title="Ici même"), waiting(title="Là-bas", commune_id="69123", email="la-bas@example.org")
    hidden = waiting(title="Pas confirmé", state=State.UNCONFIRMED)
    client = of_an_assembly("31")
    text = words(client.get("/admin/propositions/"))
    assert "Ici même" in text
    assert "Là-bas" not in text
    assert "camille@example.org" in words(client.get(f"/admin/propositions/{here.pk}/"))
    assert client.get(f"/admin/propositions/{there.pk}/").status_code == 404
    assert client.post(f"/admin/propositions/{there.pk}/", {"decision": "retenir"}).status_code == 404
    client = log_in(MODERATION)
    text = words(client.get("/admin/propositions/"))
    assert "Là-bas" in text
    assert "Pas confirmé" not in text
    assert client.get(f"/admin/propositions/{hidden.pk}/").status_code == 404


@pytest.mark.parametrize("role", [REDACTION, ADMINISTRATION])
def test_others_see_none(index, log_in, role):
    proposal = waiting()
    client = log_in(role)
    assert client.get("/admin/propositions/").status_code == 302
    assert client.get(f"/admin/propositions/{proposal.pk}/").status_code in (302, 404)
    assert "propositions" not in client.get("/admin/").content.decode()


def test_reading_a_contact_is_logged(index, log_in):
    proposal = waiting()
    client = log_in(MODERATION)
    client.get(f"/admin/propositions/{proposal.pk}/")
    entry = ModelLogEntry.objects.get(action="assemblies.read_contact")
    assert (entry.user, entry.object_id) == (client.user, str(proposal.pk))


# --- Deciding -----------------------------------------------------------------------------------------------------------
def test_accepting_makes_a_draft_that_moderation_publishes(index, log_in):
    proposal = waiting(details="Un <b>débat</b>.", link="https://example.org/", place="Salle des fêtes")
    client = of_an_assembly("31")
    client.post(f"/admin/propositions/{proposal.pk}/", {"decision": "retenir"})
    page = EventPage.objects.get()
    assert (page.title, page.live, page.status, page.get_parent().pk) == ("Débat", False, "propose", index.pk)
    assert page.starts_at.isoformat() == "2027-01-09T17:30:00+00:00"
    assert "&lt;b&gt;" in page.body
    assert page.current_workflow_state
    assert "retenue" in OutgoingMail.objects.get().subject
    assert log_in(MODERATION).get(f"/admin/pages/{page.pk}/edit/").status_code == 200
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.page) == (State.ACCEPTED, client.user, page)


def test_two_events_of_one_name_have_two_addresses(index):
    user = UserFactory()
    pages = [accept(waiting(), user) for _ in range(2)]
    assert len({page.slug for page in pages}) == 2


def test_refusing_may_say_why_and_is_told(index, log_in):
    proposal = waiting()
    log_in(MODERATION).post(f"/admin/propositions/{proposal.pk}/", {"decision": "refuser", "reason": "Déjà annoncé."})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.reason) == (State.REFUSED, "Déjà annoncé.")
    assert OutgoingMail.objects.count() == 1
    assert not EventPage.objects.exists()


def test_the_first_decision_holds_and_the_other_learns_whose_it_is(index, log_in):
    proposal = waiting()
    stale = EventProposal.objects.get(pk=proposal.pk)
    client = of_an_assembly("31")
    client.post(f"/admin/propositions/{proposal.pk}/", {"decision": "refuser"})
    with pytest.raises(AlreadyDecidedError):
        accept(stale, UserFactory())
    response = log_in(MODERATION).post(f"/admin/propositions/{proposal.pk}/", {"decision": "retenir"}, follow=True)
    text = words(response)
    assert "cette décision tient" in text
    assert client.user.get_full_name() in text
    assert not EventPage.objects.exists()
    assert OutgoingMail.objects.count() == 1


def test_nothing_is_decided_by_reading_or_by_another_word(index, log_in):
    proposal = waiting()
    client = log_in(MODERATION)
    client.get(f"/admin/propositions/{proposal.pk}/?decision=retenir")
    client.post(f"/admin/propositions/{proposal.pk}/", {"decision": "zz"})
    proposal.refresh_from_db()
    assert proposal.is_waiting


def test_without_an_agenda_nothing_is_decided(roles, log_in):
    proposal = waiting()
    response = log_in(MODERATION).post(f"/admin/propositions/{proposal.pk}/", {"decision": "retenir"}, follow=True)
    assert "pas encore de page" in words(response)
    proposal.refresh_from_db()
    assert proposal.is_waiting


# --- Forgetting ---------------------------------------------------------------------------------------------------------
def test_what_is_not_confirmed_goes_and_contacts_are_erased_in_time(index, caplog):
    now = timezone.now()
    old, less = now - timedelta(hours=73), now - timedelta(hours=71)
    waiting(title="oubliée", state=State.UNCONFIRMED, confirmed_at=None, created_at=old)
    waiting(title="récente", state=State.UNCONFIRMED, confirmed_at=None, created_at=less)
    waiting(title="jamais décidée", confirmed_at=now - timedelta(days=91))
    waiting(title="à décider", confirmed_at=now - timedelta(days=89))
    decided = waiting(title="décidée")
    refuse(decided, UserFactory(), "Non.")
    EventProposal.objects.filter(pk=decided.pk).update(decided_at=now - timedelta(days=91))
    kept = waiting(title="décidée hier")
    refuse(kept, UserFactory())
    with caplog.at_level(logging.WARNING):
        purge()
    assert set(EventProposal.objects.values_list("title", flat=True)) == {
        "récente",
        "à décider",
        "décidée",
        "décidée hier",
    }
    decided.refresh_from_db()
    assert (decided.name, decided.email) == ("", "")
    kept.refresh_from_db()
    assert kept.email
    assert "2 proposed events" in caplog.text
    assert "camille" not in caplog.text
    purge()


def test_it_is_a_job(db):
    from home import jobs

    assert proposals.purge in [job.function for job in jobs.registered()]
