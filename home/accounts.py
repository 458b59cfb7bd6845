"""The first accounts of a laptop, with a password each that nobody chose."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from .roles import MODERATION, REDACTION, provision_roles

# Neither 0/o nor 1/l/i: these are copied by hand.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class ServerRefused(Exception):
    """A site that is open to the world makes its accounts by hand, one person each."""


@dataclass(frozen=True)
class Account:
    username: str
    password: str
    may: str


def passwords_file() -> Path:
    return Path(settings.VAR_DIR) / "acces.txt"


def login_url() -> str:
    return settings.BASE_URL + reverse("wagtailadmin_home")


def new_password() -> str:
    """79 bits: four groups of four."""
    return "-".join("".join(secrets.choice(ALPHABET) for _letter in range(4)) for _group in range(4))


@transaction.atomic
def create_first_accounts() -> list[Account]:
    """Make the accounts and write their passwords to `passwords_file()`; nothing where an account exists already.

    One for each role, and a superuser: on a laptop someone must be able to do everything. Raises `ServerRefused` when
    the site is served over HTTPS.
    """
    if settings.HTTPS:
        raise ServerRefused
    User = get_user_model()
    if User.objects.exists():
        return []
    provision_roles()
    accounts = []
    for username, group, may in (
        ("redaction", REDACTION, _("écrit et soumet")),
        ("moderation", MODERATION, _("relit et publie")),
        ("admin", None, _("peut tout faire")),
    ):
        password = new_password()
        user = User.objects.create_user(
            username,
            email=f"{username}@localhost",
            password=password,
            first_name=group or _("Administration"),
            last_name=_("de ce poste"),
            is_superuser=group is None,
            is_staff=group is None,
        )
        if group:
            user.groups.add(Group.objects.get(name=group))
        accounts.append(Account(username, password, str(may)))
    _write(accounts)
    return accounts


def _write(accounts):
    """Readable by the owner only, from its first byte. A file that cannot be written cancels the accounts."""
    lines = [_("Comptes de ce poste : %s") % login_url(), ""]
    lines += [f"{account.username}\t{account.password}\t({account.may})" for account in accounts]
    lines += ["", _("À effacer une fois les mots de passe notés ailleurs. Ne pas partager ce fichier.")]
    path = passwords_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
