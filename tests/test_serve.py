"""What `make run` promises about its processes: they start together, and none is left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from egm_cms import serve

ROOT = Path(__file__).resolve().parent.parent
# A process that writes its number, and another below it: as gunicorn and its workers.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}")
time.sleep(float(sys.argv[2]))
"""


def supervise(tmp_path, *, seconds):
    """A supervisor in a process of its own, over two families; the first ends by itself after `seconds`."""
    commands = {
        name: [sys.executable, "-c", FAMILY, str(tmp_path / name), str(wait)]
        for name, wait in (("first", seconds), ("second", 60))
    }
    first, second = ({name: command} for name, command in commands.items())
    run = f"Supervisor().run({first!r}, lambda: True, {second!r})"
    code = f"import sys; from egm_cms.serve import Supervisor; sys.exit({run})"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: all((tmp_path / name).exists() and (tmp_path / name).read_text() for name in commands))
    pids = [int(pid) for name in commands for pid in (tmp_path / name).read_text().split()]
    return process, pids


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_running(pid):
    """A zombie, ended and not yet buried by its parent, does not count."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_process(tmp_path, number):
    process, pids = supervise(tmp_path, seconds=60)
    process.send_signal(number)
    assert process.wait(timeout=10) == 0
    assert not any(map(is_running, pids))


def test_when_one_process_ends_so_does_the_other_and_it_is_said(tmp_path):
    process, pids = supervise(tmp_path, seconds=0.5)
    _out, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "Arrêt inattendu : first" in errors
    wait_for(lambda: not is_running(pids[2]) and not is_running(pids[3]))


def test_a_supervisor_killed_outright_leaves_no_process_of_its_own(tmp_path):
    process, pids = supervise(tmp_path, seconds=60)
    process.kill()
    process.wait()
    try:
        wait_for(lambda: not is_running(pids[0]) and not is_running(pids[2]))
    finally:
        for pid in filter(is_running, pids):
            os.kill(pid, signal.SIGKILL)


def test_a_port_already_taken_is_said_with_what_to_type():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ValueError, match=rf"Le port {port} est déjà pris : PORT={port % 65535 + 1} make run"):
            serve.free_port(str(port))


@pytest.mark.parametrize("text", ["0", "65536", "-1", "huit mille", "80 00"])
def test_what_is_not_a_port_is_said(text):
    with pytest.raises(ValueError, match="n’est pas un numéro de port"):
        serve.free_port(text)
