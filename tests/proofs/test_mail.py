"""R5: a worker killed fifty times, a mail server away for a while: every mail arrives, at most one twice per kill.

`make proofs`, about ten minutes, on SQLite, or on PostgreSQL where DATABASE_URL says so. Each kill comes at the worst moment:
the server has the mail, and the worker does not know it yet.
"""

import asyncio
import contextlib
import email
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from tests.home.mail_servers import Handler, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
MAILS = 200
KILLS = 50
AWAY_SECONDS = 30
# How long the server keeps a mail it has taken before saying so: room for a kill.
HESITATION = 0.3

QUEUE = """
import django, sys, time
django.setup()
from django.core.mail import EmailMessage
from home import outbox
from home.models import OutgoingMail
number, pause = int(sys.argv[1]), float(sys.argv[2])
for one in range(number):
    start = time.monotonic()
    outbox.queue(EmailMessage(f"Essai {one}", "Voilà.", to=[f"p{one}@exemple.fr"]))
    print(OutgoingMail.objects.latest("pk").message_id, time.monotonic() - start, flush=True)
    time.sleep(pause)
"""
STATES = """
import django, json
django.setup()
from django.db import connection
from django.db.models import Count
from home.models import OutgoingMail
states = dict(OutgoingMail.objects.order_by().values_list("state").annotate(Count("pk")))
kept = sum(bool(row.content or row.recipient) for row in OutgoingMail.objects.filter(state="parti"))
with connection.cursor() as cursor:
    cursor.execute("PRAGMA integrity_check" if connection.vendor == "sqlite" else "SELECT 'ok'")
    print(json.dumps([states, kept, cursor.fetchone()[0]]))
"""


class SlowHandler(Handler):
    async def handle_DATA(self, server, session, envelope):
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(HESITATION)
        return answer

    def identifiers(self):
        return [email.message_from_bytes(content)["Message-ID"] for _to, content in list(self.received)]


def wait_for(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "too long"
        time.sleep(0.02)


class Site:
    """A site of its own: its folder, its database, its processes."""

    def __init__(self, folder, url, port):
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "egm_cms.settings.production",
            "SECRET_KEY": "only-for-proofs-" + "x" * 50,
            "ALLOWED_HOSTS": "localhost",
            "HTTPS": "off",
            "VAR_DIR": str(folder),
            "DATABASE_URL": url,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        }

    def start(self, *arguments, **options):
        return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=self.env, text=True, **options)

    def worker(self):
        return self.start("manage.py", "work", stderr=subprocess.DEVNULL)

    def queue(self, number, pause, lines):
        process = self.start("-c", QUEUE, str(number), str(pause), stdout=subprocess.PIPE)
        lines.extend(line.split() for line in process.stdout)
        assert process.wait() == 0

    def states(self):
        out, _errors = self.start("-c", STATES, stdout=subprocess.PIPE).communicate()
        return json.loads(out)


@contextlib.contextmanager
def serving(handler):
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def kill(worker):
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def kill_while_sending(site, handler, times, draw):
    for _time in range(times):
        worker = site.worker()
        wanted = len(handler.received) + draw.randint(1, 4)
        # With nothing due at the moment, a kill while it waits is one too.
        with contextlib.suppress(AssertionError):
            wait_for(lambda wanted=wanted: len(handler.received) >= wanted, 20)
        time.sleep(draw.uniform(0, HESITATION))
        kill(worker)


def test_nothing_is_lost_and_at_most_one_arrives_twice_per_kill(db, django_db_setup, tmp_path, capsys):
    if connection.vendor == "sqlite":
        (tmp_path / "db.sqlite3").write_bytes(Path(django_db_setup).read_bytes())
        url = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    else:
        values = settings.DATABASES["default"]
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**values) + connection.settings_dict["NAME"]
    handler, draw, lines = SlowHandler(), random.Random(2026), []
    handler.port = free_port()
    site = Site(tmp_path, url, handler.port)
    begun = time.monotonic()

    site.queue(MAILS // 2, 0, lines)
    # The other half is written meanwhile, through the kills and while the server is away.
    writer = threading.Thread(target=site.queue, args=(MAILS // 2, 2, lines))
    writer.start()
    with serving(handler):
        kill_while_sending(site, handler, KILLS // 2, draw)
    worker = site.worker()
    time.sleep(AWAY_SECONDS)
    back = time.monotonic()
    before = len(handler.received)
    with serving(handler):
        wait_for(lambda: len(handler.received) > before, 120)
        first = time.monotonic() - back
        kill(worker)
        kill_while_sending(site, handler, KILLS - KILLS // 2 - 1, draw)
        writer.join()
        worker = site.worker()
        try:
            wait_for(lambda: len(set(handler.identifiers())) == MAILS, 900)
            wait_for(lambda: site.states()[0] == {"parti": MAILS}, 900)
        finally:
            kill(worker)

    states, kept, integrity = site.states()
    received = handler.identifiers()
    queued = [identifier for identifier, _seconds in lines]
    twice = len(received) - len(set(received))
    spans = sorted(float(seconds) for _identifier, seconds in lines)
    with capsys.disabled():
        print(
            f"\n{connection.vendor}: {len(queued)} mails, {KILLS} kills, server away {AWAY_SECONDS} s, "
            f"{time.monotonic() - begun:.0f} s in all: {len(set(queued) - set(received))} lost, {twice} sent again, "
            f"each with its own Message-ID; first mail {first:.1f} s after the server's return; queueing a mail takes "
            f"{statistics.median(spans) * 1000:.0f} ms, 95 % under {spans[int(len(spans) * 0.95)] * 1000:.0f} ms"
        )
    assert set(received) == set(queued)
    assert len(queued) == len(set(queued)) == MAILS
    assert twice <= KILLS
    assert states == {"parti": MAILS}
    assert kept == 0
    assert integrity == "ok"
    assert spans[int(len(spans) * 0.95)] < 1
