"""Who writes for an assembly: invited by name and address, in its group from then on, out of it the moment access is taken.

An account is a person's, not an assembly's: an address that has one already is put in the group, and whoever invites is
told the same. Someone new chooses a password by a link that is theirs, once, within 72 hours.
"""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from home import links, outbox

from .models import Assembly

PURPOSE = "invitation"


def may_manage(user, assembly) -> bool:
    """Modération, administration, and whoever is of the assembly: they know who comes and who left."""
    return user.has_perm("assemblies.change_assembly") or is_member(user, assembly)


def is_member(user, assembly) -> bool:
    return assembly.group_id is not None and user.groups.filter(pk=assembly.group_id).exists()


def managed_by(user):
    """The assemblies that someone may manage."""
    if user.has_perm("assemblies.change_assembly"):
        return Assembly.objects.all()
    return Assembly.objects.filter(group__user=user)


def members(assembly):
    """By name; `pending` are those who have not chosen a password yet."""
    waits = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    users = get_user_model().objects.filter(groups=assembly.group_id, groups__isnull=False)
    return users.annotate(pending=ExpressionWrapper(waits, output_field=BooleanField())).order_by(
        "last_name", "first_name", "pk"
    )


@transaction.atomic
def invite(assembly, name: str, email: str, by):
    """Put someone in the group and write to them. An account that administration has closed stays closed."""
    email = email.strip().lower()
    User = get_user_model()
    user = User.objects.filter(Q(username__iexact=email) | Q(email__iexact=email)).order_by("-is_active", "pk").first()
    log(assembly, "assemblies.invite", user=by)
    if user is None:
        first, _space, last = name.strip().partition(" ")
        user = User(username=email, email=email, first_name=first[:150], last_name=last[:150])
        user.set_unusable_password()
        user.save()
    elif not user.is_active or is_member(user, assembly):
        return
    user.groups.add(assembly.group)
    _write(assembly, user, by)


def remind(assembly, user, by):
    """Write again; the link sent before opens nothing any more."""
    log(assembly, "assemblies.invite", user=by)
    _write(assembly, user, by)


def _write(assembly, user, by):
    context = {"assembly": assembly, "name": user.get_full_name(), "by": by.get_full_name() or by.get_username()}
    if user.has_usable_password():
        address = settings.BASE_URL + reverse("wagtailadmin_home")
        return outbox.write("invitation_known", user.email, {**context, "address": address})
    links.revoke(PURPOSE, user)
    address = settings.BASE_URL + reverse("invitation", args=[links.issue(PURPOSE, user)])
    return outbox.write("invitation", user.email, {**context, "address": address})


@transaction.atomic
def withdraw(assembly, user, by):
    """Take someone out, at once. Who is of no other group has no more to do here: every session ends, no link opens.

    An account that never served is erased.
    """
    user.groups.remove(assembly.group)
    log(assembly, "assemblies.withdraw", user=by)
    if user.is_superuser or user.groups.exists():
        return
    links.revoke(PURPOSE, user)
    if user.last_login is None:
        user.delete()
    else:
        # A session holds a digest of the password.
        user.set_unusable_password()
        user.save(update_fields=["password"])


@transaction.atomic
def accept(token: str, password: str):
    """The account whose link this is, with its password; None where the link opens nothing, or no more."""
    link = links.spend(PURPOSE, token)
    if link is None or link.target.has_usable_password() or not link.target.is_active:
        return None
    user = link.target
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


def register_log_actions(actions):
    actions.register_action("assemblies.invite", _("Inviter"), _("Personne invitée"))
    actions.register_action("assemblies.withdraw", _("Retirer l’accès"), _("Accès retiré"))
    actions.register_action("assemblies.merge", _("Fusionner"), _("Une autre assemblée y a été fusionnée"))
