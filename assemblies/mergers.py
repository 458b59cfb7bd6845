"""Two assemblies become one: what the first had is the second's, at an address that leads there; nothing is lost."""

from django.db import transaction
from wagtail.contrib.redirects.models import Redirect
from wagtail.coreutils import find_available_slug
from wagtail.log_actions import log
from wagtail.models import Page, Site

from home.models import CustomDocument, CustomImage

from .models import Assembly, AssemblyPage
from .provisioning import provision, remove


@transaction.atomic
def merge(source, into, by=None):
    """Give all that is of `source` to `into`, then delete it. Its own text becomes a draft of the other's page."""
    source, into = provision(source), provision(into)
    for model in (CustomImage, CustomDocument):
        model.objects.filter(collection=source.public_files).update(collection=into.public_files)
        model.objects.filter(collection=source.private_files).update(collection=into.private_files)
    into.group.user_set.add(*source.group.user_set.all())
    _join_rows(source, into)
    for name in ("private_contact", "printable_contact"):
        if not getattr(into, name):
            setattr(into, name, getattr(source, name))
    into.save()
    page = AssemblyPage.objects.filter(assembly=source).first()
    if page is not None:
        _move_pages(page, AssemblyPage.objects.get(assembly=into), by)
    remove(source)
    log(into, "assemblies.merge", user=by, data={"name": source.name})
    return into


def _join_rows(source, into):
    """Territory, and whatever other floors attach to an assembly."""
    for field in Assembly._meta.many_to_many:
        getattr(into, field.name).add(*getattr(source, field.name).all())
    for relation in Assembly._meta.related_objects:
        if relation.one_to_many:
            relation.related_model._base_manager.filter(**{relation.field.name: source}).update(
                **{relation.field.name: into}
            )


def _move_pages(page, into, by):
    """Rooms that both have are emptied one into the other; the others move as they are."""
    for room in page.get_children().specific():
        other = into.get_children().type(type(room)).first()
        if other is None:
            _move(room, into, by)
            continue
        for child in room.get_children().specific():
            _move(child, other, by)
        _lead(room, other)
    _keep_text(page, into, by)
    _lead(page, into)


def _move(page, parent, by):
    slug = find_available_slug(Page.objects.get(pk=parent.pk), page.slug)
    if slug != page.slug:
        page.slug = slug
        page.save()
    # Wagtail keeps the old address.
    page.move(Page.objects.get(pk=parent.pk), pos="last-child", user=by)


def _lead(page, target):
    """The address of a page that goes, and those that led to it, lead to another."""
    Redirect.objects.filter(redirect_page=page.pk).update(redirect_page=target.pk)
    url = page.get_url_parts()
    if url:
        site, old_path = Site.objects.get(pk=url[0]), Redirect.normalise_path(url[2])
        Redirect.objects.update_or_create(
            old_path=old_path, site=site, defaults={"redirect_page": Page.objects.get(pk=target.pk)}
        )


def _keep_text(page, into, by):
    body = page.get_latest_revision_as_object().body
    if body:
        draft = into.get_latest_revision_as_object()
        draft.body = [(block.block_type, block.value) for stream in (draft.body, body) for block in stream]
        draft.save_revision(user=by, log_action=True)
