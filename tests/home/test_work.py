import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page, Site

from home import jobs
from home.management.commands import work
from home.models import PlainPage

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def no_jobs(monkeypatch):
    monkeypatch.setattr(jobs, "_jobs", {})


def plain_page(**fields):
    root = Site.objects.filter(is_default_site=True).first()
    parent = root.root_page if root else Page.objects.filter(depth=1).get()
    return parent.add_child(instance=PlainPage(title="Page programmée", slug="page-programmee", **fields))


@pytest.mark.django_db
def test_a_page_goes_live_when_its_hour_has_come():
    page = plain_page(live=False)
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()
    call_command("work", "--once")
    page.refresh_from_db()
    assert not page.live

    page.go_live_at = timezone.now() - timedelta(minutes=1)
    page.save_revision(approved_go_live_at=page.go_live_at)
    call_command("work", "--once")
    page.refresh_from_db()
    assert page.live
    call_command("work", "--once")
    page.refresh_from_db()
    assert page.live


@pytest.mark.django_db
def test_a_page_comes_down_when_its_hour_has_passed():
    page = plain_page(live=True, expire_at=timezone.now() - timedelta(minutes=1))
    call_command("work", "--once")
    page.refresh_from_db()
    assert not page.live
    assert page.expired


@pytest.mark.django_db
def test_a_failing_job_is_logged_and_does_not_stop_the_others(no_jobs, caplog):
    done = []
    jobs.register("broken", 10, lambda: 1 / 0)
    jobs.register("sound", 10, lambda: done.append(True))
    with pytest.raises(SystemExit):
        call_command("work", "--once")
    assert done == [True]
    assert "Job failed: broken" in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db
def test_a_job_runs_at_once_then_waits_for_its_time(no_jobs):
    done = []
    jobs.register("often", 0, lambda: done.append("often"))
    jobs.register("seldom", 3600, lambda: done.append("seldom"))
    jobs.run_due()
    jobs.run_due()
    assert done == ["often", "seldom", "often"]


def test_no_job_starts_once_asked_to_stop(no_jobs):
    done = []
    jobs.register("late", 10, lambda: done.append(True))
    jobs.run_due(should_stop=lambda: True)
    assert not done


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_outlives_failing_jobs_and_ends_soon_after_being_asked(tmp_path, number):
    # An empty database: every job fails, which is what a database that is away looks like.
    env = os.environ | {"VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"}
    env |= {"DJANGO_SETTINGS_MODULE": "egm_cms.settings.production", "HTTPS": "off", "ALLOWED_HOSTS": "localhost"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "work"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    )
    try:
        logged = next(line for line in process.stderr if "Job failed" in line)
        assert "publish scheduled pages" in logged
        assert process.poll() is None
        start = time.monotonic()
        process.send_signal(number)
        assert process.wait(timeout=5) == 0
        # Without waiting for the next tick. Under a second on a quiet machine, most of it Python closing down.
        assert time.monotonic() - start < work.TICK_SECONDS - 1.5
    finally:
        process.kill()
        process.communicate()
