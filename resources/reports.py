"""The report « Téléchargements »: what is downloaded most, and when; drawn, listed and exported."""

import datetime
from dataclasses import dataclass

import django_filters
from django import forms
from django.db import models
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.reports import ReportView
from wagtail.models import Page
from wagtail.permissions import policy_registry

from home.admin_lists import SafeExportMixin
from home.dates import long_date

from .downloads import today
from .models import DownloadCount

# Beyond, one bar a month.
MAX_DAYS_DRAWN = 31
# A few bars do not fill the whole width.
MIN_BARS_WIDE = 12
# Whoever may work on some page.
EDITING = ("add", "change", "publish")


class Period(models.TextChoices):
    """Whole months, that bars may be compared; only the present one is not over."""

    DAYS = "30-jours", _("30 derniers jours")
    QUARTER = "3-mois", _("3 mois, dont celui-ci")
    YEAR = "12-mois", _("12 mois, dont celui-ci")
    EVER = "tout", _("Depuis le début")

    def first_day(self, last):
        """The first day of the period that ends on `last`; None where the first count decides."""
        if self == Period.EVER:
            return None
        if self == Period.DAYS:
            return last - datetime.timedelta(days=29)
        return first_of_month(last, {Period.QUARTER: 2, Period.YEAR: 11}[self])


class Counted(models.TextChoices):
    PAGES = "ressources", _("Ressources et kits")
    COMMUNES = "communes", _("Communes")


def first_of_month(day, months_before=0):
    year, month = divmod(day.year * 12 + day.month - 1 - months_before, 12)
    return datetime.date(year, month + 1, 1)


def share(number, largest) -> int:
    """In hundredths of the largest; what is not nothing is seen."""
    return max(1, round(100 * number / largest)) if number else 0


# --- Bars -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Bar:
    """A day or a month: its place from the left, in bars, and its height, in hundredths of the tallest."""

    place: int
    label: str
    total: int
    height: int

    @property
    def top(self):
        return 100 - self.height


class Chart:
    """`totals` ({day: number}, not empty) from `first` to `last`, the days or months without any included."""

    def __init__(self, totals, first, last):
        self.first, self.last = first, last
        self.total = sum(totals.values())
        self.by_month = (last - first).days >= MAX_DAYS_DRAWN
        sums = dict.fromkeys(self._months() if self.by_month else self._days(), 0)
        for day, number in totals.items():
            sums[first_of_month(day) if self.by_month else day] += number
        largest = max(sums.values())
        self.bars = [
            Bar(place, date_format(start, "F Y") if self.by_month else long_date(start), number, share(number, largest))
            for place, (start, number) in enumerate(sums.items())
        ]
        self.tallest = max(self.bars, key=lambda bar: bar.total)
        self.width = max(MIN_BARS_WIDE, len(self.bars))

    def _days(self):
        return (self.first + datetime.timedelta(days=rank) for rank in range((self.last - self.first).days + 1))

    def _months(self):
        last = self.last.year * 12 + self.last.month
        return (
            first_of_month(self.last, back) for back in range(last - self.first.year * 12 - self.first.month, -1, -1)
        )


# --- The report -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class DownloadRow:
    rank: int
    title: str
    kind: str
    total: int
    # Beside the most downloaded, in hundredths.
    share: int
    # Where an editor goes from here, if anywhere; and what a reader is given, for exports.
    url: str
    address: str


class DownloadFilterSet(WagtailFilterSet):
    """What is shown. A value that is none of ours counts as none: the first of each."""

    period = django_filters.ChoiceFilter(
        label=_("Période"), choices=Period.choices[1:], empty_label=Period.DAYS.label, widget=forms.RadioSelect
    )
    what = django_filters.ChoiceFilter(
        label=_("Quoi"), choices=Counted.choices[1:], empty_label=Counted.PAGES.label, widget=forms.RadioSelect
    )

    class Meta:
        model = DownloadCount
        fields = ()

    def chosen(self, name):
        self.form.is_valid()
        return self.form.cleaned_data.get(name)


