"""Links sent to one person: read as often as one likes, spent once, closed at will, and in no log."""

import datetime
import hashlib
import io
import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from home import links
from home.masking import TokenFilter, mask
from home.models import Link
from home.models.links import KEEP_DEAD

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "Ab3_" * 10 + "-xY"
RESET = "cxmz3b-0123456789abcdef0123456789abcdef"


# --- One life ---------------------------------------------------------------------------------------------------------
def test_a_link_is_found_then_spent_once(site):
    token = links.issue("confirm", site.home)
    assert links.find("confirm", token).target == site.home
    assert links.find_spent("confirm", token) is None
    assert links.spend("confirm", token).target == site.home
    assert links.spend("confirm", token) is None
    assert links.find("confirm", token) is None
    # Who follows it again is told that it is done, not that it never existed.
    assert links.find_spent("confirm", token).target == site.home


def test_the_database_cannot_open_anything(site):
    token = links.issue("confirm", site.home)
    link = Link.objects.get()
    assert len(token) == 43
    assert link.digest == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(vars(link))
    assert links.find("confirm", link.digest) is None


def test_tokens_are_of_one_purpose_and_of_nobody_else(site):
    token = links.issue("confirm", site.home)
    for purpose, given in (("withdraw", token), ("confirm", token[:-1]), ("confirm", ""), ("confirm", "é\udce9\x00")):
        assert links.find(purpose, given) is None
        assert links.spend(purpose, given) is None
    assert links.find("confirm", token)


def test_a_thousand_readings_change_nothing(site, rf):
    token = links.issue("confirm", site.home)
    before = list(Link.objects.values())

    @links.private
    def page(request):
        assert links.find("confirm", token).target == site.home
        return HttpResponse("un bouton")

    with CaptureQueriesContext(connection) as queries:
        for number in range(1000):
            page(rf.get("/") if number % 2 else rf.head("/"))
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert list(Link.objects.values()) == before
    assert links.spend("confirm", token)


def test_a_link_ends_at_its_hour(site):
    token = links.issue("confirm", site.home, lasts=datetime.timedelta(hours=72))
    link = Link.objects.get()
    assert abs(link.expires_at - timezone.now() - datetime.timedelta(hours=72)) < datetime.timedelta(minutes=1)
    Link.objects.update(expires_at=timezone.now())
    assert links.find("confirm", token) is None
    assert links.spend("confirm", token) is None


def test_a_personal_link_serves_again_until_it_is_revoked_and_renewed(site):
    token = links.issue("mine", site.home, lasts=None, single_use=False)
    other = links.issue("mine", site.argument, lasts=None, single_use=False)
    assert links.spend("mine", token)
    assert links.spend("mine", token)
    assert links.find("mine", token)
    assert links.revoke("mine", site.home) == 1
    assert links.find("mine", token) is None
    assert links.spend("mine", token) is None
    assert links.revoke("mine", site.home) == 0
    assert links.find("mine", links.issue("mine", site.home, lasts=None))
    assert links.find("mine", other)


def test_a_link_to_what_is_gone_opens_nothing(site):
    token = links.issue("confirm", site.resources)
    site.resources.delete()
    assert links.find("confirm", token) is None


def test_dead_links_are_forgotten_after_a_month_and_it_is_logged(site, caplog):
    long_ago = timezone.now() - KEEP_DEAD - datetime.timedelta(hours=1)
    for number, values in enumerate(
        [{"expires_at": long_ago}, {"used_at": long_ago}, {"revoked_at": long_ago}, {"used_at": timezone.now()}]
    ):
        links.issue(f"p{number}", site.home)
        Link.objects.filter(purpose=f"p{number}").update(**values)
    mine = links.issue("mine", site.home, lasts=None, single_use=False)
    Link.objects.filter(purpose="mine").update(used_at=long_ago, created_at=long_ago)
    links.purge()
    assert set(Link.objects.values_list("purpose", flat=True)) == {"p3", "mine"}
    assert links.find("mine", mine)
    assert "Purged: 3 dead links" in caplog.text


def test_private_pages_are_kept_and_told_nowhere(rf):
    response = links.private(lambda request: HttpResponse())(rf.get("/"))
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_a_private_page_that_is_not_found_says_as_little(site, rf):
    @links.private
    def page(request):
        raise Http404

    response = page(rf.get("/"))
    assert response.status_code == 404
    assert response["Referrer-Policy"] == "no-referrer"


# --- Logs -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address",
    [
        f"/engagements/confirmer/{TOKEN}/",
        f"/engagements/mon-engagement/{TOKEN}",
        f"/invitation/{TOKEN}/?suite=1",
        f"/agenda/confirmer/?jeton={TOKEN}&x=1",
        f"/agenda/confirmer/{TOKEN}>",
        f"/agenda/confirmer/{TOKEN}A/",
        f"/admin/password_reset/confirm/MQ/{RESET}/",
    ],
)
def test_a_token_is_masked_wherever_it_stands_in_an_address(address):
    masked = mask(f'"GET {address} HTTP/1.1" 200')
    assert TOKEN not in masked
    assert RESET not in masked
    assert "***" in masked


