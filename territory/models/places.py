"""Régions, départements and communes, as INSEE numbers them. Codes are strings: `01`, `2A`, `971`; `05023`, `2A004`."""

from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Case, F, FloatField, Q, Value, When
from django.db.models.functions import ASin, Cos, Power, Sin, Sqrt
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

EARTH_RADIUS_KM = 6371.0088
DEGREE = radians(1)

METROPOLITAN_ZONE = "Europe/Paris"
# Every département or collectivity that does not live at the time of Paris.
OVERSEAS_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


def time_zone_of(departement_code: str) -> ZoneInfo:
    """The time zone in which a département lives; that of Paris for the whole of metropolitan France."""
    return ZoneInfo(OVERSEAS_ZONES.get(departement_code, METROPOLITAN_ZONE))


def distance_km(a, b) -> float | None:
    """Great-circle distance between two communes, in kilometres (haversine); None where one has no coordinates."""
    if None in (a.latitude, a.longitude, b.latitude, b.longitude):
        return None
    half = (
        sin(radians(b.latitude - a.latitude) / 2) ** 2
        + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(radians(b.longitude - a.longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


def km_from(commune, path: str = ""):
    """`distance_km` as an SQL expression; `path` leads to the other commune, as in `km_from(here, "commune__")`.

    NULL where either has no coordinates.
    """
    if commune.latitude is None or commune.longitude is None:
        return Value(None, output_field=FloatField())
    latitude, longitude = F(f"{path}latitude"), F(f"{path}longitude")
    half = Power(Sin((latitude - commune.latitude) * (DEGREE / 2)), 2) + Cos(latitude * DEGREE) * cos(
        radians(commune.latitude)
    ) * Power(Sin((longitude - commune.longitude) * (DEGREE / 2)), 2)
    return Value(2 * EARTH_RADIUS_KM) * ASin(Sqrt(half, output_field=FloatField()), output_field=FloatField())


class CommuneSize(models.TextChoices):
    """Classes of population; `bounds` gives the first and, excluded, the last number of inhabitants."""

    VILLAGE = "village", _("moins de 2 000 habitants")
    BOURG = "bourg", _("de 2 000 à 9 999 habitants")
    VILLE = "ville", _("de 10 000 à 49 999 habitants")
    GRANDE_VILLE = "grande_ville", _("de 50 000 à 199 999 habitants")
    METROPOLE = "metropole", _("200 000 habitants et plus")

    @property
    def bounds(self) -> tuple[int, int | None]:
        return {
            "village": (0, 2_000),
            "bourg": (2_000, 10_000),
            "ville": (10_000, 50_000),
            "grande_ville": (50_000, 200_000),
            "metropole": (200_000, None),
        }[self.value]

    @classmethod
    def of(cls, population: int) -> "CommuneSize":
        return next(size for size in cls if size.bounds[1] is None or population < size.bounds[1])


class Region(models.Model):
    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("nom"), max_length=60)

    class Meta:
        ordering = ["name"]
        verbose_name = _("région")
        verbose_name_plural = _("régions")

    def __str__(self):
        return self.name


class Departement(models.Model):
    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("nom"), max_length=60)
    region = models.ForeignKey(Region, verbose_name=_("région"), on_delete=models.PROTECT, related_name="departements")

    class Meta:
        ordering = ["code"]
        verbose_name = _("département")
        verbose_name_plural = _("départements")

    def __str__(self):
        return f"{self.name} ({self.code})"

    @property
    def time_zone(self) -> ZoneInfo:
        return time_zone_of(self.code)


class CommuneQuerySet(models.QuerySet):
    def in_departement(self, departement):
        return self.filter(departement=departement)

    def of_size(self, size):
        """The communes of a `CommuneSize` (or its value)."""
        first, last = CommuneSize(size).bounds
        communes = self.filter(population__gte=first)
        return communes if last is None else communes.filter(population__lt=last)

    def like_size(self, commune):
        """From half to twice the inhabitants of `commune`, itself left out."""
        return self.filter(population__gte=commune.population / 2, population__lte=commune.population * 2).exclude(
            pk=commune.pk
        )

    def nearest_first(self, commune):
        """Ordered by distance to `commune`, annotated as `km`; last, those without coordinates.

        From a commune without coordinates (the overseas collectivities): its own département first, by name.
        """
        elsewhere = Case(When(departement=commune.departement_id, then=0), default=1)
        return self.annotate(km=km_from(commune)).order_by(F("km").asc(nulls_last=True), elsewhere, "folded", "pk")

    def with_code(self, code):
        """The commune of an INSEE code, or the one that the place of an old code now belongs to; None if unknown."""
        code = code.upper()
        own = Q(pk=code)
        return (
            self.filter(own | Q(pk__in=CommuneAlias.objects.filter(code=code).values("commune")))
            .order_by(Case(When(own, then=0), default=1), "pk")
            .first()
        )

    def with_places(self):
        """With département and région: what a page or a list says of a commune."""
        return self.select_related("departement__region")


class Commune(models.Model):
    insee = models.CharField(_("code INSEE"), max_length=5, primary_key=True)
    name = models.CharField(_("nom"), max_length=100)
    slug = models.SlugField(_("adresse"), max_length=100, db_index=False)
    departement = models.ForeignKey(
        Departement, verbose_name=_("département"), on_delete=models.PROTECT, related_name="communes"
    )
    population = models.PositiveIntegerField(_("population"), db_index=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    postal_codes = models.CharField(_("codes postaux"), max_length=200, blank=True)
    folded = models.CharField(_("nom sans accents"), max_length=100, db_index=True, editable=False)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        ordering = ["folded", "insee"]
        verbose_name = _("commune")
        verbose_name_plural = _("communes")

    def __str__(self):
        return f"{self.name} ({self.departement_id})"

    def get_absolute_url(self):
        return reverse("commune", args=[self.insee, self.slug])

    @property
    def postal_code_list(self) -> list[str]:
        return self.postal_codes.split()

    @property
    def size(self) -> CommuneSize:
        return CommuneSize.of(self.population)


class CommuneAlias(models.Model):
    """A place that people name and that belongs to a commune. Neither code nor name is unique alone."""

    class Kind(models.TextChoices):
        DELEGUEE = "deleguee", _("commune déléguée")
        ASSOCIEE = "associee", _("commune associée")
        ARRONDISSEMENT = "arrondissement", _("arrondissement")

    code = models.CharField(_("code INSEE"), max_length=5)
    name = models.CharField(_("nom"), max_length=100)
    kind = models.CharField(_("nature"), max_length=20, choices=Kind.choices)
    commune = models.ForeignKey(Commune, verbose_name=_("commune"), on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        ordering = ["code", "name"]
        verbose_name = _("ancienne commune ou arrondissement")
        verbose_name_plural = _("anciennes communes et arrondissements")
        constraints = [models.UniqueConstraint(fields=["code", "name"], name="unique_alias_code_name")]

    def __str__(self):
        return f"{self.name} ({self.code})"


class DataRelease(models.Model):
    """Which version of a set of reference data stands in the database; `digest` is the SHA-256 of its files.

    A key seeded once and for all (an election) has a row too, with an empty digest.
    """

    name = models.CharField(_("jeu de données"), max_length=40, primary_key=True)
    digest = models.CharField(_("empreinte"), max_length=64, blank=True)
    loaded_at = models.DateTimeField(_("chargé le"))

    class Meta:
        verbose_name = _("version des données")
        verbose_name_plural = _("versions des données")

    def __str__(self):
        return f"{self.name} {self.digest[:12]}"
