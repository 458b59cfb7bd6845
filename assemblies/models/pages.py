"""The directory of the assemblies, and the page where each speaks for itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField

from home.blocks import BODY_BLOCKS, SHORT_TEXT_FEATURES
from home.models import BasePage
from home.models.pages import stream_text
from home.search import FoldedSearchField

from .assemblies import Assembly


class AssemblyIndexPage(BasePage):
    """`/assemblees/`: which assembly covers me, and how to found one."""

    intro = models.TextField(_("introduction"), blank=True)
    joining = RichTextField(
        _("fonder ou rejoindre une assemblée"),
        features=SHORT_TEXT_FEATURES,
        blank=True,
        help_text=_("Montré au bas de l’annuaire, et partout où aucune assemblée ne couvre une commune."),
    )

    own_slug = "assemblees"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["assemblies.AssemblyPage"]
    max_count = 1
    kind_label = _("Assemblées")
    schema_type = "CollectionPage"
    content_panels = [FieldPanel("title"), FieldPanel("summary"), FieldPanel("intro"), FieldPanel("joining")]

    class Meta:
        verbose_name = _("annuaire des assemblées")
        verbose_name_plural = _("annuaires des assemblées")


class AssemblyPage(BasePage):
    """The prose of an assembly; its territory, group, files and contacts are the row `assembly`."""

    assembly = models.OneToOneField(
        Assembly, verbose_name=_("assemblée"), on_delete=models.PROTECT, related_name="page"
    )
    body = StreamField(BODY_BLOCKS, verbose_name=_("présentation"), blank=True)

    parent_page_types = ["assemblies.AssemblyIndexPage"]
    subpage_types = ["assemblies.EventIndexPage"]
    kind_label = _("Assemblée")
    schema_type = "Organization"
    reserved_child_slugs = frozenset({"ecrire", "agenda", "ressources"})
    search_fields = [*BasePage.search_fields, FoldedSearchField("body_text")]
    content_panels = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("page d’une assemblée")
        verbose_name_plural = _("pages des assemblées")

    @property
    def body_text(self):
        return stream_text(self.body)
