from django import forms
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField

from home.blocks import SHORT_TEXT_FEATURES, SOURCE_BLOCKS, QuestionBlock
from home.models import BasePage
from home.models.base import notice
from home.models.pages import stream_text
from home.printing import PrintedPage
from home.search import FoldedSearchField
from territory.models import CommuneSize

from .measures import Authority, Measure, measures_in_order


class ActionValue(blocks.StructValue):
    @property
    def authority_labels(self):
        return [Authority(code).label for code in self["authorities"] if code in Authority.values]


class ActionBlock(blocks.StructBlock):
    """Something a commune may do, and who is competent for it."""

    title = blocks.CharBlock(label=_("Action"), max_length=200)
    text = blocks.RichTextBlock(label=_("Détail"), features=SHORT_TEXT_FEATURES)
    authorities = blocks.MultipleChoiceBlock(
        label=_("Qui est compétent"),
        choices=Authority.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Une commune n’est pas tenue de ce qui n’est pas de sa compétence : le dire évite une fausse promesse."
        ),
    )

    class Meta:
        label = _("Action")
        icon = "tick"
        template = "resources/blocks/action.html"
        value_class = ActionValue
        preview_value = {
            "title": "Ouvrir des places",
            "text": "<p>Avec des associations.</p>",
            "authorities": ["commune"],
        }
        description = _("Ce que la commune peut faire, avec l’autorité compétente.")


class ArgumentPage(PrintedPage, BasePage):
    """The argumentaire: the case put to candidates, measure by measure, on screen and as files."""

    label = models.CharField(
        _("mention"), max_length=120, blank=True, help_text=_("Par exemple « Modèle rédigé pour ce site — à valider ».")
    )
    introduction = RichTextField(_("introduction"), features=["h2", "bold", "italic", "ul", "ol", "link"])
    conclusion = RichTextField(_("conclusion"), features=["h2", "bold", "italic", "ul", "ol", "link"], blank=True)
    sources = StreamField(SOURCE_BLOCKS, verbose_name=_("sources"), blank=True)
    checked_on = models.DateField(_("vérifié le"), null=True, blank=True)

    parent_page_types = ["home.HomePage"]
    subpage_types = ["resources.MeasurePage"]
    max_count = 1
    kind_label = _("Argumentaire")
    found_first = True
    schema_type = "Article"
    search_fields = [*BasePage.search_fields, FoldedSearchField("introduction"), FoldedSearchField("conclusion")]
    content_panels = [
        *BasePage.content_panels,
        notice(
            _(
                "Les mesures sont les pages placées sous celle-ci. Le PDF, l’ODT et le DOCX suivent à chaque publication."
            )
        ),
        FieldPanel("label"),
        FieldPanel("introduction"),
        FieldPanel("conclusion"),
        FieldPanel("sources"),
        FieldPanel("checked_on"),
    ]

    class Meta:
        verbose_name = _("argumentaire")
        verbose_name_plural = _("argumentaires")

    def measure_pages(self):
        """The published measures in their order, ready to be printed in full."""
        return MeasurePage.objects.child_of(self).published().select_related("measure").order_by("measure__number")

    @property
    def printed_names(self):
        return ["argumentaire.pdf", "argumentaire.odt", "argumentaire.docx"]

    def printing(self, filename):
        return "resources/print/argument.html", {"page": self, "measures": self.measure_pages(), "title": self.title}


