"""The uploaded files of resources, and which of them anyone may download."""

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Collection, CollectionViewRestriction, Orderable


def private_collections():
    """Those whose files are kept from visitors."""
    private = Collection.objects.none()
    for restriction in CollectionViewRestriction.objects.select_related("collection"):
        private = private | restriction.collection.get_descendants(inclusive=True)
    return private


class ResourceFileQuerySet(models.QuerySet):
    def public(self):
        """Those whose file anyone may download, with it."""
        path = ExpressionWrapper(OuterRef("document__collection__path"), output_field=models.CharField())
        private = CollectionViewRestriction.objects.annotate(path=path).filter(path__startswith=F("collection__path"))
        return self.filter(~Exists(private)).select_related("document")


class ResourceFile(Orderable):
    """One uploaded format of a document."""

    page = ParentalKey("resources.ResourcePage", on_delete=models.CASCADE, related_name="files")
    title = models.CharField(_("intitulé"), max_length=150, blank=True, help_text=_("Vide : le titre de la ressource."))
    document = models.ForeignKey(
        "home.CustomDocument", verbose_name=_("fichier"), on_delete=models.PROTECT, related_name="resource_files"
    )

    objects = ResourceFileQuerySet.as_manager()

    panels = [FieldPanel("title"), FieldPanel("document")]

    class Meta(Orderable.Meta):
        verbose_name = _("fichier")
        verbose_name_plural = _("fichiers")

    def __str__(self):
        return self.title or str(self.document)
