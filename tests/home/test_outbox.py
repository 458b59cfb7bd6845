"""Mail that arrives: real servers on loopback, that answer, refuse, hang or are away."""

import datetime
import email
import email.policy
import re
import time
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.core.mail import BadHeaderError, EmailMessage, get_connection, send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from home import outbox
from home.models import OutgoingMail
from home.models.mail import GIVE_UP_AFTER, KEEP_ABANDONED, KEEP_SENT, back_off
from home.roles import ADMINISTRATION, MODERATION

from .mail_servers import free_port, hanging_server, mail_server

State = OutgoingMail.State
LIST_QUERIES = 13
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def smtp(settings):
    """`smtp(port)` sends our mails there."""

    def to(port):
        settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 0.5

    return to


@pytest.fixture
def template(settings, tmp_path):
    """`template("name", text)` writes a mail of ours."""
    (tmp_path / "mail").mkdir()
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]
    return lambda name, text: (tmp_path / "mail" / f"{name}.txt").write_text(text)


def queue(to="dominique@exemple.fr", subject="Bonjour", body="Voilà.", **values):
    outbox.queue(EmailMessage(subject, body, to=[to], **values))
    return OutgoingMail.objects.latest("pk")


def later(delay=2 * MINUTE):
    """Time passes for the mails that wait."""
    for mail in OutgoingMail.objects.waiting():
        mail.next_attempt_at -= delay
        mail.save()


def parsed(content):
    return email.message_from_bytes(content, policy=email.policy.default)


# --- Into the queue ---------------------------------------------------------------------------------------------------
def test_any_mail_of_django_waits_in_the_database(db, settings, mailoutbox):
    settings.EMAIL_BACKEND = "home.outbox.QueueBackend"
    assert send_mail("Bonjour", "Texte", None, ["a@exemple.fr", "b@exemple.fr"]) == 1
    assert mailoutbox == []
    # One address a row, so that what a server says of one is not lost among the others.
    assert set(OutgoingMail.objects.values_list("recipient", flat=True)) == {"a@exemple.fr", "b@exemple.fr"}
    outbox.send_due()
    assert [mail.to for mail in mailoutbox] == [["a@exemple.fr"], ["b@exemple.fr"]]


def test_a_new_password_is_asked_through_the_queue(log_in, settings, mailoutbox):
    settings.EMAIL_BACKEND = "home.outbox.QueueBackend"
    person, client = log_in(MODERATION).user, log_in(None)
    person.email = "moderation@exemple.fr"
    person.set_password("une phrase assez longue")
    person.save()
    client.post(reverse("wagtailadmin_password_reset"), {"email": person.email})
    assert OutgoingMail.objects.get().recipient == person.email
    outbox.send_due()
    assert "password_reset/confirm/" in mailoutbox[0].body


def test_what_is_undone_is_not_announced(db):
    def act():
        with transaction.atomic():
            queue()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not OutgoingMail.objects.exists()


def test_the_message_is_kept_whole_with_its_own_identifier(db):
    mail = queue(subject="Été à Orléans", body="Ça marche.\n", bcc=["cachee@exemple.fr"])
    first = OutgoingMail.objects.earliest("pk")
    message = parsed(bytes(first.content))
    assert message["Message-ID"] == first.message_id != mail.message_id
    assert message["Subject"] == "Été à Orléans"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content() == "Ça marche.\n"
    assert mail.recipient == "cachee@exemple.fr"
    assert b"cachee" not in bytes(mail.content)


def test_a_mail_is_written_from_a_template(site, template):
    template(
        "essai",
        "{% extends 'mail/base.txt' %}{% block subject %}Votre engagement à {{ town }}{% endblock %}"
        "{% block body %}Bonjour {{ name }},\n\n{{ long }}\n\n{{ base_url }}/un/lien/{{ token }}/\n{% endblock %}",
    )
    token = "x" * 90
    context = {"town": "L’Haÿ <b>", "name": "« A & B »", "long": "mot " * 60, "token": token}
    outbox.write("essai", "a@exemple.fr", context, reply_to=["r@exemple.fr"], headers={"List-Unsubscribe": "<x>"})
    message = parsed(bytes(OutgoingMail.objects.get().content))
    assert message["Subject"] == "Votre engagement à L’Haÿ <b>"
    assert message["Reply-To"] == "r@exemple.fr"
    assert message["List-Unsubscribe"] == "<x>"
    text = message.get_content()
    assert text.startswith("Bonjour « A & B »,\n\nmot mot")
    assert f"\nhttp://testserver/un/lien/{token}/\n" in text
    assert "\n-- \nCommunes accueillantes — États Généraux des Migrations\nhttp://testserver\n" in text
    assert max(len(line) for line in text.splitlines() if token not in line) <= 76


