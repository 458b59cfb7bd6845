"""The first accounts of a laptop: made once, their passwords in one file that only its owner reads."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from home.accounts import passwords_file
from home.models import User
from home.roles import MODERATION, REDACTION

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path, site):
    settings.VAR_DIR = tmp_path / "var"


def create_accounts():
    said = StringIO()
    call_command("create_accounts", stdout=said)
    return said.getvalue()


def passwords():
    rows = [line.split("\t") for line in passwords_file().read_text().splitlines() if "\t" in line]
    return {username: password for username, password, _may in rows}


def test_three_accounts_are_made_and_their_passwords_work():
    said = create_accounts()
    assert set(passwords()) == {"redaction", "moderation", "admin"}
    for username, password in passwords().items():
        assert authenticate(username=username, password=password)
        assert password not in said
    assert User.objects.get(username="redaction").groups.get().name == REDACTION
    assert User.objects.get(username="moderation").groups.get().name == MODERATION
    assert User.objects.get(username="admin").is_superuser
    assert not User.objects.filter(is_superuser=True).exclude(username="admin").exists()
    assert "http://testserver/admin/" in said
    assert str(passwords_file()) in said


def test_only_the_owner_reads_the_file():
    create_accounts()
    assert passwords_file().stat().st_mode & 0o777 == 0o600


def test_two_laptops_have_other_passwords():
    create_accounts()
    first = passwords()
    User.objects.all().delete()
    create_accounts()
    assert not set(first.values()) & set(passwords().values())


def test_a_second_run_creates_nothing_and_reminds_where_the_file_is():
    create_accounts()
    before = passwords_file().read_bytes()
    User.objects.get(username="redaction").delete()
    said = create_accounts()
    assert User.objects.count() == 2
    assert passwords_file().read_bytes() == before
    assert str(passwords_file()) in said


def test_passwords_are_never_written_again_once_the_file_is_gone():
    create_accounts()
    passwords_file().unlink()
    said = create_accounts()
    assert not passwords_file().exists()
    assert "changepassword" in said


def test_nothing_is_made_where_someone_already_has_an_account():
    User.objects.create_user("quelqu-un")
    create_accounts()
    assert User.objects.count() == 1
    assert not passwords_file().exists()


def test_a_file_that_cannot_be_written_leaves_no_account(settings, tmp_path):
    (tmp_path / "fichier").write_text("")
    settings.VAR_DIR = tmp_path / "fichier"
    with pytest.raises(OSError, match="fichier"):
        create_accounts()
    assert not User.objects.exists()


def test_a_server_is_refused(settings):
    settings.HTTPS = True
    with pytest.raises(CommandError, match="createsuperuser"):
        create_accounts()
    assert not User.objects.exists()
