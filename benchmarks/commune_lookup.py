"""How fast communes are found, in this process: `python benchmarks/commune_lookup.py`, where they are loaded.

The queries are those of `tests/territory/queries.csv`; each is asked five times, the check for new data included.
"""

import csv
import os
import resource
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Run from anywhere: the project is imported once its folder, and Django, are ready (hence E402).
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egm_cms.settings.production")

import django  # noqa: E402

django.setup()

from territory.lookup import current_index, find_communes  # noqa: E402


def memory_mb():
    """The largest memory this process has held, in MB (Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    before, start = memory_mb(), time.perf_counter()
    current_index()
    print(f"index: {time.perf_counter() - start:.2f} s, {memory_mb() - before:.0f} MB")
    with (ROOT / "tests" / "territory" / "queries.csv").open(encoding="utf-8") as file:
        queries = [row["query"] for row in csv.DictReader(file)]
    times = []
    for _again in range(5):
        for query in queries:
            start = time.perf_counter()
            find_communes(query)
            times.append(1000 * (time.perf_counter() - start))
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"{len(queries)} queries: median {statistics.median(times):.2f} ms, p95 {p95:.2f} ms, max {max(times):.2f} ms"
    )


if __name__ == "__main__":
    main()
