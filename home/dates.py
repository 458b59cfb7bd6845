"""Dates known only in part: a year, a month, or a day."""

import datetime
import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def parse_partial_date(value: str) -> tuple[datetime.date, int]:
    """The first day that « 2016 », « 2016-03 » or « 2016-03-14 » can mean, and how many parts are known (1 to 3).

    Raises `ValueError` for anything else.
    """
    match = _PARTIAL.fullmatch(value)
    if not match:
        raise ValueError(value)
    parts = [int(part) for part in match.groups() if part]
    return datetime.date(*[*parts, 1, 1][:3]), len(parts)


def validate_partial_date(value):
    try:
        parse_partial_date(value)
    except ValueError as error:
        raise ValidationError(
            _("Écrire une année (2016), un mois (2016-03) ou un jour (2016-03-14), tel que la source le donne.")
        ) from error


def format_partial_date(value: str) -> str:
    """« 2016-03 » → « mars 2016 »."""
    if not value:
        return ""
    day, known = parse_partial_date(value)
    return date_format(day, {1: "Y", 2: "F Y", 3: "j F Y"}[known])


def long_date(day: datetime.date) -> str:
    """« 1er décembre 2026 », « 25 novembre 2026 »."""
    return date_format(day, "j F Y").replace("1 ", "1er ", 1) if day.day == 1 else date_format(day, "j F Y")


class PartialDateField(models.CharField):
    """ISO 8601 with reduced precision: `AAAA`, `AAAA-MM` or `AAAA-MM-JJ`; sorts as text."""

    default_validators = [validate_partial_date]

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)
