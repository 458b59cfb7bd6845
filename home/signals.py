"""What other code signals and readers must see at once."""

from django.db.models.signals import post_delete
from django.dispatch import receiver
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.search.index import insert_or_update_object
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from .caching import bump, bump_when_changed


@receiver(page_published)
def page_indexed(sender, instance, **kwargs):
    """Index a page once what belongs to it (places, measures, files) is written: `post_save` comes before that."""
    insert_or_update_object(instance)


@receiver([page_published, page_unpublished, page_slug_changed, post_page_move])
def page_changed(sender, **kwargs):
    bump()


@receiver(post_delete, sender=Page)
def page_deleted(sender, **kwargs):
    bump()


bump_when_changed(PageViewRestriction, Redirect, Site)