def test_a_template_without_its_subject_is_refused(db, template):
    template("essai", "Bonjour\n\nVoilà.")
    with pytest.raises(ValueError, match="Objet"):
        outbox.write("essai", "a@exemple.fr", {})


@pytest.mark.parametrize("evil", ["x\nBcc: victime@exemple.fr", "x\r\nBcc: victime@exemple.fr", "x\r\n\r\ntexte"])
def test_nobody_adds_a_header_to_our_mails(db, template, evil):
    template("essai", "Objet : De {{ name }}\n\nVoilà.")
    outbox.write("essai", "a@exemple.fr", {"name": evil})
    message = parsed(bytes(OutgoingMail.objects.get().content))
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]
    for values in ({"subject": evil}, {"reply_to": [evil]}, {"to": evil}, {"headers": {"X-Name": evil}}):
        with pytest.raises((BadHeaderError, ValueError)):
            queue(**values)
    assert OutgoingMail.objects.count() == 1


# --- To the server ----------------------------------------------------------------------------------------------------
def test_mails_arrive_over_one_connection_and_nothing_of_them_is_kept(db, smtp):
    with mail_server() as server:
        smtp(server.port)
        ids = [queue(f"p{n}@exemple.fr", body=".\nUn point seul, et Ça.").message_id for n in range(5)]
        outbox.send_due()
        assert [parsed(content)["Message-ID"] for _to, content in server.received] == ids
        assert server.received[0][0] == ["p0@exemple.fr"]
        assert "Un point seul, et Ça." in parsed(server.received[0][1]).get_content()
        assert server.connections == 1
    for mail in OutgoingMail.objects.all():
        assert (mail.state, bytes(mail.content), mail.recipient) == (State.SENT, b"", "")
        assert mail.sent_at


def test_a_server_away_delays_mails_and_loses_none(db, smtp):
    port = free_port()
    smtp(port)
    for number in range(5):
        queue(f"p{number}@exemple.fr")
    outbox.send_due()
    first, *others = OutgoingMail.objects.order_by("pk")
    # One tries for all: the others stay due, for the first round after its return.
    assert (first.attempts, first.state) == (1, State.WAITING)
    assert first.next_attempt_at > timezone.now()
    assert "ne répond pas comme il faut" in first.last_error
    assert {mail.attempts for mail in others} == {0}
    with mail_server(port) as server:
        outbox.send_due()
        assert len(server.received) == 4
        later()
        outbox.send_due()
        assert len(server.received) == 5
    assert not OutgoingMail.objects.exclude(state=State.SENT).exists()
    assert not OutgoingMail.objects.exclude(last_error="").exists()


def test_a_hanging_server_slows_neither_a_page_nor_the_other_jobs_for_long(db, smtp, template):
    template("essai", "Objet : Essai\n\nVoilà.")
    with hanging_server() as port:
        smtp(port)
        start = time.monotonic()
        for number in range(20):
            outbox.write("essai", f"p{number}@exemple.fr", {})
        assert time.monotonic() - start < 1
        start = time.monotonic()
        outbox.send_due()
        # One EMAIL_TIMEOUT, of half a second here; not one for each mail.
        assert time.monotonic() - start < 2
    assert OutgoingMail.objects.waiting().count() == 20


def test_an_address_refused_for_good_is_given_up_at_once_and_the_others_go(db, smtp):
    with mail_server() as server:
        smtp(server.port)
        server.refusals["inconnue@exemple.fr"] = "550 5.1.1 <inconnue@exemple.fr> unknown"
        refused = queue("inconnue@exemple.fr")
        queue("connue@exemple.fr")
        outbox.send_due()
        assert [to for to, _content in server.received] == [["connue@exemple.fr"]]
    refused.refresh_from_db()
    assert refused.state == State.ABANDONED
    assert refused.last_error == "Le serveur refuse cette adresse (550 : 5.1.1 <i…@exemple.fr> unknown)."


def test_an_address_refused_for_now_is_tried_again(db, smtp):
    with mail_server() as server:
        smtp(server.port)
        server.refusals["pleine@exemple.fr"] = "452 4.2.2 mailbox full"
        mail = queue("pleine@exemple.fr")
        outbox.send_due()
        mail.refresh_from_db()
        assert (mail.state, mail.attempts) == (State.WAITING, 1)
        server.refusals.clear()
        later()
        outbox.send_due()
        assert len(server.received) == 1


