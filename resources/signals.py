"""What a resource page says of its files follows them: their text, and whether anyone may read it."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail import hooks
from wagtail.documents import get_document_model
from wagtail.documents.models import document_served
from wagtail.models import Collection, CollectionViewRestriction
from wagtail.search.index import insert_or_update_object

from home.caching import bump

from .downloads import asks_for_a_download, count_document
from .models import ResourcePage


def index_pages_of(documents):
    """Index again the published pages that offer these files."""
    for page in ResourcePage.objects.live().filter(files__document__in=documents).distinct():
        insert_or_update_object(page)


@receiver(post_save, sender=get_document_model())
def document_changed(sender, instance, **kwargs):
    index_pages_of([instance])


@receiver([post_save, post_delete], sender=CollectionViewRestriction)
def privacy_changed(sender, instance, **kwargs):
    collection_changed(Collection, instance.collection)


@receiver(post_save, sender=Collection)
def collection_changed(sender, instance, **kwargs):
    index_pages_of(get_document_model().objects.filter(collection__in=instance.get_descendants(inclusive=True)))
    bump()


@hooks.register("after_bulk_action")
def documents_moved(request, action_type, objects, action):
    """Wagtail moves many files at once without a signal for each."""
    if getattr(action, "model", None) is get_document_model():
        index_pages_of([one.pk for one in objects])
        bump()


@receiver(document_served)
def document_downloaded(sender, instance, request, **kwargs):
    if asks_for_a_download(request, etag=instance.file_hash):
        count_document(instance)
