from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from home.asking import MAX_SHOWN_OF_A_BAD_VALUE, FacetField, Notice, TextField
from home.caching import remembered
from territory.lookup import resolve_commune
from territory.models import Commune, CommuneSize, Departement, Region

from ..facets import FacetTable
from ..models import Alternance, Authority, InitiativePage, Measure, Status
from ..models.initiatives import InitiativeCommune, InitiativeMeasure, initiatives_near
from .base import ListFilters, measure_choices


def build_initiative_table() -> FacetTable:
    table = FacetTable()
    measures, communes = {}, {}
    for pk, slug in InitiativeMeasure.objects.values_list("content_object_id", "tag__slug"):
        measures.setdefault(pk, []).append(slug)
    links = InitiativeCommune.objects.order_by("sort_order").values_list(
        "page_id", "commune_id", "commune__departement_id", "commune__departement__region_id", "commune__population"
    )
    for pk, *place in links:
        communes.setdefault(pk, []).append(place)
    rows = InitiativePage.objects.latest()
    titles, checked = {}, {}
    for pk, title, authority, status, in_booklet, alternance, checked_on in rows.values_list(
        "pk", "title", "authority", "status", "in_booklet", "alternance", "checked_on"
    ):
        places = communes.get(pk, [])
        table.add(
            pk,
            {
                "mesure": measures.get(pk, []),
                "competence": [authority] if authority else [],
                "statut": [status],
                "livret": ["oui" if in_booklet else "non"],
                "alternance": [alternance],
                "commune": {place[0] for place in places},
                "departement": {place[1] for place in places},
                "region": {place[2] for place in places},
                "taille": {CommuneSize.of(place[3]).value for place in places},
            },
        )
        titles[pk] = title
        checked[pk] = -checked_on.toordinal() if checked_on else 0
    table.sort_keys = {"titre": titles, "verification": checked}
    table.colours = dict(Measure.objects.values_list("slug", "colour"))
    table.choices = {
        "mesure": measure_choices(),
        "statut": Status.choices,
        "competence": Authority.choices,
        "taille": CommuneSize.choices,
        "departement": [(one.code, str(one)) for one in Departement.objects.all()],
        "region": list(Region.objects.values_list("code", "name")),
        "alternance": Alternance.choices,
        "livret": [("oui", gettext_lazy("Dans le livret de 2018")), ("non", gettext_lazy("Hors livret"))],
    }
    return table


class InitiativeFilters(ListFilters):
    commune = TextField(label=gettext_lazy("Commune"))
    mesure = FacetField(gettext_lazy("Mesure"), checkboxes=True)
    statut = FacetField(gettext_lazy("Statut"))
    competence = FacetField(gettext_lazy("Autorité"))
    taille = FacetField(gettext_lazy("Taille de la commune"))
    departement = FacetField(gettext_lazy("Département"))
    region = FacetField(gettext_lazy("Région"))
    alternance = FacetField(gettext_lazy("Alternance"))
    livret = FacetField(gettext_lazy("Livret"))

    sorts = {
        "recent": gettext_lazy("Les plus récentes"),
        "titre": gettext_lazy("Par commune"),
        "verification": gettext_lazy("Vérifiées récemment"),
    }

    @staticmethod
    def facet_table(request):
        return remembered(request, "initiative-table", build_initiative_table)

    @staticmethod
    def rows():
        return InitiativePage.objects.published()

    @cached_property
    def place(self):
        """(commune found, other answers) for what was typed; (None, []) when nothing was."""
        typed = self.cleaned_data.get("commune", "").strip()
        return resolve_commune(typed) if typed else (None, [])

    @cached_property
    def chosen(self):
        chosen = {name: self.cleaned_data[name] for name in self.facet_fields() if self.cleaned_data[name]}
        found, _others = self.place
        if found:
            chosen["commune"] = [found.insee]
        return chosen

    @cached_property
    def notices(self):
        notices = super().notices
        typed = self.cleaned_data.get("commune", "").strip()
        found, others = self.place
        if typed and not found:
            notices.append(
                Notice(
                    _("Aucune commune ne ressemble à « %s » : ce filtre a été ignoré.")
                    % typed[:MAX_SHOWN_OF_A_BAD_VALUE]
                )
            )
        elif found and typed != found.insee:
            links = tuple(
                (f"{one.name} ({one.departement_code})", "?" + self.query(commune=one.insee)) for one in others[:4]
            )
            notices.append(
                Notice(
                    _("Résultats pour %(name)s (%(departement)s).")
                    % {"name": found.name, "departement": found.departement_name},
                    links,
                )
            )
        return notices

    def label_of(self, facet, value):
        found, _others = self.place
        if facet == "commune" and found:
            return f"{found.name} ({found.departement_code})"
        return super().label_of(facet, value)

    @property
    def commune_url(self) -> str:
        found, _others = self.place
        return found.url if found else ""

    @cached_property
    def nearby(self):
        """What is shown when nothing corresponds: the nearest cards of the commune asked, else the latest ones."""
        found, _others = self.place
        if found:
            commune = Commune.objects.with_places().get(pk=found.insee)
            return initiatives_near(self.request, commune, limit=6)
        return self.in_order(self.table.pks[:6])
