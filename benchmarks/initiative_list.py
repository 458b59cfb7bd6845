"""The filtered list of initiatives with 10, 1,000 and 10,000 cards: queries and milliseconds, without any page cache.

`python benchmarks/initiative_list.py` works in a database of its own, in memory (or `DATABASE_URL` of a test server).
"""

import os
import statistics
import sys
import time
from pathlib import Path

# Run from anywhere: the project is imported once its folder, and Django, are ready (hence E402).
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egm_cms.settings.test")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, get_runner, setup_test_environment  # noqa: E402

ADDRESSES = {
    "whole list": "/initiatives/?x={}",
    "three filters": "/initiatives/?mesure=accueil-hebergement&statut=en_cours&departement=69&x={}",
    "commune misspelt": "/initiatives/?commune=vileurbane&x={}",
    "words and a filter": "/initiatives/?q=fiche&statut=en_cours&x={}",
}
ROUNDS = 15


def main():
    from home.caching import bump
    from resources.models import InitiativeIndexPage
    from tests.factories import many_initiatives

    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        call_command("load_communes", verbosity=0)
        call_command("load_campaign", verbosity=0)
        index, client, made = InitiativeIndexPage.objects.get(), Client(), 0
        print(f"{'cards':>7}  {'page':<20} {'queries':>7} {'median ms':>10} {'p95 ms':>8}")
        for total in (10, 1_000, 10_000):
            if total - made > 0:
                many_initiatives(index, total - made, first_path=2000 + made, searchable=True)
                made = total
            bump()
            client.get("/initiatives/")
            for name, address in ADDRESSES.items():
                client.get(address.format("warm"))
                times = []
                for number in range(ROUNDS):
                    with CaptureQueriesContext(connection) as captured:
                        start = time.perf_counter()
                        client.get(address.format(number))
                        times.append((time.perf_counter() - start) * 1000)
                times.sort()
                p95 = times[int(len(times) * 0.95)]
                print(f"{total:>7}  {name:<20} {len(captured):>7} {statistics.median(times):>10.1f} {p95:>8.1f}")
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
