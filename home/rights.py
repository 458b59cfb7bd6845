"""The rights of a group, in words."""

from collections import defaultdict

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.models import GroupCollectionPermission, GroupPagePermission

ACTIONS = {
    "add": _("ajouter"),
    "change": _("modifier"),
    "delete": _("supprimer"),
    "publish": _("publier"),
    "bulk_delete": _("supprimer avec ce qui est dessous"),
    "lock": _("verrouiller"),
    "unlock": _("déverrouiller"),
    "choose": _("choisir"),
    "view": _("voir"),
}


def rights_in_words(group) -> list[str]:
    """One line for each thing the group may work on: pages, files, rows, then what else."""
    pages, files, rows, others = (defaultdict(list) for _kind in range(4))
    for right in GroupPagePermission.objects.filter(group=group).select_related("page", "permission__content_type"):
        pages[_now("Pages, à partir de « %s »") % right.page.title].append(_action(right.permission))
    for right in GroupCollectionPermission.objects.filter(group=group).select_related(
        "collection", "permission__content_type"
    ):
        label = _now("%(files)s, dans « %(collection)s »")
        kind = _kind_of(right.permission)
        files[label % {"files": kind, "collection": right.collection.name}].append(_action(right.permission))
    for permission in group.permissions.select_related("content_type"):
        if _action(permission):
            rows[_kind_of(permission)].append(_action(permission))
        else:
            others[_now(permission.name)] = []
    kinds = (pages, files, rows, others)
    return [
        f"{what} : {', '.join(sorted(map(str, actions)))}" if actions else what
        for kind in kinds
        for what, actions in sorted(kind.items())
    ]


def _action(permission):
    action = permission.codename.removesuffix(f"_{permission.content_type.model}").removesuffix("_page")
    return ACTIONS.get(action, "")


def _kind_of(permission):
    model = permission.content_type.model_class()
    name = str(model._meta.verbose_name_plural) if model else permission.content_type.model
    return name[:1].upper() + name[1:]
