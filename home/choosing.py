"""What someone may choose, or be told of: every list of pages or files to choose from, and every form, keeps to it."""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q
from wagtail.models import Page, ReferenceIndex
from wagtail.permissions import policy_registry

from .models.base import published
from .models.media import CustomDocument, CustomImage

CHOSEN_FILES = (CustomImage, CustomDocument)


def visible_pages(user):
    """What everyone reads, and what is theirs to work on.

    The lists of the admin print the title of the draft: a page of others whose title is being changed waits.
    """
    same_title = Q(draft_title=F("title")) | Q(draft_title="")
    public = published(Page.objects.filter(same_title))
    explorable = policy_registry.get_by_type(Page).explorable_instances(user)
    return Page.objects.filter(Q(pk__in=public.values("pk")) | Q(pk__in=explorable.values("pk")))


def choosable(model, user):
    """The rows of `Page`, or of a model of files, that someone may choose."""
    if model is Page:
        return visible_pages(user)
    return policy_registry.get_by_type(model).instances_user_has_any_permission_for(user, ["choose", "change"])


def references(*rows):
    """{model: primary keys} of the pages and files that these rows name, in fields, texts and blocks."""
    models = {ContentType.objects.get_for_model(model).pk: model for model in (Page, *CHOSEN_FILES)}
    found = defaultdict(set)
    for row in rows:
        # Wagtail's own reader, that knows every field and block; its public face only reads what is saved.
        for content_type, pk, _model_path, _content_path in ReferenceIndex._extract_references_from_object(row):
            if content_type in models:
                found[models[content_type]].add(int(pk))
    return found


def refused(user, found, known):
    """Of the rows `found`, whether one may not be chosen: a form can be sent with any number. `known` ones may stay."""
    if user is None or user.is_superuser:
        return False
    for model, keys in found.items():
        new = keys - known.get(model, set())
        if new and choosable(model, user).filter(pk__in=new).count() < model.objects.filter(pk__in=new).count():
            return True
    return False
