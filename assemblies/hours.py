"""The hours that editors type, on the clock of a place; what they are elsewhere, and how French says them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from home.dates import long_date
from home.typography import NBSP


def moment(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of an hour on the clock of a place; of an hour that comes twice, the first."""
    return datetime.combine(day, hour, zone).astimezone(UTC)


def exists(day: date, hour: time, zone: ZoneInfo) -> bool:
    """False for an hour that the clock of a place skips, as on the night when summer time begins."""
    return moment(day, hour, zone).astimezone(zone).replace(tzinfo=None) == datetime.combine(day, hour)


def hour_words(hour: time) -> str:
    """« 18 h 30 », « 9 h »."""
    return f"{hour.hour}{NBSP}h" + (f"{NBSP}{hour.minute:02d}" if hour.minute else "")


def day_words(day: date) -> str:
    """« lundi 2 mars 2020 »."""
    return f"{date_format(day, 'l')} {long_date(day)}"


def moment_words(at: datetime) -> str:
    """« dimanche 22 mars 2026 à 20 h », on the clock that `at` carries."""
    return _("%(day)s à %(hour)s") % {"day": day_words(at.date()), "hour": hour_words(at.time())}


def when_words(start: datetime, end: datetime | None, place: str = "") -> str:
    """« lundi 2 mars 2020, de 18 h 30 à 20 h », on the clock that `start` and `end` carry.

    `place` names that clock where it is not that of Paris: « … 18 h 30, heure locale (La Réunion) ».
    """
    values = {"day": day_words(start.date()), "start": hour_words(start.time())}
    if end is None:
        words = _("%(day)s, %(start)s") % values
    elif end.date() == start.date():
        words = _("%(day)s, de %(start)s à %(end)s") % (values | {"end": hour_words(end.time())})
    else:
        words = _("du %(day)s, %(start)s, au %(last_day)s, %(end)s") % (
            values | {"last_day": day_words(end.date()), "end": hour_words(end.time())}
        )
    return _("%(when)s, heure locale (%(place)s)") % {"when": words, "place": place} if place else words
