from functools import cached_property

from django.utils.translation import gettext_lazy

from home.asking import FacetField
from home.caching import remembered
from territory.models import Phase

from ..facets import FacetTable
from ..models import Audience, Measure, ResourceKind, ResourcePage
from ..models.library import Language, ResourceMeasure
from ..picks import Picks
from .base import ListFilters, measure_choices


def build_resource_table() -> FacetTable:
    table = FacetTable()
    measures = {}
    for pk, slug in ResourceMeasure.objects.values_list("content_object_id", "tag__slug"):
        measures.setdefault(pk, []).append(slug)
    rows = ResourcePage.objects.current()
    titles, checked = {}, {}
    for pk, title, kind, audiences, phases, language, checked_on in rows.values_list(
        "pk", "title", "kind", "audiences", "phases", "language", "checked_on"
    ):
        table.add(
            pk,
            {
                "mesure": measures.get(pk, []),
                "type": [kind],
                "public": audiences,
                # Nothing ticked means useful in any season.
                "phase": phases or Phase.values,
                "langue": [language],
            },
        )
        titles[pk] = title
        checked[pk] = -checked_on.toordinal() if checked_on else 0
    table.sort_keys = {"titre": titles, "verification": checked}
    table.colours = dict(Measure.objects.values_list("slug", "colour"))
    table.choices = {
        "mesure": measure_choices(),
        "type": ResourceKind.choices,
        "public": Audience.choices,
        "phase": Phase.choices,
        "langue": Language.choices,
    }
    return table


class ResourceFilters(ListFilters):
    type = FacetField(gettext_lazy("Type"), checkboxes=True)
    mesure = FacetField(gettext_lazy("Mesure"), checkboxes=True)
    public = FacetField(gettext_lazy("Pour qui"))
    phase = FacetField(gettext_lazy("À quel moment"))
    langue = FacetField(gettext_lazy("Langue"))

    sorts = {
        "recent": gettext_lazy("Les plus récentes"),
        "titre": gettext_lazy("Par titre"),
        "verification": gettext_lazy("Vérifiées récemment"),
    }

    @staticmethod
    def facet_table(request):
        return remembered(request, "resource-table", build_resource_table)

    @staticmethod
    def rows():
        return ResourcePage.objects.published()

    # --- What the visitor keeps beside the filters ------------------------------------------------------------------
    @cached_property
    def picks(self):
        return Picks(self.request)

    @cached_property
    def picks_elsewhere(self):
        """Those picked that have no box to tick on this page of the list."""
        shown = {page.pk for page in (self.items if self.count else self.nearby)}
        return [page for page in self.picks.pages if page.pk not in shown]

    @cached_property
    def notices(self):
        return super().notices + self.picks.notices

    def pairs(self, **changes):
        return super().pairs(**changes) + self.picks.pairs

    @property
    def unfiltered_query(self):
        return self.picks.query

    @cached_property
    def nearby(self):
        return self.in_order(self.table.pks[:6])
