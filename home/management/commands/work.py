import signal
import sys
import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from home import jobs

TICK_SECONDS = 5
# How soon a request to end is noticed between two ticks.
SLICE_SECONDS = 0.1


class Command(BaseCommand):
    help = "Fait ce qui se fait tout seul : publie les pages programmées, retire celles dont l’heure est passée…"

    # `make check` runs them: here they would only delay the site.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="faire une fois chaque tâche, puis s’arrêter")

    def handle(self, *args, once=False, **options):
        if once:
            failed = [job.name for job in jobs.registered() if not jobs.run(job)]
            if failed:
                self.stderr.write(f"En échec : {', '.join(failed)}")
                sys.exit(1)
            return
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self.stopping:
            jobs.run_due(lambda: self.stopping)
            # None is held while nothing is done, and one that the database cut is not used again.
            close_old_connections()
            self.wait()

    def stop(self, number, frame):
        self.stopping = True

    def wait(self):
        end = time.monotonic() + TICK_SECONDS
        while not self.stopping and time.monotonic() < end:
            time.sleep(SLICE_SECONDS)
