from django import forms
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from taggit.models import TagBase

from home.caching import remembered


class Authority(models.TextChoices):
    """Who is competent, in French administrative law, or who carried an initiative."""

    COMMUNE = "commune", _("Commune")
    INTERCOMMUNALITE = "intercommunalite", _("Intercommunalité")
    DEPARTEMENT = "departement", _("Département")
    ETAT = "etat", _("État")


class MeasureColour(models.TextChoices):
    """Names of the palette: one colour a measure, the same on screen and paper (`site.css`, `home/reference/document.css`)."""

    BRIQUE = "brique", _("brique")
    BLEU = "bleu", _("bleu")
    VIOLET = "violet", _("violet")
    VERT = "vert", _("vert")
    OCRE = "ocre", _("ocre")


class MeasureQuerySet(models.QuerySet):
    def with_counts(self):
        """Adds `initiative_count` and `resource_count`: what visitors can see of each measure."""
        from .initiatives import InitiativeMeasure, InitiativePage
        from .library import ResourceMeasure, ResourcePage

        return self.annotate(
            initiative_count=_count(InitiativeMeasure, InitiativePage.objects.published()),
            resource_count=_count(ResourceMeasure, ResourcePage.objects.current()),
        )

    def in_order(self):
        """Those whose page anyone may see, with their counts and pages."""
        from .argument import MeasurePage

        return self.with_counts().select_related("page").filter(page__in=MeasurePage.objects.published())


def _count(through, pages):
    """How many of `pages` a measure has, as a subquery: exactly what the lists show."""
    rows = through._base_manager.filter(tag=OuterRef("pk"), content_object__in=pages.order_by().values("pk"))
    return Coalesce(Subquery(rows.order_by().values("tag").annotate(number=Count("pk")).values("number")), 0)


class Measure(TagBase):
    """One of the measures put to candidates: a curated list, never free tags."""

    free_tagging = False

    number = models.PositiveSmallIntegerField(_("numéro"), unique=True, help_text=_("L’ordre de l’argumentaire."))
    short_name = models.CharField(
        _("nom court"), max_length=40, help_text=_("Un à trois mots, pour les étiquettes : « Accueil », « École ».")
    )
    colour = models.CharField(_("couleur"), max_length=10, choices=MeasureColour.choices)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("mesure")
        verbose_name_plural = _("mesures")

    def __str__(self):
        return f"{self.number}. {self.name}"


def measures_in_order(request) -> list[Measure]:
    """The published measures with their counts and pages, the same for every reader."""
    return remembered(request, "measures", lambda: list(Measure.objects.in_order()))


class TaggedManager(models.Manager):
    """For the rows between pages and measures: nobody reads one without its measure."""

    def get_queryset(self):
        return super().get_queryset().select_related("tag")


class MeasuresField(ClusterTaggableManager):
    """Measures chosen by checkboxes. An unknown one is refused: a tag field would drop it without a word."""

    def formfield(self, **kwargs):
        kwargs.pop("tag_model", None)
        kwargs.pop("free_tagging", None)
        return super().formfield(
            **kwargs
            | {
                "form_class": forms.ModelMultipleChoiceField,
                "queryset": Measure.objects.all(),
                "widget": forms.CheckboxSelectMultiple,
                "help_text": _("Cocher toutes les mesures concernées : la page paraîtra sous chacune."),
            }
        )
