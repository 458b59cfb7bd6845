"""The calendars as another program reads them: khal, a command-line agenda, takes our file, and an entry that changes
replaces the first one.

`make proofs`. Skipped where khal is not installed (Debian: `apt install khal`).
"""

import os
import shutil
import subprocess
from datetime import date, time

import pytest

from assemblies.models import EventPage
from tests.factories import EventIndexPageFactory, EventPageFactory

KHAL = shutil.which("khal")
pytestmark = pytest.mark.skipif(KHAL is None, reason="khal is not installed")
CONFIGURATION = """[calendars]
[[agenda]]
path = {folder}/calendar
[locale]
local_timezone = Europe/Paris
default_timezone = Europe/Paris
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


@pytest.fixture
def khal(tmp_path):
    (tmp_path / "calendar").mkdir()
    (tmp_path / "config").write_text(CONFIGURATION.format(folder=tmp_path))
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)}

    def run(*arguments):
        command = [KHAL, "-c", str(tmp_path / "config"), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def take(client, khal, tmp_path):
    """Import the calendar as it is, then give what khal knows of the year: a line an entry."""

    def read():
        file = tmp_path / "agenda.ics"
        file.write_bytes(client.get("/agenda.ics").content)
        khal("import", "--batch", "-a", "agenda", file)
        kept = sorted((tmp_path / "calendar").glob("*.ics"))
        lines = khal(
            "list", "--notstarted", "--format", "{start}|{title}|{status}", "2027-01-01", "2027-12-31"
        ).splitlines()
        return len(kept), [line.strip() for line in lines if "|" in line]

    return read


def change(page, **values):
    page = EventPage.objects.get(pk=page.pk)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()


def test_an_entry_is_taken_moved_and_cancelled_as_one(site, take):
    index = EventIndexPageFactory(parent=site.home)
    page = EventPageFactory(parent=index, title="Débat", date=date(2027, 1, 9), start_time=time(18, 30))
    EventPageFactory(
        parent=index, title="À Saint-Denis", commune="97411", date=date(2027, 7, 9), start_time=time(18, 30)
    )
    number, lines = take()
    assert number == 2
    # 18:30 in La Réunion is 16:30 in Paris, in summer.
    assert [line.split("|")[:2] for line in lines] == [
        ["2027-01-09 18:30", "Débat"],
        ["2027-07-09 16:30", "À Saint-Denis"],
    ]
    change(page, status="reporte", new_date=date(2027, 2, 6), new_start_time=time(20))
    number, lines = take()
    assert number == 2
    assert lines[0].split("|")[:2] == ["2027-02-06 20:00", "Débat"]
    change(page, status="annule", new_date=date(2027, 2, 6), new_start_time=time(20))
    number, lines = take()
    assert number == 2
    assert lines[0].split("|") == ["2027-02-06 20:00", "Annulé\xa0: Débat", "CANCELLED"]