class MeasurePage(BasePage):
    """One measure: why, what a commune may do and who is competent, how, at what cost, and what opponents say."""

    measure = models.OneToOneField(
        Measure,
        verbose_name=_("mesure"),
        on_delete=models.PROTECT,
        related_name="page",
        help_text=_("L’étiquette qui relie cette page aux initiatives et aux ressources."),
    )
    notice = models.CharField(
        _("première ligne"),
        max_length=160,
        blank=True,
        help_text=_("Imprimée en tête, pour lever un malentendu : « Ce n’est pas un titre de séjour. »"),
    )
    pitch = models.TextField(
        _("en une phrase"), max_length=300, help_text=_("Ce que l’on demande, en une ou deux phrases.")
    )
    plain_language = RichTextField(
        _("en français facile"),
        features=["bold", "ul"],
        blank=True,
        help_text=_("Phrases courtes, mots de tous les jours."),
    )
    why = RichTextField(_("pourquoi"), features=SHORT_TEXT_FEATURES)
    actions = StreamField([("action", ActionBlock())], verbose_name=_("ce que peut la commune"), blank=True)
    how = RichTextField(_("comment"), features=SHORT_TEXT_FEATURES, blank=True)
    variant_small = RichTextField(
        _("petite commune"),
        features=SHORT_TEXT_FEATURES,
        blank=True,
        help_text=_("Montré aux communes de moins de 2 000 habitant·es, dans leur page et leur dossier."),
    )
    variant_town = RichTextField(_("ville"), features=SHORT_TEXT_FEATURES, blank=True)
    variant_intercommunal = RichTextField(_("avec l’intercommunalité"), features=SHORT_TEXT_FEATURES, blank=True)
    costs_and_limits = RichTextField(_("coûts et limites"), features=SHORT_TEXT_FEATURES, blank=True)
    objections = StreamField([("objection", QuestionBlock())], verbose_name=_("objections et réponses"), blank=True)
    sources = StreamField(SOURCE_BLOCKS, verbose_name=_("sources"), blank=True)
    checked_on = models.DateField(_("vérifié le"), null=True, blank=True)

    parent_page_types = ["resources.ArgumentPage"]
    subpage_types = []
    kind_label = _("Mesure")
    found_first = True
    schema_type = "Article"
    search_fields = [
        *BasePage.search_fields,
        *(
            FoldedSearchField(name)
            for name in ("pitch", "plain_language", "why", "how", "costs_and_limits", "actions_text", "objections_text")
        ),
        *(FoldedSearchField(name) for name in ("variant_small", "variant_town", "variant_intercommunal")),
    ]
    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [FieldPanel("measure"), FieldPanel("notice"), FieldPanel("pitch"), FieldPanel("plain_language")],
            heading=_("L’essentiel"),
        ),
        MultiFieldPanel(
            [FieldPanel("why"), FieldPanel("actions"), FieldPanel("how"), FieldPanel("costs_and_limits")],
            heading=_("Le raisonnement"),
        ),
        MultiFieldPanel(
            [FieldPanel("variant_small"), FieldPanel("variant_town"), FieldPanel("variant_intercommunal")],
            heading=_("Selon la commune"),
            help_text=_(
                "Ces textes s’ajoutent pour les communes concernées ; les laisser vides s’il n’y a rien de propre."
            ),
        ),
        FieldPanel("objections"),
        MultiFieldPanel([FieldPanel("sources"), FieldPanel("checked_on")], heading=_("Provenance")),
    ]

    class Meta:
        verbose_name = _("mesure (page)")
        verbose_name_plural = _("mesures (pages)")

    @property
    def actions_text(self):
        return stream_text(self.actions)

    @property
    def objections_text(self):
        return stream_text(self.objections)

    @cached_property
    def authorities(self):
        """Who is competent for at least one action, in the order of `Authority`."""
        named = {code for child in self.actions for code in child.value["authorities"]}
        return [authority for authority in Authority if authority.value in named]

    def variants_for(self, commune):
        """The parts that concern a commune of this size: (heading, text) pairs."""
        own = (
            (_("Dans une petite commune"), self.variant_small)
            if commune.size == CommuneSize.VILLAGE
            else (_("Dans une ville"), self.variant_town)
        )
        pairs = [own, (_("Avec l’intercommunalité"), self.variant_intercommunal)]
        return [(heading, text) for heading, text in pairs if text]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        counted = {measure.pk: measure for measure in measures_in_order(request)}
        context["measure"] = counted.get(self.measure_id) or self.measure
        return context
