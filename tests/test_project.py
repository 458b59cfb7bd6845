"""What holds for the project as a whole."""

import ast
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from egm_cms import local_keys

ROOT = Path(__file__).resolve().parent.parent
# Each app, with the floors it stands on. Nobody imports `egm_cms`, which knows them all.
FLOORS = {
    "territory": set(),
    "home": {"territory"},
    "assemblies": {"home", "territory"},
    "resources": {"assemblies", "home", "territory"},
    "pledges": {"resources", "assemblies", "home", "territory"},
}
MAX_LINES = 350


def python_files(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def imported_roots(path):
    """The top packages that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


def manage(*arguments, **variables):
    """A real run of manage.py whose environment holds nothing of ours but `variables`."""
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "egm_cms.settings.production", **variables}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("app", FLOORS)
def test_imports_point_down_never_up(app):
    above = {*FLOORS, "egm_cms"} - FLOORS[app] - {app}
    upward = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(app)
        for name in imported_roots(path)
        if name in above
    ]
    assert upward == []


def test_no_module_is_too_long_to_be_read():
    modules = [path for app in [*FLOORS, "egm_cms", "deploy"] for path in python_files(app)]
    lengths = {path: len(path.read_text().splitlines()) for path in modules if "migrations" not in path.parts}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > MAX_LINES} == {}


@pytest.mark.django_db
def test_no_change_of_a_model_waits_for_its_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_the_site_refuses_to_start_without_what_it_needs(tmp_path, name):
    variables = {"SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "exemple.fr", "VAR_DIR": str(tmp_path)}
    del variables[name]
    run = manage("migrate", **variables)
    assert run.returncode != 0
    assert f"La variable {name} manque" in run.stderr


def test_a_server_passes_every_deployment_check(tmp_path):
    run = manage(
        "check",
        "--deploy",
        "--fail-level=WARNING",
        SECRET_KEY="zR7_" * 4 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        ALLOWED_HOSTS="exemple.fr",
        VAR_DIR=str(tmp_path),
    )
    assert run.returncode == 0, run.stderr
    assert "(0 silenced)" in run.stdout


def test_local_keys_are_written_once_and_for_this_user_only(tmp_path):
    path = tmp_path / "var" / "local.env"
    assert local_keys.complete(path) == list(local_keys.DEFAULTS)
    first = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert local_keys.complete(path) == []
    assert path.read_text() == first


def test_local_keys_complete_a_file_without_changing_what_it_holds(tmp_path):
    path = tmp_path / "local.env"
    path.write_text("# my own\nSECRET_KEY=mine")
    assert "SECRET_KEY" not in local_keys.complete(path)
    assert path.read_text().startswith("# my own\nSECRET_KEY=mine\nALLOWED_HOSTS=")


def test_the_readme_tells_every_setting_that_is_read_from_the_environment():
    settings = (ROOT / "egm_cms" / "settings" / "base.py").read_text()
    read = set(re.findall(r'(?:env(?:\.\w+)?|required)\("([A-Z_]+)"', settings))
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert told == read
