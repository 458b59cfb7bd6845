"""What the site does by itself, without a visitor: a list of jobs, run by `manage.py work`.

An app adds its own in `AppConfig.ready()`: `jobs.register("send mail", 10, outbox.send_due)`. A job is a function
without arguments, short, and safe to run twice: what it did is written in the database, so a cut loses nothing.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management import call_command

logger = logging.getLogger(__name__)


@dataclass
class Job:
    name: str
    every_seconds: float
    function: Callable[[], None]
    next_run: float = 0.0

    def is_due(self, now: float) -> bool:
        return now >= self.next_run


_jobs: dict[str, Job] = {}


def register(name: str, every_seconds: float, function: Callable[[], None]):
    """Have `function` run every so many seconds. The same name again replaces the job."""
    _jobs[name] = Job(name, every_seconds, function)


def registered() -> list[Job]:
    return list(_jobs.values())


def run(job: Job) -> bool:
    """Run one job, due or not. A failure is logged and goes no further: the job comes again at its next time."""
    try:
        job.function()
    except Exception:
        logger.exception("Job failed: %s", job.name)
        return False
    finally:
        job.next_run = time.monotonic() + job.every_seconds
    return True


def run_due(should_stop: Callable[[], bool] = lambda: False):
    """Run the jobs whose time has come, the others notwithstanding, until asked to stop."""
    for job in registered():
        if should_stop():
            return
        if job.is_due(time.monotonic()):
            run(job)


def publish_scheduled():
    """Pages whose hour has come go live; pages whose hour has passed come down."""
    call_command("publish_scheduled", verbosity=0)


register("publish scheduled pages", 30, publish_scheduled)