class DownloadReport(SafeExportMixin, ReportView):
    page_title = _("Téléchargements")
    header_icon = "download"
    results_template_name = "resources/admin/downloads_results.html"
    filterset_class = DownloadFilterSet
    index_url_name = "downloads_report"
    index_results_url_name = "downloads_report_results"
    any_permission_required = EDITING
    list_export = ("rank", "title", "kind", "total", "address")
    export_headings = {
        "rank": _("Rang"),
        "title": _("Titre"),
        "kind": _("Type"),
        "total": _("Téléchargements"),
        "address": _("Adresse"),
    }

    @cached_property
    def permission_policy(self):
        return policy_registry.get_by_type(Page)

    @cached_property
    def period(self):
        return Period(self.filters.chosen("period") or Period.DAYS)

    @cached_property
    def counted(self):
        return Counted(self.filters.chosen("what") or Counted.PAGES)

    @cached_property
    def counts(self):
        counts = DownloadCount.objects.since(self.period.first_day(today()))
        return counts.of_pages() if self.counted == Counted.PAGES else counts.of_communes()

    @cached_property
    def chart(self):
        """None where nothing was counted."""
        totals = {row["day"]: row["total"] for row in self.counts.by_day()}
        if not totals:
            return None
        # A clock that was put right must not hide what was counted before.
        last = max(today(), *totals)
        return Chart(totals, self.period.first_day(today()) or min(totals), last)

    def get_filtered_queryset(self):
        return self.counts.by_page() if self.counted == Counted.PAGES else self.counts.by_commune()

    def paginate_queryset(self, queryset, page_size):
        paginated = super().paginate_queryset(queryset, page_size)
        self.first_rank = paginated[1].start_index()
        return paginated

    def decorate_paginated_queryset(self, object_list):
        shown = list(object_list)
        most = self.object_list.first()
        words = self._page_words(shown) if self.counted == Counted.PAGES else self._commune_words(shown)
        return [
            DownloadRow(rank=rank, total=one.total, share=share(one.total, most.total), **said)
            for rank, (one, said) in enumerate(zip(shown, words, strict=True), start=getattr(self, "first_rank", 1))
        ]

    def _page_words(self, pages):
        editable = self.permission_policy.instances_user_has_permission_for(self.request.user, "change")
        editable = set(editable.filter(pk__in=[page.pk for page in pages]).values_list("pk", flat=True))
        for page in pages:
            yield {
                "title": page.title,
                "kind": page.get_kind_display(),
                "url": reverse("wagtailadmin_pages:edit", args=[page.pk]) if page.pk in editable else "",
                "address": page.absolute_url if page.live else "",
            }

    def _commune_words(self, communes):
        for commune in communes:
            url = commune.get_absolute_url()
            yield {
                "title": str(commune),
                "kind": _now("Commune"),
                "url": url,
                "address": self.request.build_absolute_uri(url),
            }

    def get_filename(self):
        return f"telechargements-{self.counted.value}-{self.period.value}-{today()}"

    def get_context_data(self, *args, **kwargs):
        context = super().get_context_data(*args, **kwargs)
        if not self.is_export:
            context["chart"] = self.chart
        return context


class DownloadMenuItem(MenuItem):
    def is_shown(self, request):
        return policy_registry.get_by_type(Page).user_has_any_permission(request.user, EDITING)


def menu_item():
    return DownloadMenuItem(
        DownloadReport.page_title, reverse("downloads_report"), name="telechargements", icon_name="download", order=100
    )


def urls():
    return [
        path("reports/telechargements/", DownloadReport.as_view(), name="downloads_report"),
        path(
            "reports/telechargements/results/",
            DownloadReport.as_view(results_only=True),
            name="downloads_report_results",
        ),
    ]