def test_a_message_refused_for_good_is_given_up(db, smtp):
    with mail_server() as server:
        smtp(server.port)
        server.refusals["DATA"] = "554 5.7.1 looks like spam"
        mail = queue()
        outbox.send_due()
    mail.refresh_from_db()
    assert mail.state == State.ABANDONED
    assert "refuse ce message" in mail.last_error


def test_an_address_that_no_server_takes_does_not_stop_the_others(db, smtp):
    with mail_server() as server:
        smtp(server.port)
        odd = queue("a@exemple.fr")
        OutgoingMail.objects.filter(pk=odd.pk).update(recipient="pas une adresse")
        queue("b@exemple.fr")
        outbox.send_due()
        assert ["b@exemple.fr"] in [to for to, _content in server.received]


def test_after_three_days_a_mail_is_given_up_and_can_be_tried_again(db, smtp):
    smtp(free_port())
    mail = queue()
    OutgoingMail.objects.update(give_up_at=timezone.now())
    outbox.send_due()
    mail.refresh_from_db()
    assert mail.state == State.ABANDONED
    assert OutgoingMail.objects.all().try_again() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.WAITING, 0)
    assert mail.give_up_at > timezone.now() + GIVE_UP_AFTER - MINUTE
    outbox.send_due()
    mail.refresh_from_db()
    assert mail.state == State.WAITING


def test_delays_grow_then_stay():
    assert [back_off(n) / MINUTE for n in range(1, 8)] == [1, 2, 4, 8, 15, 15, 15]


# --- Cuts -------------------------------------------------------------------------------------------------------------
def test_killed_between_sending_and_noting_a_mail_goes_once_more_with_the_same_identifier(db, smtp, monkeypatch):
    class Killed(BaseException):
        pass

    def die(mail):
        raise Killed

    with mail_server() as server:
        smtp(server.port)
        queue("a@exemple.fr")
        queue("b@exemple.fr")
        monkeypatch.setattr(OutgoingMail, "note_sent", die)
        with pytest.raises(Killed):
            outbox.send_due()
        monkeypatch.undo()
        smtp(server.port)
        outbox.send_due()
        # Not yet: another worker may be sending it.
        assert len(server.received) == 2
        later()
        outbox.send_due()
        outbox.send_due()
        ids = [parsed(content)["Message-ID"] for _to, content in server.received]
    assert len(ids) == 3
    assert len(set(ids)) == 2
    assert not OutgoingMail.objects.waiting().exists()


def test_of_two_workers_one_claims(db):
    queue()
    one, other = (OutgoingMail.objects.get() for _ in range(2))
    now = timezone.now()
    assert OutgoingMail.objects.claim(one, now)
    assert not OutgoingMail.objects.claim(other, now)


def test_a_failure_noted_late_undoes_nothing(db):
    queue()
    slow, fast = (OutgoingMail.objects.get() for _ in range(2))
    OutgoingMail.objects.claim(slow, timezone.now())
    later()
    fast.refresh_from_db()
    OutgoingMail.objects.claim(fast, timezone.now())
    fast.note_sent()
    slow.note_failure("trop tard", for_good=True)
    assert OutgoingMail.objects.get().state == State.SENT


def test_a_round_ends_in_time_for_the_other_jobs(db, monkeypatch, mailoutbox):
    monkeypatch.setattr(outbox, "ROUND_SECONDS", 0)
    queue()
    outbox.send_due()
    assert mailoutbox == []


# --- Keeping and forgetting -------------------------------------------------------------------------------------------
def test_old_mails_are_forgotten_and_it_is_logged(db, caplog):
    now = timezone.now()
    kept = [queue(), queue(), queue()]
    gone = [queue(), queue()]
    rows = OutgoingMail.objects
    rows.filter(pk=kept[0].pk).update(created_at=now - datetime.timedelta(days=400))
    rows.filter(pk=kept[1].pk).update(state=State.SENT, sent_at=now - KEEP_SENT + MINUTE)
    rows.filter(pk=kept[2].pk).update(state=State.ABANDONED, give_up_at=now - KEEP_ABANDONED + MINUTE)
    rows.filter(pk=gone[0].pk).update(state=State.SENT, sent_at=now - KEEP_SENT - MINUTE)
    rows.filter(pk=gone[1].pk).update(state=State.ABANDONED, give_up_at=now - KEEP_ABANDONED - MINUTE)
    outbox.purge()
    assert set(rows.values_list("pk", flat=True)) == {mail.pk for mail in kept}
    assert "Purged: 2 mails" in caplog.text


