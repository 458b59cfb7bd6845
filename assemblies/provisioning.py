"""What an assembly has of its own: a group, two collections of files, a page and its rooms; put in place in one go.

`provision()` can be called at any time. A right is given once and a room made once: what an administrator takes away, or
an editor deletes, does not come back.
"""

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.coreutils import find_available_slug
from wagtail.models import Collection, CollectionViewRestriction

from home.models import CustomDocument, CustomImage
from home.roles import MODERATION, OWN_FILES, give_file_rights, give_page_rights, give_rights
from home.seeding import once

from .models import Assembly, AssemblyIndexPage, AssemblyPage, EventIndexPage

PAGE_RIGHTS = ("add", "change", "publish", "bulk_delete")
# Of the files of the country, in any collection but the assemblies' (see isolation.py).
CHOSEN_FILES = ("wagtailimages.choose_image", "wagtaildocs.choose_document")
FILE_RIGHTS = (*OWN_FILES, "wagtailimages.change_image", "wagtaildocs.change_document")

_rooms = []


def register_room(make):
    """Have `make(assembly_page)` add one page below the page of each assembly: its agenda, its library."""
    if make not in _rooms:
        _rooms.append(make)
    return make


@register_room
def make_agenda(page):
    page.add_child(instance=EventIndexPage(title=_("Agenda"), slug="agenda"))


@transaction.atomic
def provision(assembly):
    """Put in place what is missing, and have the names follow the assembly's.

    The page waits for the directory: without one, for the next call. It starts as a draft, its rooms on line.
    """
    # Two calls at once would each make their own.
    assembly = Assembly.objects.select_for_update().get(pk=assembly.pk)
    assembly.group = _group(assembly)
    shelf = files_of_all() or Collection.get_first_root_node().add_child(name=_("Assemblées"))
    assembly.public_files = _collection(shelf, assembly.public_files, assembly.name)
    assembly.private_files = _collection(shelf, assembly.private_files, _("%s (privé)") % assembly.name)
    assembly.save(update_fields=["group", "public_files", "private_files"])
    _close(assembly.private_files, assembly.group)
    give_rights(assembly.group, ["wagtailadmin.access_admin"])
    for collection in (assembly.public_files, assembly.private_files):
        give_file_rights(assembly.group, collection, FILE_RIGHTS)
    give_file_rights(assembly.group, Collection.get_first_root_node(), CHOSEN_FILES)
    page = _page(assembly)
    if page is not None:
        give_page_rights(assembly.group, page, PAGE_RIGHTS)
        for make in _rooms:
            if once(f"room:{page.pk}:{make.__module__}.{make.__qualname__}"):
                # Treebeard keeps the number of children in memory: each room asks the database.
                make(AssemblyPage.objects.get(pk=page.pk))
    return Assembly.objects.get(pk=assembly.pk)


def provision_all():
    for assembly in Assembly.objects.all():
        provision(assembly)


def files_of_all():
    """The collection that holds those of every assembly; None before the first is made."""
    first = Assembly.objects.exclude(public_files=None).select_related("public_files").first()
    return first.public_files.get_parent() if first else None


def _group(assembly):
    name = _free_group_name(_("Assemblée : %s") % assembly.name, assembly.group_id)
    if assembly.group is None:
        # Never an existing one: whoever is in it would come in with it.
        return Group.objects.create(name=name)
    if assembly.group.name != name:
        assembly.group.name = name
        assembly.group.save()
    return assembly.group


def _free_group_name(name, own):
    taken = set(Group.objects.filter(name__startswith=name).exclude(pk=own).values_list("name", flat=True))
    names = (name, *(f"{name} ({number})" for number in range(2, len(taken) + 3)))
    return next(one for one in names if one not in taken)


def _collection(shelf, collection, name):
    if collection is None:
        return shelf.add_child(name=name)
    if collection.name != name:
        collection.name = name
        collection.save()
    return collection


def _close(collection, group):
    """Only its group and modération may download what is in it. Once: an administrator may open it."""
    if not once(f"private-collection:{collection.pk}"):
        return
    restriction = CollectionViewRestriction.objects.create(
        collection=collection, restriction_type=CollectionViewRestriction.GROUPS
    )
    restriction.groups.set([group, *Group.objects.filter(name=MODERATION)])


def _page(assembly):
    page = AssemblyPage.objects.filter(assembly=assembly).first()
    index = AssemblyIndexPage.objects.first()
    if page is not None or index is None:
        return page
    slug = assembly.slug if assembly.slug not in index.reserved_child_slugs else f"assemblee-{assembly.slug}"
    page = AssemblyPage(title=assembly.name, slug=find_available_slug(index, slug), assembly=assembly, live=False)
    index.add_child(instance=page)
    page.save_revision()
    return page


class NotEmptyError(Exception):
    """Something would be lost with the assembly."""


def is_empty(assembly) -> bool:
    """Whether it has no file, and no page but its own and rooms without anything in them."""
    files = (assembly.public_files_id, assembly.private_files_id)
    if any(model.objects.filter(collection__in=files).exists() for model in (CustomImage, CustomDocument)):
        return False
    page = AssemblyPage.objects.filter(assembly=assembly).first()
    return page is None or not page.get_descendants().filter(depth__gt=page.depth + 1).exists()


@transaction.atomic
def remove(assembly):
    """Delete an assembly that is empty, with all it was given. Raises `NotEmptyError`."""
    if not is_empty(assembly):
        raise NotEmptyError
    page = AssemblyPage.objects.filter(assembly=assembly).first()
    if page is not None:
        page.delete()
    given = [one for one in (assembly.group, assembly.public_files, assembly.private_files) if one is not None]
    assembly.delete()
    for one in given:
        type(one).objects.get(pk=one.pk).delete()
