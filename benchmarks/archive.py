"""A kit of 500 MB and one of 2,000 small files: layout, first byte, throughput and memory, in this process.

`python benchmarks/archive.py [megabytes]` writes the files in a temporary folder (`TMPDIR` chooses the disk), no database.
"""

import hashlib
import os
import resource
import sys
import tempfile
import time
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from django.core.files import File

from resources.archives import Archive, Entry

MB = 1000**2
FILES = 20


def memory_mb():
    """The largest memory this process has held, in MB (Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def stored_entries(folder, megabytes):
    """A kit's files, of random bytes: films and scans do not compress."""
    for number in range(FILES):
        path, digest, crc = folder / f"{number}.bin", hashlib.sha256(), 0
        with path.open("wb") as file:
            for _piece in range(megabytes // FILES):
                content = os.urandom(MB)
                file.write(content)
                digest.update(content)
                crc = zlib.crc32(content, crc)
        size = path.stat().st_size
        yield Entry(f"Films/{number}.bin", size, crc, digest.hexdigest(), lambda path=path: File(path.open("rb")))


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, (time.perf_counter() - start) * 1000


def report(name, entries):
    before = memory_mb()
    archive, layout = timed(lambda: Archive(entries))
    _none, check = timed(archive.check)
    _chunk, first = timed(lambda: next(archive.chunks()))
    _chunk, middle = timed(lambda: next(archive.chunks(archive.length // 2)))
    sent, sending = timed(lambda: sum(len(chunk) for chunk in archive.chunks()))
    print(
        f"{name:<12} {sent / MB:>7.1f} {layout:>8.2f} {check:>8.2f} {first:>8.2f} {middle:>8.2f}"
        f" {sent / MB / sending * 1000:>8.0f} {memory_mb() - before:>8.1f}"
    )


def main():
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print(
        f"{'':<12} {'MB':>7} {'layout':>8} {'check':>8} {'1st byte':>8} {'middle':>8} {'MB/s':>8} {'+MB held':>8}  (ms)"
    )
    with tempfile.TemporaryDirectory() as folder:
        report(f"{FILES} files", list(stored_entries(Path(folder), megabytes)))
    report("2,000 small", [Entry.from_bytes(f"Fiches/{number}.txt", b"." * 2000) for number in range(2000)])


if __name__ == "__main__":
    main()
