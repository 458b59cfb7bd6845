"""The list of initiatives in the admin."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from home.admin_lists import (
    DayColumn,
    PageListView,
    PageListViewSet,
    select_column,
    state_column,
    title_column,
    yes_or_no,
)
from territory.models import Departement

from ..models import (
    Authority,
    InitiativePage,
    Status,
)
from ..models.initiatives import InitiativeCommune, InitiativeMeasure
from .columns import (
    MeasureFilter,
    attention,
    commune_codes,
    commune_names,
    measure_names,
    several_filter,
    yes_no_filter,
)


class InitiativeFilterSet(WagtailFilterSet):
    measure = MeasureFilter(InitiativeMeasure)
    status = several_filter(Status.choices, _("Statut"))
    authority = several_filter(Authority.choices, _("Autorité"))
    departement = django_filters.ModelChoiceFilter(
        queryset=lambda request: Departement.objects.filter(communes__initiative_links__isnull=False).distinct(),
        label=_("Département"),
        method="in_departement",
    )
    stale = yes_no_filter(_("À revérifier"), method="by_age")
    in_booklet = yes_no_filter(_("Dans le livret"))
    live = yes_no_filter(_("En ligne"))

    class Meta:
        model = InitiativePage
        fields = ()

    def in_departement(self, queryset, _name, departement):
        if departement is None:
            return queryset
        links = InitiativeCommune.objects.filter(commune__departement=departement)
        return queryset.filter(pk__in=links.values("page"))

    def by_age(self, queryset, _name, stale):
        if stale is None:
            return queryset
        old = InitiativePage.objects.stale().values("pk")
        return queryset.filter(pk__in=old) if stale else queryset.exclude(pk__in=old)


class InitiativeListView(PageListView):
    export_values = {
        "communes": commune_names,
        "insee": commune_codes,
        "measures": measure_names,
        "in_booklet": lambda page: yes_or_no(page.in_booklet),
        "attention": attention,
    }


class InitiativeViewSet(PageListViewSet):
    model = InitiativePage
    index_view_class = InitiativeListView
    name = "initiatives"
    icon = "site"
    menu_label = _("Initiatives")
    columns = (
        select_column(),
        title_column(),
        Column("communes", label=_("Communes"), accessor=commune_names),
        Column("measures", label=_("Mesures"), accessor=measure_names),
        Column("status", label=_("Statut"), accessor="get_status_display", sort_key="status"),
        DayColumn("checked_on", label=_("Vérifiée le"), sort_key="checked_on"),
        Column("attention", label=_("Attention"), accessor=attention),
        state_column(),
    )
    filterset_class = InitiativeFilterSet
    list_export = (
        "title", "communes", "insee", "measures", "get_status_display", "get_authority_display", "started", "ended",
        "in_booklet", "checked_on", "attention", "status_string", "absolute_url",
    )  # fmt: skip
    export_headings = {
        "communes": _("Communes"),
        "insee": _("Codes INSEE"),
        "measures": _("Mesures"),
        "get_status_display": _("Statut"),
        "get_authority_display": _("Autorité"),
        "attention": _("Attention"),
        "status_string": _("État"),
        "absolute_url": _("Adresse"),
    }
    export_filename = "initiatives-redaction"
