"""Who may do what: the groups « Rédaction », « Modération » and « Administration », and the workflow between them.

`provision_roles()` puts them in place and can be called at any time. A right is given once: what an administrator adds
stays, what an administrator takes away does not come back. A right that a later version needs is given then.
"""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from .seeding import once

REDACTION = "Rédaction"
MODERATION = "Modération"
ADMINISTRATION = "Administration"
WORKFLOW = "Relecture"


@dataclass(frozen=True)
class Role:
    """A group and its rights.

    `pages` are Wagtail's actions on the home page and everything below it; `files` are rights on the root collection;
    `models` hold everywhere. Rights are named `app.codename`.
    """

    name: str
    pages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


def _managing(*models: str) -> tuple[str, ...]:
    """The rights to add, change and delete the rows of models named `app.model`."""
    pairs = (model.split(".") for model in models)
    return tuple(f"{app}.{action}_{model}" for app, model in pairs for action in ("add", "change", "delete"))


# Whoever may add a file may change and delete their own; `change` is for those of others.
OWN_FILES = (
    "wagtailimages.add_image",
    "wagtailimages.choose_image",
    "wagtaildocs.add_document",
    "wagtaildocs.choose_document",
)
# Whether a mail arrived; neither what it said nor to whom.
_MAILS = ("home.view_outgoingmail", "home.retry_outgoingmail")

ROLES = (
    Role(
        REDACTION,
        pages=("add", "change"),
        files=OWN_FILES,
        models=("wagtailadmin.access_admin",),
    ),
    Role(
        MODERATION,
        pages=("add", "change", "publish", "bulk_delete", "lock", "unlock"),
        files=(*OWN_FILES, "wagtailimages.change_image", "wagtaildocs.change_document"),
        models=(
            "wagtailadmin.access_admin",
            "assemblies.see_private_contact",
            # Decides the proposals of everywhere; an assembly's group, those of its territory.
            "assemblies.change_eventproposal",
            *_MAILS,
            *_managing("assemblies.assembly", "resources.calendarstep", "resources.measure"),
        ),
    ),
    # No page and no contact: the people who run the site are not those who speak for it.
    Role(
        ADMINISTRATION,
        files=_managing("wagtailcore.collection"),
        models=(
            "wagtailadmin.access_admin",
            "home.change_sitesettings",
            *_MAILS,
            *_managing(
                "assemblies.assembly",
                "auth.group",
                "home.user",
                "territory.election",
                "wagtailcore.task",
                "wagtailcore.workflow",
                "wagtailredirects.redirect",
            ),
        ),
    ),
)


@transaction.atomic
def provision_roles():
    """Put the three groups, their rights and the workflow in place, around the home page of the default site.

    Without a site that has a home page, the rights on pages and the workflow wait for the next call.
    """
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    # Wagtail starts with a placeholder at the root of its site, replaced when the campaign is loaded.
    home = site.root_page if site and site.root_page.specific_class is not Page else None
    for role in ROLES:
        group, _created = Group.objects.get_or_create(name=role.name)
        give_rights(group, role.models)
        give_file_rights(group, Collection.get_first_root_node(), role.files)
        if home is not None:
            give_page_rights(group, home, role.pages)
    if home is not None and once(f"workflow:{home.pk}"):
        _install_workflow(home)
    if once("roles:wagtail-defaults"):
        _remove_wagtail_defaults()


def give_rights(group, names):
    """Rights that hold everywhere, each given once."""
    for name in names:
        if once(f"right:{group.pk}:{name}"):
            group.permissions.add(_permission(name))


def give_file_rights(group, collection, names):
    """Rights on the files of a collection and of those below it, each given once."""
    for name in names:
        if once(f"right:{group.pk}:collection:{collection.pk}:{name}"):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=_permission(name)
            )


def give_page_rights(group, page, actions):
    """Wagtail's actions on a page and everything below it, each given once."""
    for action in actions:
        if once(f"right:{group.pk}:page:{page.pk}:{action}"):
            permission = _permission(f"wagtailcore.{action}_page")
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def _permission(name: str) -> Permission:
    app, codename = name.split(".")
    # A model of ours that replaces one of Wagtail's may declare the same codename: the app tells them apart.
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def _install_workflow(home):
    """What rédaction submits, modération approves; approving publishes."""
    task = GroupApprovalTask.objects.create(name=_("Relecture par la modération"))
    task.groups.add(Group.objects.get(name=MODERATION))
    workflow = Workflow.objects.create(name=WORKFLOW)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.update_or_create(page=home, defaults={"workflow": workflow})


def _remove_wagtail_defaults():
    """Wagtail's own groups, if nobody is in them, and the workflow it made for them."""
    for workflow in Workflow.objects.filter(name="Moderators approval", active=True):
        workflow.deactivate()
    for task in GroupApprovalTask.objects.filter(name="Moderators approval", active=True):
        task.deactivate()
    Group.objects.filter(name__in=("Editors", "Moderators"), user=None).delete()
