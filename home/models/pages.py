from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page

from territory.models import Election, Phase

from ..blocks import BODY_BLOCKS
from ..caching import remembered
from ..search import FoldedSearchField
from .base import BasePage


class HomePage(BasePage):
    """The front door: find my commune. What it says follows the phase of the campaign."""

    lead = models.TextField(_("chapeau"), max_length=300, help_text=_("Une phrase, sous le titre."))

    parent_page_types = ["wagtailcore.Page"]
    max_count = 1
    kind_label = _("Accueil")
    # Addresses that Django answers itself.
    reserved_child_slugs = frozenset(
        [
            "_util",
            "admin",
            "agenda",
            "api",
            "assemblees",
            "communes",
            "documents",
            "engagements",
            "feeds",
            "healthz",
            "media",
            "recherche",
            "signaler",
            "static",
        ]
    )
    search_fields = [*BasePage.search_fields, FoldedSearchField("lead")]
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("lead"),
        InlinePanel(
            "phases",
            heading=_("Selon la phase de la campagne"),
            label=_("Phase"),
            help_text=_("Le site choisit de lui-même le texte de la phase en cours, d’après les dates de l’élection."),
            max_num=4,
        ),
    ]

    class Meta:
        verbose_name = _("page d’accueil")
        verbose_name_plural = _("pages d’accueil")

    def route(self, request, path_components):
        """Straight to the page at this address: one query once its type is known, where Wagtail takes two a level."""
        if path_components:
            url_path = f"{self.url_path}{'/'.join(path_components)}/"
            kinds = remembered(request, "page-kinds", dict)
            kind = kinds.get(url_path, Page)
            page = kind.objects.filter(url_path=url_path).first()
            if page:
                kinds[url_path] = page.specific_class or Page
                return page.specific.route(request, [])
        return super().route(request, path_components)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        election = Election.objects.current()
        phase = election.phase() if election else Phase.MANDATE
        context["election"] = election
        context["phase"] = next((row for row in self.phases.all() if row.phase == phase), None)
        return context


class HomePhase(Orderable):
    """What the home page says during one phase."""

    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="phases")
    phase = models.CharField(_("phase"), max_length=20, choices=Phase.choices)
    title = models.CharField(_("titre"), max_length=120)
    text = RichTextField(_("texte"), features=["bold", "italic", "link", "ul"])

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "phase"], name="one_text_per_phase")]

    def __str__(self):
        return f"{self.get_phase_display()} : {self.title}"


class PlainPage(BasePage):
    """A page of text: the campaign, legal pages."""

    body = StreamField(BODY_BLOCKS, verbose_name=_("contenu"), blank=True)
    checked_on = models.DateField(
        _("vérifié le"), null=True, blank=True, help_text=_("Date à laquelle les faits de la page ont été relus.")
    )

    parent_page_types = ["home.HomePage", "home.PlainPage"]
    search_fields = [*BasePage.search_fields, FoldedSearchField("body_text")]
    content_panels = [*BasePage.content_panels, FieldPanel("body"), FieldPanel("checked_on")]

    class Meta:
        verbose_name = _("page de texte")
        verbose_name_plural = _("pages de texte")

    @property
    def body_text(self):
        return stream_text(self.body)


def stream_text(stream) -> str:
    """The searchable text of a stream of blocks."""
    return " ".join(text for child in stream for text in child.block.get_searchable_content(child.value))