def test_without_a_server_each_mail_is_a_file(db, settings, tmp_path):
    settings.MAIL_TRANSPORT, settings.EMAIL_FILE_PATH = "home.transport.FolderTransport", tmp_path / "mail"
    mail = queue(subject="Été")
    content = bytes(mail.content)
    outbox.send_due()
    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert file.read_bytes() == content


def test_a_connection_of_ours_needs_no_opening(db):
    backend = get_connection("home.outbox.QueueBackend")
    backend.open()
    assert backend.send_messages([]) == 0
    backend.close()


# --- In the admin -----------------------------------------------------------------------------------------------------
@pytest.fixture
def mails(roles):
    waiting = queue("dominique@exemple.fr", "Attend", "SECRET-EN-CLAIR")
    failed = queue("camille@exemple.fr", "Raté", "SECRET-EN-CLAIR")
    OutgoingMail.objects.filter(pk=failed.pk).update(state=State.ABANDONED, last_error="Le serveur refuse")
    sent = queue("alix@exemple.fr", "Arrivé", "SECRET-EN-CLAIR")
    sent.note_sent()
    return SimpleNamespace(waiting=waiting, failed=failed, sent=sent)


@pytest.mark.parametrize("role", [MODERATION, ADMINISTRATION, "superuser"])
def test_the_list_says_what_left_and_neither_to_whom_nor_what(log_in, mails, role):
    client = log_in(role)
    pages = [client.get(reverse("courriels:index"))]
    pages += [client.get(reverse("courriels:inspect", args=[m.pk])) for m in (mails.waiting, mails.failed, mails.sent)]
    for page in pages:
        html = page.content.decode()
        assert page.status_code == 200
        assert not re.search("SECRET|dominique|camille@|alix@", html)
    html = pages[0].content.decode()
    for words in ("d…@exemple.fr", "c…@exemple.fr", "Attend", "Raté", "Arrivé", "Le serveur refuse", "abandonné"):
        assert words in html
    for name in ("add", "edit", "delete", "copy", "history"):
        assert f"/courriels/{name}" not in html
        assert client.get(f"/admin/courriels/{name}/{mails.sent.pk}/").status_code == 404


def test_the_list_is_filtered_by_state_in_a_fixed_number_of_queries(log_in, mails, django_assert_num_queries):
    client = log_in(MODERATION)
    html = client.get(reverse("courriels:index"), {"state": "abandonne"}).content.decode()
    assert "Raté" in html
    assert "Attend<" not in html
    for number in range(20):
        queue(f"p{number}@exemple.fr")
    client.get(reverse("courriels:index"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("courriels:index"))


def test_trying_again_is_asked_then_posted(log_in, mails, mailoutbox):
    client = log_in(MODERATION)
    address = reverse("courriels:retry", args=[mails.failed.pk])
    assert "Un courriel va être réessayé" in client.get(address).content.decode()
    assert OutgoingMail.objects.abandoned().count() == 1
    assert client.post(address).url == reverse("courriels:index")
    assert OutgoingMail.objects.abandoned().count() == 0
    outbox.send_due()
    assert {mail.subject for mail in mailoutbox} == {"Attend", "Raté"}


def test_all_that_were_given_up_are_tried_again_at_once(log_in, mails):
    client = log_in(ADMINISTRATION)
    assert reverse("courriels:retry_all") in client.get(reverse("courriels:index")).content.decode()
    client.post(reverse("courriels:retry_all"))
    assert not OutgoingMail.objects.abandoned().exists()
    assert OutgoingMail.objects.filter(state=State.SENT).count() == 1
    assert reverse("courriels:retry_all") not in client.get(reverse("courriels:index")).content.decode()


def test_what_has_left_is_not_sent_again(log_in, mails):
    address = reverse("courriels:retry", args=[mails.sent.pk])
    client = log_in(MODERATION)
    assert "Rien à réessayer" in client.get(address).content.decode()
    client.post(address)
    mails.sent.refresh_from_db()
    assert mails.sent.state == State.SENT


def test_who_only_sees_does_not_send_again(log_in, mails):
    group = Group.objects.get(name=MODERATION)
    group.permissions.remove(*group.permissions.filter(codename="retry_outgoingmail"))
    client = log_in(MODERATION)
    assert client.get(reverse("courriels:index")).status_code == 200
    client.post(reverse("courriels:retry_all"))
    assert OutgoingMail.objects.abandoned().count() == 1


def test_the_home_of_the_admin_says_what_did_not_arrive(log_in, mails):
    home = reverse("wagtailadmin_home")
    assert "1 courriel n’est pas arrivé" in log_in(ADMINISTRATION).get(home).content.decode()
    OutgoingMail.objects.all().try_again()
    assert "pas arrivé" not in log_in(MODERATION).get(home).content.decode()
