"""Elections, their rounds, the phase of the campaign that follows from the dates, and the réserve électorale."""

from datetime import date, datetime, time, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from .places import OVERSEAS_ZONES, Departement, time_zone_of

METROPOLE = "metropole"


class Phase(models.TextChoices):
    BEFORE = "avant", _("avant le vote")
    BETWEEN = "entre_tours", _("entre les deux tours")
    FIRST_YEAR = "premiere_annee", _("première année du mandat")
    MANDATE = "mandat", _("milieu de mandat")


def years_later(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class ElectionQuerySet(models.QuerySet):
    def current(self, on: date | datetime | None = None):
        """The general election that matters on a day (today): the one coming within 12 months, else the last one held.

        Until its last round is over an election is still coming. Partial elections never set the phase of the site.
        Before any election was held, the first to come; None where there is none. Two queries, rounds prefetched.
        """
        day = timezone.localdate(on) if isinstance(on, datetime) else on or timezone.localdate()
        elections = sorted(
            self.filter(departement=None)
            .annotate(first_day=Min("rounds__date"), last_day=Max("rounds__date"))
            .exclude(first_day=None)
            .prefetch_related("rounds"),
            key=lambda election: election.first_day,
        )
        coming = [election for election in elections if election.last_day >= day]
        if coming and years_later(coming[0].first_day, -1) <= day:
            return coming[0]
        held = [election for election in elections if election.last_day < day]
        return held[-1] if held else next(iter(coming), None)

    def reserve_at(self, moment: datetime, departement_code: str | None = None):
        """The `Round` under réserve électorale at `moment` in a département (anywhere for None), or None."""
        day = moment.astimezone(time_zone_of("")).date()
        near = Round.objects.filter(
            election__in=self, date__gte=day - timedelta(days=3), date__lte=day + timedelta(days=3)
        )
        for round_ in near.select_related("election").prefetch_related("hours").order_by("date"):
            if not round_.concerns(departement_code):
                continue
            start, end = round_.reserve(departement_code)
            if start <= moment < end:
                return round_
        return None


class Election(ClusterableModel):
    name = models.CharField(
        _("nom"), max_length=100, help_text=_("Tel qu’il est écrit sur le site : « Élections municipales de 2026 ».")
    )
    slug = models.SlugField(
        _("adresse"),
        max_length=60,
        unique=True,
        help_text=_("Fait partie des adresses du registre des engagements : la changer casse les liens déjà partagés."),
    )
    departement = models.ForeignKey(
        Departement,
        verbose_name=_("département (élection partielle)"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="partial_elections",
        help_text=_(
            "Vide pour une élection générale. Pour une élection partielle, le département où elle a lieu : elle ne "
            "change pas la phase du site, et sa réserve électorale ne vaut que là et dans les listes nationales."
        ),
    )

    objects = ElectionQuerySet.as_manager()

    class Meta:
        ordering = ["-slug"]
        verbose_name = _("élection")
        verbose_name_plural = _("élections")

    def __str__(self):
        return self.name

    @property
    def is_partial(self) -> bool:
        return self.departement_id is not None

    @property
    def year(self) -> int | None:
        first = next(iter(self.ordered_rounds), None)
        return first.date.year if first else None

    @property
    def ordered_rounds(self) -> list["Round"]:
        return sorted(self.rounds.all(), key=lambda round_: round_.number)

    @property
    def phase_label(self) -> str:
        return self.phase().label

    def phase(self, at: datetime | None = None) -> Phase:
        """Where this election stands at a moment (now), at the time of Paris, or of its département when partial.

        Before the vote: from 12 months ahead, at midnight, until the polls of the first round close. Between rounds:
        until those of the last close. First year: the 12 months after. Mid-mandate: any other time.
        """
        at = at or timezone.now()
        rounds = self.ordered_rounds
        if not rounds:
            return Phase.MANDATE
        first, last = rounds[0], rounds[-1]
        zone = time_zone_of(self.departement_id or "")
        if datetime.combine(years_later(first.date, -1), time(), zone) <= at < first.closes_in(zone):
            return Phase.BEFORE
        if first.closes_in(zone) <= at < last.closes_in(zone):
            return Phase.BETWEEN
        if last.closes_in(zone) <= at < datetime.combine(years_later(last.date, 1), last.closes_at, zone):
            return Phase.FIRST_YEAR
        return Phase.MANDATE


class Round(ClusterableModel):
    election = ParentalKey(Election, verbose_name=_("élection"), on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField(
        _("tour"),
        choices=[(1, _("premier tour")), (2, _("second tour"))],
        validators=[MinValueValidator(1), MaxValueValidator(2)],
    )
    date = models.DateField(
        _("date"),
        help_text=_(
            "Le jour du vote. La réserve électorale commence la veille à 0 h, heure de chaque département : d’ici à la "
            "fermeture des bureaux, rien de nouveau n’est publié sur les engagements et les débats. Changer la date "
            "déplace la réserve."
        ),
    )
    closes_at = models.TimeField(
        _("fermeture des bureaux"),
        default=time(20),
        help_text=_("Heure locale de chaque département. Ce qui attendait est publié à partir de cette heure."),
    )

    class Meta:
        ordering = ["date", "number"]
        verbose_name = _("tour")
        verbose_name_plural = _("tours")
        constraints = [
            models.UniqueConstraint(fields=["election", "number"], name="unique_round_number"),
            models.CheckConstraint(condition=models.Q(number__in=(1, 2)), name="round_number_1_or_2"),
        ]

    def __str__(self):
        return f"{self.election}, {self.get_number_display()}"

    def closes_in(self, zone) -> datetime:
        """When polls close in a time zone, at the hour that holds unless a département has its own."""
        return datetime.combine(self.date, self.closes_at, zone)

    def concerns(self, departement_code: str | None) -> bool:
        """A partial election concerns its own département, and what is published for the whole country (None)."""
        return not self.election.is_partial or departement_code in (None, self.election.departement_id)

    def reserve(self, departement_code: str | None = None) -> tuple[datetime, datetime]:
        """Start (included) and end (excluded) of the réserve électorale, in local time.

        From the eve of the vote at 0:00 to the close of the polls, by the clock of the département (code électoral,
        article L49). For None, what is published everywhere: from the first place where it starts to the last where it
        ends, in the time of Paris.
        """
        if departement_code is not None:
            return self._window(departement_code)
        if self.election.is_partial:
            places = {self.election.departement_id}
        else:
            places = {METROPOLE, *OVERSEAS_ZONES, *(hours.departement_id for hours in self.hours.all())}
        windows = [self._window(place) for place in places]
        start, end = min(start for start, _end in windows), max(end for _start, end in windows)
        return start.astimezone(time_zone_of(METROPOLE)), end.astimezone(time_zone_of(METROPOLE))

    def _window(self, departement_code):
        zone = time_zone_of(departement_code)
        own = {hours.departement_id: hours.closes_at for hours in self.hours.all()}
        start = datetime.combine(self.date - timedelta(days=1), time(), zone)
        return start, datetime.combine(self.date, own.get(departement_code, self.closes_at), zone)


class RoundHours(models.Model):
    """A département whose polls close at an hour of their own."""

    round = ParentalKey(Round, verbose_name=_("tour"), on_delete=models.CASCADE, related_name="hours")
    departement = models.ForeignKey(
        Departement, verbose_name=_("département"), on_delete=models.PROTECT, related_name="+"
    )
    closes_at = models.TimeField(
        _("fermeture des bureaux"),
        help_text=_("Heure locale. Dans ce département, ce qui attendait est publié à partir de cette heure."),
    )

    class Meta:
        ordering = ["departement"]
        verbose_name = _("horaires d’un département")
        verbose_name_plural = _("horaires par département")
        constraints = [models.UniqueConstraint(fields=["round", "departement"], name="unique_round_departement_hours")]

    def __str__(self):
        return f"{self.departement} : {self.closes_at:%H:%M}"
