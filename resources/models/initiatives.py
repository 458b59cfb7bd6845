import datetime
from heapq import nsmallest

from django.db import models
from django.db.models import F, Min, prefetch_related_objects
from django.db.models.functions import Abs
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, PageManager

from home.blocks import SHORT_TEXT_FEATURES, SOURCE_BLOCKS
from home.caching import remembered
from home.dates import PartialDateField, format_partial_date
from home.models import BasePage
from home.models.base import PublishedQuerySet, notice
from home.search import FoldedSearchField
from territory.models import Commune, distance_km

from .measures import Authority, Measure, MeasuresField, TaggedManager

# A card nobody has checked for longer says so.
STALE_AFTER = datetime.timedelta(days=548)


class Status(models.TextChoices):
    ONGOING = "en_cours", _("En cours")
    ENDED = "terminee", _("Terminée")
    MOVED = "deplacee", _("Déplacée")
    CANCELLED = "annulee", _("Annulée")
    UNKNOWN = "a_verifier", _("Statut à vérifier")


class Alternance(models.TextChoices):
    """Whether an initiative outlived a change of majority: the booklet's own question."""

    SURVIVED = "oui", _("A survécu à une alternance")
    STOPPED = "non", _("N’a pas survécu à une alternance")
    NONE_YET = "sans", _("Pas d’alternance depuis")
    UNKNOWN = "inconnu", _("On ne sait pas")


class InitiativeQuerySet(PublishedQuerySet):
    def for_listing(self):
        """What a card of a list prints, in a fixed number of queries."""
        return self.prefetch_related("commune_links", "measure_items")

    def latest(self):
        return self.published().order_by("-first_published_at", "-pk")

    def in_commune(self, commune):
        return self.filter(commune_links__commune=commune)

    def like_size(self, commune):
        """In communes from half to twice its inhabitants, the nearest in population first."""
        return (
            self.filter(commune_links__commune__in=Commune.objects.like_size(commune))
            .annotate(apart=Min(Abs(F("commune_links__commune__population") - commune.population)))
            .order_by("apart", "pk")
        )

    def about(self, measure):
        return self.filter(measure_items__tag=measure)

    def stale(self, on=None):
        limit = (on or timezone.localdate()) - STALE_AFTER
        return self.filter(models.Q(checked_on__isnull=True) | models.Q(checked_on__lt=limit))


class InitiativeIndexPage(BasePage):
    """Initiatives: the list, its map and its filters."""

    intro = models.TextField(_("introduction"), blank=True)

    parent_page_types = ["home.HomePage"]
    subpage_types = ["resources.InitiativePage"]
    max_count = 1
    kind_label = _("Initiatives")
    schema_type = "CollectionPage"
    reserved_child_slugs = frozenset({"proposer"})
    content_panels = [*BasePage.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("liste des initiatives")
        verbose_name_plural = _("listes des initiatives")

    def get_context(self, request, *args, **kwargs):
        from ..filters import InitiativeFilters

        context = super().get_context(request, *args, **kwargs)
        context["filters"] = InitiativeFilters(request)
        return context


class InitiativeMeasure(ItemBase):
    tag = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="initiative_items")
    content_object = ParentalKey("InitiativePage", on_delete=models.CASCADE, related_name="measure_items")

    objects = TaggedManager()


