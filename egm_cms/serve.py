"""`make run` and `make dev`: prepare the site, then keep its two processes running together.

`python -m egm_cms.serve [--dev]` writes the missing keys, runs `manage.py prepare`, then the web server and
`manage.py work`. Ctrl-C (or SIGTERM, or a closed terminal) ends both; when one ends by itself, so does the other.
Standard library only, so that it starts, and ends, at once.
"""

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

from . import local_keys

HOST = "127.0.0.1"
# How long a process has to finish what it is doing before it is killed.
GRACE_SECONDS = 12
TICK_SECONDS = 0.1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: list[str]) -> int:
    dev = "--dev" in arguments
    if dev:
        os.environ["DJANGO_SETTINGS_MODULE"] = "egm_cms.settings.dev"
    try:
        port = free_port(os.environ.get("PORT") or "8000")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    local_keys.complete(local_keys.VAR_DIR / "local.env")
    supervisor = Supervisor()
    code = supervisor.run_one(manage("prepare"))
    if code or supervisor.stopping:
        return code
    web = manage("runserver", f"{HOST}:{port}") if dev else gunicorn()
    return supervisor.run({"le serveur web": web}, lambda: announce(port), {"manage.py work": manage("work")})


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def gunicorn() -> list[str]:
    return [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "egm_cms.wsgi"]


def free_port(text: str) -> int:
    """The port, if it is one and nobody listens on it. Raises `ValueError` with what to do."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError(f"PORT={text} n’est pas un numéro de port. Par exemple : PORT=8001 make run")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise ValueError(f"Le port {port} est réservé au système : PORT=8001 make run") from None
        except OSError:
            raise ValueError(f"Le port {port} est déjà pris : PORT={port % 65535 + 1} make run") from None
    return port


def announce(port: int) -> bool:
    """Once the site answers, say where things are; False until then."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthz/")
        if connection.getresponse().status != 200:
            return False
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    var = os.path.relpath(local_keys.VAR_DIR)
    print(
        f"\n  Le site est ouvert :  http://{HOST}:{port}/"
        f"\n  Pour le rédiger :     http://{HOST}:{port}/admin/   (comptes : {var}/acces.txt)"
        f"\n  Les courriels ne partent pas : ils sont écrits dans {var}/mail/"
        "\n  Ctrl-C pour tout arrêter.\n",
        flush=True,
    )
    return True


class Supervisor:
    """Runs processes that live and die together. Each has its own group: Ctrl-C reaches them through us only, once."""

    def __init__(self):
        self.stopping = False
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)

    def _stop(self, number, frame):
        self.stopping = True

    def run_one(self, command: list[str]) -> int:
        """Wait for a command; 130 when it was interrupted."""
        process = start(command)
        while process.poll() is None and not self.stopping:
            time.sleep(TICK_SECONDS)
        if self.stopping:
            end([process])
            return 130
        return process.returncode

    def run(self, first: dict[str, list[str]], ready: Callable[[], bool], then: dict[str, list[str]]) -> int:
        """Run all of them until a signal (0) or until one of them ends (1).

        `then` are started when `ready` says so: on a small machine the site opens sooner.
        """
        processes = {name: start(command) for name, command in first.items()}
        is_ready = False
        try:
            while not self.stopping:
                for name, process in processes.items():
                    if process.poll() is not None:
                        reason = f"code {process.returncode}; ce qui précède dit pourquoi"
                        print(f"Arrêt inattendu : {name} ({reason}). Tout est arrêté.", file=sys.stderr)
                        return 1
                if not is_ready and ready():
                    is_ready = True
                    processes |= {name: start(command) for name, command in then.items()}
                time.sleep(TICK_SECONDS)
        finally:
            end(processes.values())
        print("Le site est arrêté.")
        return 0


def start(command: list[str]) -> subprocess.Popen:
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: S603


def _end_with_parent():
    """On Linux a child is told to end when we are killed outright, so that nothing is left behind."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def end(processes):
    """Ask every group to end, wait, then kill what is left of it, orphans of a process that died included."""
    processes = list(processes)
    for process in processes:
        _send(process, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        _send(process, signal.SIGKILL)
        process.wait()


def _send(process, number):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
