"""What the columns of several lists say, and the filters that they share."""

import django_filters
from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import BooleanRadioSelect

from ..models import (
    Measure,
)


def commune_names(page):
    return ", ".join(str(commune) for commune in page.communes)


def commune_codes(page):
    return ", ".join(commune.insee for commune in page.communes)


def measure_names(page):
    return ", ".join(measure.short_name for measure in page.measure_list)


def attention(page):
    """« À revérifier ; à compléter : moyens, résultat », or nothing."""
    said = [_now("À revérifier")] if page.is_stale else []
    if page.missing_parts:
        said.append(_now("À compléter : %s") % ", ".join(page.missing_parts))
    return " ; ".join(said)


def format_names(page):
    return ", ".join(page.format_names)


def several_filter(choices, label):
    return django_filters.MultipleChoiceFilter(choices=choices, label=label, widget=forms.CheckboxSelectMultiple)


def yes_no_filter(label, **kwargs):
    return django_filters.BooleanFilter(label=label, widget=BooleanRadioSelect, **kwargs)


class MeasureFilter(django_filters.ModelMultipleChoiceFilter):
    """Pages that have one of the measures, through the model that links them; without a join, so without duplicates."""

    def __init__(self, through):
        self.through = through
        super().__init__(
            queryset=Measure.objects.all(), label=_("Mesure"), widget=forms.CheckboxSelectMultiple, method=self.linked
        )

    def linked(self, queryset, _name, measures):
        if not measures:
            return queryset
        return queryset.filter(pk__in=self.through.objects.filter(tag__in=measures).values("content_object"))