class InitiativePage(BasePage):
    """What a commune did: a card that says honestly what worked, what did not, and where it stands."""

    measures = MeasuresField(through=InitiativeMeasure, verbose_name=_("mesures"))
    what_was_done = RichTextField(_("ce qui a été fait"), features=SHORT_TEXT_FEATURES)
    means = RichTextField(_("moyens"), features=SHORT_TEXT_FEATURES, blank=True)
    result = RichTextField(_("résultat"), features=SHORT_TEXT_FEATURES, blank=True)
    did_not_work = RichTextField(_("ce qui n’a pas marché"), features=SHORT_TEXT_FEATURES, blank=True)
    durability = RichTextField(_("ce qui l’a fait durer, ou s’arrêter"), features=SHORT_TEXT_FEATURES, blank=True)
    alternance = models.CharField(
        _("alternance"), max_length=10, choices=Alternance.choices, default=Alternance.UNKNOWN
    )
    authority = models.CharField(
        _("autorité"),
        max_length=20,
        choices=Authority.choices,
        blank=True,
        help_text=_("Qui a porté l’action. Laisser vide tant que ce n’est pas établi : la fiche dit « à vérifier »."),
    )
    started = PartialDateField(
        _("début"), blank=True, help_text=_("Une année (2016), un mois (2016-03) ou un jour (2016-03-14).")
    )
    ended = PartialDateField(_("fin"), blank=True)
    status = models.CharField(_("statut"), max_length=12, choices=Status.choices, default=Status.UNKNOWN)
    partners = models.TextField(_("partenaires"), blank=True, help_text=_("Un par ligne."))
    in_booklet = models.BooleanField(
        _("dans le livret"), default=False, help_text=_("Figure dans « Des municipalités qui agissent » (2018).")
    )
    booklet_page = models.PositiveSmallIntegerField(_("page du livret"), null=True, blank=True)
    photo = models.ForeignKey(
        "home.CustomImage",
        verbose_name=_("photo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Ni rue ni bâtiment d’accueil en service ; personne de reconnaissable sans accord écrit."),
    )
    sources = StreamField(SOURCE_BLOCKS, verbose_name=_("sources"), blank=True)
    checked_on = models.DateField(
        _("vérifiée le"),
        null=True,
        blank=True,
        help_text=_("Au-delà de dix-huit mois, la fiche est signalée « à revérifier »."),
    )

    objects = PageManager.from_queryset(InitiativeQuerySet)()

    parent_page_types = ["resources.InitiativeIndexPage"]
    subpage_types = []
    kind_label = _("Initiative")
    schema_type = "Article"
    search_fields = [
        *BasePage.search_fields,
        *(
            FoldedSearchField(name)
            for name in ("what_was_done", "means", "result", "did_not_work", "durability", "partners")
        ),
        FoldedSearchField("place_names"),
        FoldedSearchField("measure_names"),
    ]
    content_panels = [
        *BasePage.content_panels,
        notice(
            _(
                "N’écrivez ni nom, ni adresse, ni situation administrative d’une personne aidée. "
                "Le lieu est la commune : jamais une rue ni un bâtiment en service."
            )
        ),
        MultiFieldPanel(
            [
                InlinePanel("commune_links", heading=_("Communes"), label=_("Commune"), min_num=1),
                FieldPanel("measures"),
                FieldPanel("authority"),
            ],
            heading=_("Où, et quelles mesures"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("what_was_done"),
                FieldPanel("means"),
                FieldPanel("result"),
                FieldPanel("did_not_work"),
                FieldPanel("durability"),
                FieldPanel("alternance"),
                FieldPanel("partners"),
            ],
            heading=_("L’expérience"),
            help_text=_("Un champ vide est dit « non renseigné » : mieux vaut cela qu’une supposition."),
        ),
        MultiFieldPanel(
            [FieldPanel("status"), FieldPanel("started"), FieldPanel("ended")],
            heading=_("Où elle en est"),
        ),
        MultiFieldPanel(
            [FieldPanel("sources"), FieldPanel("checked_on"), FieldPanel("in_booklet"), FieldPanel("booklet_page")],
            heading=_("Provenance"),
        ),
        FieldPanel("photo"),
    ]

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")

    @property
    def place_names(self):
        return " ".join(
            f"{link.commune.name} {link.commune.departement.name}"
            for link in self.commune_links.all()
            if link.commune_id
        )

    @property
    def measure_names(self):
        return " ".join(measure.name for measure in self.measures.all())

    @cached_property
    def measure_list(self):
        """Measures in order, from the prefetched rows."""
        return sorted((item.tag for item in self.measure_items.all()), key=lambda measure: measure.number)

    @cached_property
    def communes(self):
        return [link.commune for link in self.commune_links.all()]

    @property
    def partner_list(self):
        return [line.strip() for line in self.partners.splitlines() if line.strip()]

    @property
    def period(self):
        """« de mars 2016 à avril 2017 », « depuis 2009 », or nothing."""
        start, end = format_partial_date(self.started), format_partial_date(self.ended)
        if start and end:
            return start if start == end else _("%(start)s – %(end)s") % {"start": start, "end": end}
        if start:
            # « à partir du 25 juin », « de juin » : a whole date has ten characters.
            whole = len(self.started) == 10
            if self.status == Status.ONGOING:
                return (_("depuis le %s") if whole else _("depuis %s")) % start
            return (_("à partir du %s") if whole else _("à partir de %s")) % start
        if end:
            return (_("jusqu’au %s") if len(self.ended) == 10 else _("jusqu’à %s")) % end
        return ""

    @property
    def is_stale(self):
        return self.checked_on is None or self.checked_on < timezone.localdate() - STALE_AFTER

    @cached_property
    def missing_parts(self):
        """The headings left empty: the card is labelled incomplete, and says which."""
        names = ("means", "result", "did_not_work", "durability", "started")
        missing = [str(self._meta.get_field(name).verbose_name) for name in names if not getattr(self, name)]
        if not self.sources:
            missing.append(str(_("sources")))
        return missing

    def json_ld(self):
        data = super().json_ld()
        data["spatialCoverage"] = [
            {"@type": "City", "name": commune.name, "identifier": commune.insee} for commune in self.communes
        ]
        data["about"] = [measure.name for measure in self.measure_list]
        return data

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        main = self.communes[0] if self.communes else None
        context["near"] = initiatives_near(request, main, exclude=self, limit=3) if main else []
        return context


