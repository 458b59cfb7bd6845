"""The calendar of the campaign in the admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from home.admin_lists import (
    SafeExportMixin,
)

from ..models import (
    CalendarStep,
)


class CalendarStepListView(SafeExportMixin, generic.IndexView):
    pass


class CalendarStepViewSet(ModelViewSet):
    """The calendar that kits and dossiers print, in days from the vote."""

    model = CalendarStep
    name = "calendrier"
    icon = "calendar-alt"
    menu_label = _("Calendrier")
    index_view_class = CalendarStepListView
    copy_view_enabled = False
    ordering = ("phase", "anchor", "days")
    list_filter = ("phase",)
    list_display = (
        "title",
        Column("phase", label=_("Phase"), accessor="get_phase_display", sort_key="phase"),
        Column("days", label=_("Jours"), sort_key="days"),
        Column("anchor", label=_("Depuis le"), accessor="get_anchor_display"),
    )
    list_export = ("phase", "anchor", "days", "title", "text")
    export_filename = "calendrier"
    form_fields = ("phase", "anchor", "days", "title", "text")
