"""A real browser on the real site, started as `make run` starts it: own folder, own keys, own database, own port.

Whatever a test looks at, its browser also watches: a request to another host, an error in the console, a violation of
the content policy or a script that fails makes the test fail; a reader's cookie or storage too.
"""

import contextlib
import email
import email.policy
import fcntl
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import expect, sync_playwright
from psycopg import sql

from egm_cms import serve

ROOT = Path(__file__).resolve().parent.parent.parent
PREPARE_SECONDS = 240
START_SECONDS = 60
ACTION_MS = 10_000
expect.set_options(timeout=ACTION_MS)

# Both are long, and neither needs the other: each has a core.
LOAD = """
import django; django.setup()
from django.core.management import call_command
for name in ("migrate", "load_communes", "load_campaign", "create_accounts"):
    call_command(name, verbosity=0)
"""
COMPRESS = """
import django; django.setup()
from egm_cms.management.commands.prepare import Command
Command().collect_static_files()
"""

# As deploy/system_packages.sh looks for it.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# --- The site ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Server:
    url: str
    var: Path
    environment: dict

    @property
    def accounts(self) -> dict[str, str]:
        """{name: password} of the accounts that `create_accounts` wrote for this machine."""
        lines = (self.var / "acces.txt").read_text().splitlines()
        return dict(line.split("\t")[:2] for line in lines if "\t" in line)

    def mail_to(self, address) -> str:
        """The text of the last mail sent to an address, once the worker has done what waits."""
        _finish([_start([sys.executable, "manage.py", "work", "--once"], self.environment)], START_SECONDS)
        mails = [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in sorted((self.var / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime)
        ]
        return [mail.get_content() for mail in mails if mail["To"] == address][-1]


@pytest.fixture(scope="session")
def server(tmp_path_factory, worker_id, django_db_setup):
    """The site with the campaign in it, one for each process of the tests."""
    with _own_database(worker_id) as database_url:
        port = _free_port()
        var = tmp_path_factory.mktemp("site") / "var"
        environment = _environment(var, port, database_url)
        if database_url:
            _prepare(environment)
        else:
            shutil.copytree(_prepared_once(tmp_path_factory, worker_id, django_db_setup), var)
            # As a second `make run` does: nothing is left to do but to follow the address.
            _finish([_start([sys.executable, "manage.py", "prepare"], environment)], PREPARE_SECONDS)
        process = _start(serve.gunicorn(), environment)
        try:
            _wait_until_it_answers(process, port)
            yield Server(f"http://127.0.0.1:{port}", var, environment)
        finally:
            serve.end([process])


def _environment(var, port, database_url=None):
    """That of a laptop: nothing of what the settings of the tests have put in ours."""
    ours = {
        "VAR_DIR",
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "HTTPS",
        "BASE_URL",
        "RELEASE",
        "DATABASE_URL",
        "PYTEST_CURRENT_TEST",
    }
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {"VAR_DIR": str(var), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "egm_cms.settings.production"}
    return environment | ({"DATABASE_URL": database_url} if database_url else {})


def _prepared_once(tmp_path_factory, worker_id, database):
    """A prepared folder that the processes of one run share, made by the first that needs it; to be copied.

    `database`, where there is one, is a file with the communes in it, which are then not read again.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "prepared-site"
    with open(f"{shared}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            draft = shared.with_suffix(".new")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            if database:
                shutil.copy(database, draft / "db.sqlite3")
            _prepare(_environment(draft, 8000))
            draft.rename(shared)
    return shared


def _prepare(environment):
    _finish([_start([sys.executable, "-m", "egm_cms.local_keys"], environment)], 30)
    _finish([_start([sys.executable, "-c", code], environment) for code in (LOAD, COMPRESS)], PREPARE_SECONDS)


def _start(command, environment):
    log = Path(environment["VAR_DIR"]) / "log.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=serve._end_with_parent,
        )
    process.log = log
    return process


def _finish(processes, seconds):
    try:
        for process in processes:
            if process.wait(seconds):
                pytest.fail(f"{process.args}:\n{process.log.read_text()[-3000:]}")
    finally:
        serve.end(processes)


def _wait_until_it_answers(process, port):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz/")
            if connection.getresponse().status == 200:
                return
        connection.close()
        time.sleep(0.1)
    pytest.fail(f"The site did not start:\n{process.log.read_text()[-3000:]}")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def _own_database(worker_id):
    """On PostgreSQL, the address of a new database, dropped at the end; None on SQLite, which lives in the folder."""
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield None
        return
    name = sql.Identifier(f"egm_browser_{worker_id}")
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield urlsplit(address)._replace(path=f"/egm_browser_{worker_id}").geturl()
        finally:
            connection.execute(drop)


# --- The browser ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def browser(server):
    """Ended with the module: while it lives, Django takes the process for an asynchronous one and refuses its database."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, BROWSERS))), args=BROWSER_ARGUMENTS
        )
        yield chromium
        chromium.close()


# A violation is written in the console, where the watch reads it.
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


class Watch:
    """What went wrong in a context: other hosts, errors, violations."""

    def __init__(self, context, server):
        self.problems = []
        self.expected = []
        self.origin = server.url
        context.add_init_script(TELL_VIOLATIONS)
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._note(f"script failed: {error.error}"))

    def expect(self, pattern):
        """An error that is part of the test, such as the status of a page that does not exist."""
        self.expected.append(re.compile(pattern))

    def _note(self, problem):
        if not any(pattern.search(problem) for pattern in self.expected):
            self.problems.append(problem)

    def _request(self, request):
        if not request.url.startswith((self.origin + "/", "data:", "blob:", "about:")):
            self._note(f"request to another host: {request.url}")

    def _console(self, message):
        if message.type == "error":
            self._note(f"console: {message.text} ({message.location.get('url', '')})")


@pytest.fixture
def open_context(browser, server):
    """`open_context(**options)` gives a watched context; `.watch` is on it. What is left in a reader's browser is noted."""
    contexts = []

    def open_one(*, reader=True, **options):
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "fr-FR"} | options
        context = browser.new_context(base_url=server.url, **options)
        context.set_default_timeout(ACTION_MS)
        context.watch = Watch(context, server)
        contexts.append((context, reader))
        return context

    yield open_one
    problems = []
    for context, reader in contexts:
        if reader:
            left = context.storage_state()
            problems += [f"a reader keeps {name}: {left[name]}" for name in ("cookies", "origins") if left[name]]
        problems += context.watch.problems
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(open_context):
    return open_context().new_page()


@pytest.fixture
def narrow_page(open_context):
    return open_context(viewport={"width": 320, "height": 640}, has_touch=True).new_page()


@pytest.fixture
def dark_page(open_context):
    return open_context(color_scheme="dark").new_page()


@pytest.fixture
def page_without_scripts(open_context):
    return open_context(java_script_enabled=False, viewport={"width": 320, "height": 640}).new_page()
