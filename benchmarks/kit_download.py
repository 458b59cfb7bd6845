"""A kit of 500 MB over HTTP (V5): first byte, throughput, memory, other pages meanwhile, resumption; nginx and not.

`python benchmarks/kit_download.py [megabytes]` makes a site of its own in a temporary folder (`TMPDIR` chooses the disk,
three times that size), serves it on loopback with gunicorn as we ship it, then with nginx before it where it is
installed. About two minutes; the figures say little while something else takes the processor.
"""

import contextlib
import hashlib
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Run from anywhere: the project is imported once its folder, and Django, are ready (hence E402).
sys.path.insert(0, str(ROOT))

from egm_cms import serve  # noqa: E402
from tests import front  # noqa: E402

MB = 1000**2
FILES = 20
ROUNDS = 5
SLOW_CLIENTS, SLOW_BYTES_PER_SECOND, SLOW_SECONDS = 8, 200_000, 20
KIT = "/ressources/kits/kit/kit.zip"
CURL = shutil.which("curl")


# --- The site ---------------------------------------------------------------------------------------------------------
def fill(megabytes):
    """In a process of its own, whose settings are those of the site: a home page, a library, one kit of random bytes."""
    import django

    django.setup()
    from django.core.management import call_command
    from wagtail.models import Page, Site

    call_command("migrate", verbosity=0)
    from tests import factories

    root = Page.get_first_root_node()
    welcome = list(root.get_children())
    home = factories.HomePageFactory(parent=root)
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
    for page in welcome:
        page.delete()
    home.refresh_from_db()
    contents = [
        factories.DocumentFactory(
            title=f"Film {number}",
            file__filename=f"{number}.zip",
            file__data=os.urandom(megabytes * MB // FILES),
        )
        for number in range(FILES)
    ]
    library = factories.ResourceIndexPageFactory(parent=home)
    kits = factories.KitIndexPageFactory(parent=library)
    factories.KitPageFactory(parent=kits, title="Kit", slug="kit", contents=contents)


COMPRESS = """
import django; django.setup()
from egm_cms.management.commands.prepare import Command
Command().collect_static_files()
"""
KEEP = """
import django; django.setup()
from resources.offload import keep_archives
keep_archives()
"""


def environment(var, **more):
    ours = {"SECRET_KEY", "ALLOWED_HOSTS", "HTTPS", "BASE_URL", "RELEASE", "DATABASE_URL", "ACCEL_ARCHIVES"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    # The address of the site is written in the archive, which must be the same whoever makes it.
    same = {"BASE_URL": "http://127.0.0.1", "DJANGO_SETTINGS_MODULE": "egm_cms.settings.production"}
    return kept | same | {"VAR_DIR": str(var)} | more


def start(command, variables):
    with (Path(variables["VAR_DIR"]) / "log.txt").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 (our own command)
            command, cwd=ROOT, env=variables, stdout=log, stderr=log, start_new_session=True
        )


def finish(processes, variables):
    try:
        for process in processes:
            if process.wait(300):
                sys.exit((Path(variables["VAR_DIR"]) / "log.txt").read_text()[-3000:])
    finally:
        serve.end(processes)


@contextlib.contextmanager
def gunicorn(var, **more):
    """Gives the process and the port, once each worker has answered."""
    port = front.free_port()
    process = start(serve.gunicorn(), environment(var, PORT=str(port), **more))
    try:
        front.wait_for(port, process)
        for _warming in range(8):
            get(port, "/")
            get(port, KIT, "HEAD")
        yield process, port
    finally:
        serve.end([process])


# --- Measures ---------------------------------------------------------------------------------------------------------
def get(port, path, method="GET"):
    """Milliseconds to the end of the answer, on a connection of its own."""
    begin = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path)
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status != 200:
        sys.exit(f"{method} {path}: {response.status}")
    return (time.perf_counter() - begin) * 1000