class InitiativeCommuneManager(models.Manager):
    """Nobody reads a place without its département and région."""

    def get_queryset(self):
        return super().get_queryset().select_related("commune__departement__region")


class InitiativeCommune(Orderable):
    """A commune of a card; the first one places it on the map."""

    page = ParentalKey(InitiativePage, on_delete=models.CASCADE, related_name="commune_links")
    commune = models.ForeignKey(
        Commune, verbose_name=_("commune"), on_delete=models.PROTECT, related_name="initiative_links"
    )

    objects = InitiativeCommuneManager()

    panels = [FieldPanel("commune")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "commune"], name="a_commune_once_per_card")]

    def __str__(self):
        return str(self.commune)


def initiatives_near(request, commune, exclude=None, limit=6):
    """The published cards nearest to a commune, its own left out, with their distance `km` (kilometres).

    Two queries, whatever their number: the cards and their measures. The places of all cards are kept in memory.
    """
    places = remembered(request, "initiative-places", _read_places)
    own = {page for page, place in places if place.insee == commune.insee} | {exclude and exclude.pk}
    distances = {}
    for page, place in places:
        km = distance_km(commune, place)
        if km is not None and page not in own and km < distances.get(page, km + 1):
            distances[page] = km
    nearest = nsmallest(limit, distances, key=distances.get)
    cards = InitiativePage.objects.published().in_bulk(nearest)
    prefetch_related_objects(list(cards.values()), "measure_items")
    for pk, card in cards.items():
        card.km = distances[pk]
    return [cards[pk] for pk in nearest if pk in cards]


def _read_places():
    """(primary key of a card, its commune: `insee`, `latitude`, `longitude`) for every place of every published card."""
    pages = InitiativePage.objects.published().values("pk")
    links = InitiativeCommune.objects.filter(page__in=pages).select_related(None).values_list("page_id", "commune_id")
    communes = Commune.objects.only("insee", "latitude", "longitude").in_bulk({insee for _page, insee in links})
    return [(page, communes[insee]) for page, insee in links]
