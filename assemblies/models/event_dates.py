"""When an event is, and what became of it: as editors type it, by the clock of the place."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from territory.models.places import METROPOLITAN_ZONE, time_zone_of

from ..hours import exists, moment, when_words

# How long an event without an end is still announced.
USUAL_LENGTH = timedelta(hours=3)


class EventStatus(models.TextChoices):
    PROPOSED = "propose", _("Proposé")
    CONFIRMED = "confirme", _("Confirmé")
    POSTPONED = "reporte", _("Reporté")
    CANCELLED = "annule", _("Annulé")


class Dated(models.Model):
    """The dates of an event. `starts_at` and `ends_at` are instants, always those that hold today.

    A subclass has `commune`, whose département gives the clock; that of Paris without a commune.
    """

    date = models.DateField(_("date"), null=True)
    start_time = models.TimeField(
        _("heure"), null=True, help_text=_("À l’heure du lieu : outre-mer, celle de la commune choisie.")
    )
    end_date = models.DateField(
        _("date de fin"), null=True, blank=True, help_text=_("Seulement si l’événement ne finit pas le jour même.")
    )
    end_time = models.TimeField(_("heure de fin"), null=True, blank=True)
    status = models.CharField(
        _("statut"),
        max_length=10,
        choices=EventStatus.choices,
        default=EventStatus.PROPOSED,
        help_text=_(
            "Proposé : montré comme tel, absent des agendas des téléphones. Reporté ou annulé : reste en ligne à la même "
            "adresse et le dit ; ne pas dépublier, les personnes qui l’ont noté doivent l’apprendre."
        ),
    )
    status_note = models.CharField(
        _("mot d’explication"),
        max_length=250,
        blank=True,
        help_text=_("Montré à côté du statut : pourquoi, que faire de sa soirée."),
    )
    new_date = models.DateField(
        _("nouvelle date"),
        null=True,
        blank=True,
        help_text=_("Pour un événement reporté. Vide : « reporté à une date à venir »."),
    )
    new_start_time = models.TimeField(
        _("nouvelle heure"), null=True, blank=True, help_text=_("Vide : à la même heure.")
    )
    new_end_date = models.DateField(_("nouvelle date de fin"), null=True, blank=True)
    new_end_time = models.TimeField(
        _("nouvelle heure de fin"), null=True, blank=True, help_text=_("Vide : la même durée.")
    )
    starts_at = models.DateTimeField(_("commence"), null=True, editable=False, db_index=True)
    ends_at = models.DateTimeField(_("finit"), null=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if kwargs.get("update_fields") is None:
            self.set_moments()
        super().save(*args, **kwargs)

    def set_moments(self):
        self.starts_at, self.ends_at = self.moments()

    # --- What was typed, as instants ----------------------------------------------------------------------------------
    @property
    def departement_code(self) -> str | None:
        return self.commune.departement_id if self.commune_id else None

    @property
    def zone(self):
        return time_zone_of(self.departement_code or "")

    @property
    def place_of_the_clock(self) -> str:
        """The département whose clock this is, where it is not that of Paris."""
        return self.commune.departement.name if self.zone.key != METROPOLITAN_ZONE else ""

    @property
    def is_cancelled(self) -> bool:
        return self.status == EventStatus.CANCELLED

    @property
    def is_postponed(self) -> bool:
        return self.status == EventStatus.POSTPONED

    @property
    def is_moved(self) -> bool:
        """To a date that is known. A moved event that is cancelled afterwards is cancelled at its new date."""
        return self.new_date is not None and (self.is_postponed or self.is_cancelled)

    @property
    def is_undated(self) -> bool:
        return self.is_postponed and self.new_date is None

    def first_moments(self):
        """Start and end as first announced (UTC), or None."""
        return self._moments(self.date, self.start_time, self.end_date, self.end_time)

    def moments(self):
        """Start and end that hold today (UTC), or None."""
        first_start, first_end = self.first_moments()
        if not self.is_moved:
            return first_start, first_end
        start, end = self._moments(
            self.new_date, self.new_start_time or self.start_time, self.new_end_date, self.new_end_time
        )
        if start and end is None and first_end:
            # As long by the clock of the place, whatever the clocks did between.
            zone = self.zone
            length = _wall(first_end, zone) - _wall(first_start, zone)
            end = (_wall(start, zone) + length).replace(tzinfo=zone).astimezone(UTC)
        return start, end

    def _moments(self, day, hour, last_day, last_hour):
        if day is None or hour is None:
            return None, None
        zone = self.zone
        return moment(day, hour, zone), moment(last_day or day, last_hour, zone) if last_hour else None

    # --- What is refused ----------------------------------------------------------------------------------------------
    def clean(self):
        super().clean()
        errors = {}
        self._check_hours(errors, "date", "start_time", "end_date", "end_time")
        self._check_hours(errors, "new_date", "new_start_time", "new_end_date", "new_end_time")
        self._check_move(errors)
        if not errors and not self.is_cancelled and not self.is_undated:
            broken = self.reserve_broken(*self.moments())
            if broken:
                errors["new_date" if self.is_moved else "date"] = broken
        if errors:
            raise ValidationError(errors)

    def _check_hours(self, errors, day_name, hour_name, last_day_name, last_hour_name):
        day, last_day = getattr(self, day_name), getattr(self, last_day_name)
        hour = getattr(self, hour_name) or (self.start_time if day_name == "new_date" else None)
        last_hour = getattr(self, last_hour_name)
        for on, at, name in ((day, hour, hour_name), (last_day or day, last_hour, last_hour_name)):
            if on and at and not exists(on, at, self.zone):
                errors[name] = _now(
                    "Cette heure n’existe pas ce jour-là : on passe à l’heure d’été. Écrire une autre heure."
                )
        if last_day and not last_hour:
            errors[last_hour_name] = _now("Écrire aussi l’heure de fin.")
        start, end = self._moments(day, hour, last_day, last_hour)
        if start and end and end <= start and not errors:
            errors[last_hour_name] = _now(
                "La fin est avant le début : corriger l’heure, ou écrire la date de fin si l’on passe minuit."
            )

    def _check_move(self, errors):
        if self.new_date is None:
            if self.new_start_time or self.new_end_date or self.new_end_time:
                errors["new_date"] = _now("Écrire aussi la nouvelle date, ou effacer les nouvelles heures.")
            return
        if not (self.is_postponed or self.is_cancelled):
            errors["new_date"] = _now(
                "Une nouvelle date va avec le statut « Reporté ». Pour corriger une erreur de date, changer la date elle-même."
            )
        first, moved = self.first_moments()[0], self.moments()[0]
        if first and moved and self.is_moved and moved <= first:
            errors["new_date"] = _now(
                "Un report va plus tard que la première date. Pour avancer l’événement, changer la date elle-même."
            )

    # --- What is said -------------------------------------------------------------------------------------------------
    @cached_property
    def starts_locally(self) -> datetime | None:
        return self.starts_at and self.starts_at.astimezone(self.zone)

    @cached_property
    def ends_locally(self) -> datetime | None:
        return self.ends_at and self.ends_at.astimezone(self.zone)

    @property
    def when(self) -> str:
        """« lundi 2 mars 2020, 18 h 30 », by the clock of the place."""
        if self.starts_at is None:
            return _now("date à venir")
        return when_words(self.starts_locally, self.ends_locally, self.place_of_the_clock)

    @property
    def first_when(self) -> str:
        """When it was first announced."""
        start, end = self.first_moments()
        zone = self.zone
        return when_words(start.astimezone(zone), end and end.astimezone(zone)) if start else ""

    @property
    def month(self) -> str:
        """« mars 2020 »: under which a list puts it."""
        if self.starts_at is None or self.is_undated:
            return _now("Date à venir")
        return date_format(self.starts_locally, "F Y")

    def is_over(self, now) -> bool:
        return self.starts_at is not None and (self.ends_at or self.starts_at + USUAL_LENGTH) < now


def _wall(instant, zone):
    return instant.astimezone(zone).replace(tzinfo=None)
