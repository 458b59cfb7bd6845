"""What the lists of the admin share: columns in French, searches with or without accents, exports that are safe."""

import csv

from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.mixins import Echo, SpreadsheetExportMixin
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.coreutils import multigetattr
from wagtail.permissions import policy_registry

from .search import fold
from .spreadsheets import safe_cell, without_control_characters


class SafeExportMixin(SpreadsheetExportMixin):
    """Exports of a list: CSV as French spreadsheets open it (BOM, `;`), XLSX, and nothing in either that runs.

    `export_values` gives the columns that are not plain fields: {name in `list_export`: function of the row}.
    """

    export_values = {}

    def to_row_dict(self, item):
        values = self.export_values
        return {name: values[name](item) if name in values else multigetattr(item, name) for name in self.list_export}

    def preprocess_field_value(self, field, value, export_format):
        value = super().preprocess_field_value(field, value, export_format)
        if not isinstance(value, str):
            return value
        return safe_cell(value) if export_format == self.FORMAT_CSV else without_control_characters(value)

    def stream_csv(self, queryset):
        writer = csv.DictWriter(Echo(), fieldnames=self.list_export, delimiter=";")
        yield b"\xef\xbb\xbf" + writer.writerow(
            {field: self.get_heading(queryset, field) for field in self.list_export}
        )
        for item in queryset:
            yield self.write_csv_row(writer, self.to_row_dict(item))


def yes_or_no(value) -> str:
    return _now("oui") if value else _now("non")


class DayColumn(Column):
    """A day, as a date and not as an age."""

    def get_value(self, instance):
        value = super().get_value(instance)
        return date_format(value, "SHORT_DATE_FORMAT") if value else "—"


def title_column():
    return PageTitleColumn("title", label=_("Titre"), sort_key="title", classname="title")


def select_column():
    return BulkActionsColumn("bulk_actions")


def state_column():
    """Published, draft, waiting for review."""
    return PageStatusColumn("state", label=_("État"), sort_key="live", width="12%")


class PageListView(SafeExportMixin, IndexView):
    """The list of all the pages of one type, that the model's `for_listing()` loads in a fixed number of queries."""

    def annotate_queryset(self, pages):
        return (
            pages.for_listing()
            .prefetch_related("content_type", "sites_rooted_here")
            .prefetch_workflow_states()
            .annotate_site_root_state()
            .annotate_approved_schedule()
        )

    def search_queryset(self, queryset):
        words = fold(self.search_query).split()
        if not words:
            return queryset
        found = self.model.objects.all().autocomplete(" ".join(words), order_by_relevance=False)
        return queryset.filter(pk__in=found.get_queryset().order_by().values("pk"))


class PageListViewSet(PageListingViewSet):
    """A menu entry for the pages of one type, shown to those who may work on pages."""

    index_view_class = PageListView
    list_per_page = 50

    @property
    def menu_item_class(self):
        model, actions = self.model, self.index_view_class.any_permission_required

        class PageListMenuItem(MenuItem):
            def is_shown(self, request):
                return policy_registry.get_by_type(model).user_has_any_permission(request.user, actions)

        return PageListMenuItem