def is_offloaded(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", KIT)
    answered = connection.getresponse()
    connection.close()
    return answered.headers["X-Accel-Redirect"] is not None


def curl(port, path, *options):
    """(milliseconds to the first byte, MB/s from the request on, MB/s from the first byte on)"""
    wanted = "%{size_download} %{time_starttransfer} %{time_total}"
    where = options or ("-o", "/dev/null")
    said = subprocess.run(  # noqa: S603 (our own command)
        [CURL, "-sS", "--fail", "--max-time", "60", "-w", wanted, *where, f"http://127.0.0.1:{port}{path}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    size, first, total = (float(value) for value in said)
    return first * 1000, size / MB / total, size / MB / (total - first)


def worker_memory(process):
    """MB held by the children of gunicorn, shared pages counted once each."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    resident = [line for pid in children for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in resident if line.startswith("VmRSS")) / 1024


def memory_growth(process, port):
    """MB more in the workers, at most, while one download runs."""
    before = most = worker_memory(process)
    download = threading.Thread(target=curl, args=(port, KIT))
    download.start()
    while download.is_alive():
        most = max(most, worker_memory(process))
        time.sleep(0.01)
    return most - before


def read_slowly(port, until, received, number):
    """As over a poor line: little room to receive, so that the server waits too."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        line.settimeout(SLOW_SECONDS)
        line.connect(("127.0.0.1", port))
        line.sendall(f"GET {KIT} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        with contextlib.suppress(TimeoutError):
            while time.monotonic() < until and (piece := line.recv(SLOW_BYTES_PER_SECOND // 10)):
                received[number] += len(piece)
                time.sleep(len(piece) / SLOW_BYTES_PER_SECOND)


def home_meanwhile(port):
    """Sorted milliseconds of `/` while slow clients download; the kB/s that each of them had."""
    until, received = time.monotonic() + SLOW_SECONDS, [0] * SLOW_CLIENTS
    clients = [
        threading.Thread(target=read_slowly, args=(port, until, received, number)) for number in range(SLOW_CLIENTS)
    ]
    for client in clients:
        client.start()
    time.sleep(2)
    times = []
    while time.monotonic() < until - 1:
        times.append(get(port, "/"))
        time.sleep(0.05)
    for client in clients:
        client.join()
    return sorted(times), [count / SLOW_SECONDS / 1000 for count in received]


def resumed(port, folder, size):
    """Whether a download cut half-way and resumed gives the same bytes."""
    whole, cut = folder / "whole.zip", folder / "cut.zip"
    curl(port, KIT, "-o", str(whole))
    with subprocess.Popen(  # noqa: S603 (our own command)
        [CURL, "-sS", "--max-time", "60", f"http://127.0.0.1:{port}{KIT}"], stdout=subprocess.PIPE
    ) as process:
        with cut.open("wb") as file:
            for _piece in range(size // 2 // MB):
                file.write(process.stdout.read(MB))
        process.kill()
    half = cut.stat().st_size
    curl(port, KIT, "-C", "-", "-o", str(cut))
    sums = []
    for path in (whole, cut):
        with path.open("rb") as file:
            sums.append(hashlib.file_digest(file, "sha256").hexdigest())
        path.unlink()
    return f"cut at {half / MB:.0f} MB, resumed: {'same' if sums[0] == sums[1] else 'ANOTHER'} SHA-256"


def report(name, text):
    print(f"{name:<36} {text}", flush=True)


def report_meanwhile(name, port):
    times, rates = home_meanwhile(port)
    late, served = sum(one > 50 for one in times), sum(rate > SLOW_BYTES_PER_SECOND / 5000 for rate in rates)
    report(
        f"/ meanwhile, {name}",
        f"p50 {statistics.median(times):.1f} ms, max {times[-1]:.1f} ms ({late} of {len(times)} above 50 ms; "
        f"{served} of {SLOW_CLIENTS} clients served, {statistics.median(rates):.0f} kB/s each)",
    )


def rounds(*targets):
    """The medians of what `curl` says, taken in turn: what else runs weighs on all alike."""
    for port, path in targets:
        curl(port, path)
    taken = [[curl(port, path) for port, path in targets] for _round in range(ROUNDS)]
    return [tuple(statistics.median(values) for values in zip(*column, strict=True)) for column in zip(*taken)]  # noqa: B905


def main():
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    if not CURL:
        sys.exit("curl is not installed")
    with tempfile.TemporaryDirectory(prefix="egm-kit-") as temporary:
        folder = Path(temporary)
        var = folder / "var"
        var.mkdir()
        plain, kept = environment(var), environment(var, ACCEL_ARCHIVES="/_archives/")
        finish([start([sys.executable, "-m", "egm_cms.local_keys"], plain)], plain)
        made = [[sys.executable, __file__, "--fill", str(megabytes)], [sys.executable, "-c", COMPRESS]]
        finish([start(command, plain) for command in made], plain)
        finish([start([sys.executable, "-c", KEEP], kept)], kept)
        (archive,) = (var / "archives").iterdir()
        size = archive.stat().st_size
        report("archive", f"{size / MB:.1f} MB, {FILES} files; load of the machine {os.getloadavg()[0]:.1f}")
        without_nginx(folder, var, size)
        with_nginx(folder, var, size, archive)


def without_nginx(folder, var, size):
    with gunicorn(var) as (process, port):
        ((first, *_speeds),) = rounds((port, KIT))
        report("first byte, direct", f"{first:.1f} ms")
        report("memory of the workers, direct", f"+ {memory_growth(process, port):.1f} MB")
        report("resumed, direct", resumed(port, folder, size))
        report_meanwhile("direct", port)
    with gunicorn(var, WEB_WORKERS="1") as (process, port):
        report_meanwhile("direct, all in one worker", port)


def with_nginx(folder, var, size, archive):
    if not front.NGINX:
        print("nginx is not installed: nothing is compared with it.")
        return
    with (
        gunicorn(var) as (_process, direct),
        gunicorn(var, ACCEL_ARCHIVES="/_archives/") as (process, port),
        front.nginx(folder / "nginx", port, var / "archives") as nginx,
    ):
        if not is_offloaded(port):
            sys.exit("The site does not send nginx to its file")
        plain, accelerated, file = rounds((direct, KIT), (nginx, KIT), (nginx, f"/as-files/{archive.name}"))
        report("first byte, nginx", f"{accelerated[0]:.1f} ms (a static file: {file[0]:.1f} ms)")
        report("a static file by nginx", f"{file[1]:.0f} MB/s")
        for name, (_first, speed, flow) in {
            "the kit by nginx (X-Accel)": accelerated,
            "the kit, direct": plain,
        }.items():
            report(
                name,
                f"{speed:.0f} MB/s, {speed / file[1]:.2f} × the file ({flow / file[2]:.2f} × after the first byte)",
            )
        report("memory of the workers, nginx", f"+ {memory_growth(process, nginx):.1f} MB")
        report("resumed, nginx", resumed(nginx, folder, size))
        report_meanwhile("nginx", nginx)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fill"]:
        fill(int(sys.argv[2]))
    else:
        main()
