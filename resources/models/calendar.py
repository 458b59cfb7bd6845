"""The calendar of the campaign: steps counted in days from an election, phase by phase."""

import datetime
from dataclasses import dataclass

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from territory.models import Election, Phase


class Anchor(models.TextChoices):
    FIRST = "premier", _("premier tour")
    LAST = "dernier", _("dernier tour")


@dataclass(frozen=True)
class DatedStep:
    """A step on the day where it falls for an election."""

    day: datetime.date
    title: str
    text: str
    is_past: bool


class CalendarStepQuerySet(models.QuerySet):
    def dated(self, election: Election, phase: str, today: datetime.date | None = None) -> list[DatedStep]:
        """The steps of a phase with their days, in order; none for an election without a round. One query, or two."""
        rounds = election.ordered_rounds if election else []
        if not rounds:
            return []
        today = today or timezone.localdate()
        anchors = {Anchor.FIRST: rounds[0].date, Anchor.LAST: rounds[-1].date}
        steps = [(anchors[step.anchor] + datetime.timedelta(days=step.days), step) for step in self.filter(phase=phase)]
        steps.sort(key=lambda pair: (pair[0], pair[1].pk))
        return [DatedStep(day, step.title, step.text, day < today) for day, step in steps]


class CalendarStep(models.Model):
    """Something to do so many days before or after a vote."""

    phase = models.CharField(_("phase"), max_length=20, choices=Phase.choices)
    anchor = models.CharField(_("compté depuis le"), max_length=10, choices=Anchor.choices, default=Anchor.FIRST)
    days = models.SmallIntegerField(
        _("jours"),
        help_text=_("Négatif avant le vote : -60 pour deux mois avant. Le site en déduit la date de chaque élection."),
    )
    title = models.CharField(_("quoi faire"), max_length=90)
    text = models.TextField(_("détail"), blank=True, max_length=600)

    objects = CalendarStepQuerySet.as_manager()

    class Meta:
        ordering = ["phase", "anchor", "days"]
        verbose_name = _("étape du calendrier")
        verbose_name_plural = _("étapes du calendrier")

    def __str__(self):
        return self.title