@pytest.mark.parametrize(
    "address",
    [
        "/ressources/modele-de-deliberation-pour-une-commune-qui-accueille/",
        "/initiatives/2020-une-maison-des-solidarites-a-nantes/",
        "/static/css/site.0123456789ab.css",
        "/media/images/photo.0123456789abcdef0123.width-800.webp",
    ],
)
def test_ordinary_addresses_stay_legible(address):
    assert mask(address) == address


def test_every_token_that_we_give_is_masked(site):
    for _time in range(200):
        token = links.issue("x", site.home)
        assert token not in mask(f"/engagements/confirmer/{token}/")


def test_our_log_never_shows_a_token(site, monkeypatch):
    """The handler as it is set, and Django's own requests."""
    handlers = logging.getLogger().handlers
    (ours,) = [one for one in handlers if any(isinstance(rule, TokenFilter) for rule in one.filters)]
    monkeypatch.setattr(ours, "stream", io.StringIO())
    Client(raise_request_exception=False).get(f"/engagements/confirmer/{TOKEN}/")
    logging.getLogger("django.request").error("Internal Server Error: %s", f"/invitation/{TOKEN}/")
    said = ours.stream.getvalue()
    assert "Not Found: /engagements/confirmer/***/" in said
    assert "/invitation/***/" in said
    assert TOKEN not in said
    # Nobody else writes: Django's own handlers are gone.
    assert not logging.getLogger("django").handlers
    assert not logging.getLogger("django.server").handlers


TINY = """
def application(environ, start_response):
    if "echec" in environ["PATH_INFO"]:
        raise ValueError
    start_response("200 OK", [("Content-Length", "0")])
    return []
"""


@pytest.fixture
def served(tmp_path):
    """A real gunicorn, set as ours, over a tiny application; gives its port and what it wrote."""
    (tmp_path / "tiny.py").write_text(TINY)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--access-logfile", "-"]
    environment = os.environ | {"PORT": str(port), "WEB_WORKERS": "1", "VAR_DIR": str(tmp_path)}
    environment |= {"DJANGO_SETTINGS_MODULE": "egm_cms.settings.test", "PYTHONPATH": str(tmp_path)}
    log = (tmp_path / "log").open("w+")
    process = subprocess.Popen([*command, "tiny"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield port, tmp_path / "log"
    finally:
        process.terminate()
        process.wait(timeout=15)
        log.close()


def ask(port, path):
    """True once the server answers."""
    lines = (f"GET {path} HTTP/1.1", "Host: localhost", f"Referer: http://localhost/invitation/{TOKEN}/")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            client.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
            while client.recv(4096):
                pass
    except ConnectionRefusedError:
        return False
    return True


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_web_server_never_logs_a_token(served):
    port, log = served
    wait_for(lambda: ask(port, f"/engagements/confirmer/{TOKEN}/?a={TOKEN}"))
    ask(port, f"/engagements/echec/{TOKEN}/")
    wait_for(lambda: '/echec/***/ HTTP/1.1" 500' in log.read_text())
    said = log.read_text()
    assert '"GET /engagements/confirmer/***/?a=*** HTTP/1.1" 200 0 "http://localhost/invitation/***/"' in said
    assert TOKEN not in said


# --- Several at once --------------------------------------------------------------------------------------------------
RACE = """
import django, json, threading, sys
django.setup()
from django.db import connection, transaction
from django.utils import timezone
from django.core.mail import EmailMessage
from django.contrib.contenttypes.models import ContentType
from home import links, outbox, throttle
from home.models import Counter, Link, OutgoingMail

def together(number, function):
    results, gate = [], threading.Barrier(number)
    def one():
        gate.wait()
        try:
            results.append(function())
        finally:
            connection.close()
    threads = [threading.Thread(target=one) for _ in range(number)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return results

target = ContentType.objects.first()
said = {"spent": [], "claimed": []}
def spend():
    with transaction.atomic():
        return links.spend("race", token) is not None
for _ in range(10):
    token = links.issue("race", target)
    said["spent"].append(sum(together(20, spend)))
    outbox.queue(EmailMessage("Course", "", to=["a@exemple.fr"]))
    mail = OutgoingMail.objects.latest("pk")
    def claim():
        return OutgoingMail.objects.claim(OutgoingMail.objects.get(pk=mail.pk), mail.next_attempt_at)
    said["claimed"].append(sum(together(20, claim)))
    mail.delete()
said["allowed"] = sum(together(30, lambda: throttle.within("race", "x", 12, 10**6)))
Link.objects.filter(purpose="race").delete()
Counter.objects.all().delete()
print(json.dumps(said))
"""


def test_of_twenty_at_once_one_spends_one_claims_and_no_count_is_lost(db, django_db_setup, tmp_path):
    if connection.vendor == "sqlite":
        url = f"sqlite:///{tmp_path / 'race.sqlite3'}"
        (tmp_path / "race.sqlite3").write_bytes(Path(django_db_setup).read_bytes())
    else:
        values = django_settings.DATABASES["default"]
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**values) + connection.settings_dict["NAME"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "egm_cms.settings.test", "DATABASE_URL": url}
    run = subprocess.run(
        [sys.executable, "-c", RACE], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    assert (
        run.stdout.strip()
        == '{"spent": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "claimed": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "allowed": 12}'
    )
