"""What visitors ask of the directory, and its answer: never an empty one."""

from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from home.asking import MAX_SHOWN_OF_A_BAD_VALUE, MAX_TEXT, FacetField, Notice, TextField
from home.search import fold
from territory.lookup import resolve_commune
from territory.models import Commune

from .directory import directory


class DirectorySearch(forms.Form):
    q = TextField(label=gettext_lazy("Mots"))
    commune = TextField(label=gettext_lazy("Votre commune"))
    departement = FacetField(gettext_lazy("Département"))
    region = FacetField(gettext_lazy("Région"))

    def __init__(self, request):
        super().__init__(request.GET)
        self.directory = directory(request)
        departements = self.directory.departements.values()
        self.fields["departement"].choices = [(one.code, str(one)) for one in departements]
        regions = {one.region.code: one.region.name for one in departements}
        self.fields["region"].choices = sorted(regions.items(), key=lambda region: fold(region[1]))
        self.full_clean()

    # --- What was asked ---------------------------------------------------------------------------------------------
    @property
    def text(self) -> str:
        return self.cleaned_data["q"]

    @property
    def typed(self) -> str:
        return self.cleaned_data["commune"].strip()

    @cached_property
    def place(self):
        """(commune found, other answers) for what was typed; (None, []) when nothing was."""
        return resolve_commune(self.typed) if self.typed else (None, [])

    @property
    def found(self):
        return self.place[0]

    @property
    def in_departement(self):
        return next((self.directory.departements[code] for code in self.cleaned_data["departement"]), None)

    @property
    def in_region(self) -> str:
        """The code of the région asked."""
        return next(iter(self.cleaned_data["region"]), "")

    @cached_property
    def departements_offered(self) -> list[tuple[str, str]]:
        """Those that leave something, and the one already chosen; the others are the places to be taken."""
        touched = frozenset().union(*(one.touches for one in self.directory.listed), self.cleaned_data["departement"])
        return [choice for choice in self.fields["departement"].choices if choice[0] in touched]

    @property
    def regions_offered(self) -> list[tuple[str, str]]:
        own = {self.directory.departements[code].region_id for code, _name in self.departements_offered}
        return [choice for choice in self.fields["region"].choices if choice[0] in own or choice[0] == self.in_region]

    @property
    def is_filtered(self) -> bool:
        return bool(self.text or self.found or self.in_departement or self.in_region)

    @cached_property
    def notices(self) -> list[Notice]:
        notices = [
            Notice(
                _("« %(value)s » : valeur inconnue ou de trop pour « %(facet)s », ignorée.")
                % {"value": value.replace("\x00", " ")[:MAX_SHOWN_OF_A_BAD_VALUE], "facet": self.fields[name].label}
            )
            for name in ("departement", "region")
            for value in self.fields[name].rejected[:3]
        ]
        if len(self.data.get("q", "")) > MAX_TEXT:
            notices.append(Notice(_("La recherche a été réduite à ses %d premiers caractères.") % MAX_TEXT))
        found, others = self.place
        if self.typed and not found:
            shown = self.typed[:MAX_SHOWN_OF_A_BAD_VALUE]
            notices.append(Notice(_("Aucune commune ne ressemble à « %s » : ce filtre a été ignoré.") % shown))
        elif found and self.typed.upper() != found.insee:
            links = tuple((f"{one.name} ({one.departement_code})", f"?{self.query(one)}") for one in others[:4])
            said = {"name": found.name, "departement": found.departement_name}
            notices.append(Notice(_("Résultats pour %(name)s (%(departement)s).") % said, links))
        return notices

    def query(self, commune) -> str:
        """The same question for another commune."""
        asked = {"q": self.text, "departement": self.cleaned_data["departement"], "region": self.in_region}
        return urlencode({"commune": commune.insee} | {key: value for key, value in asked.items() if value}, doseq=True)

    # --- The answer -------------------------------------------------------------------------------------------------
    @cached_property
    def covering(self) -> list:
        """Every assembly of the commune asked, those that may not be named here too."""
        return self.directory.covering(self.found.insee, self.found.departement_code) if self.found else []

    @cached_property
    def entries(self) -> list:
        """The assemblies that answer: in the order of `covering` where a commune is asked, else by name."""
        entries = [one for one in self.covering if one.is_listed] if self.found else self.directory.listed
        if self.text:
            entries = [one for one in entries if one.says(self.text)]
        if self.in_departement:
            entries = [one for one in entries if self.in_departement.code in one.touches]
        if self.in_region:
            departements = self.directory.departements
            entries = [
                one for one in entries if any(departements[code].region_id == self.in_region for code in one.touches)
            ]
        return entries

    @property
    def groups(self):
        """(région, assemblies): only one group, without a name, for the answer to a commune, whose order counts."""
        return [("", self.entries)] if self.found else self.directory.by_region(self.entries)

    @property
    def is_covered_by_unlisted(self) -> bool:
        """Whether the commune has an assembly that has no published page yet, and no other."""
        return bool(self.covering) and not any(one.is_listed for one in self.covering)

    @cached_property
    def nearest(self):
        """(assembly, km) for a place that no listed assembly covers; None where there is nothing to measure."""
        if self.found and not any(one.is_listed for one in self.covering):
            return self.directory.nearest(Commune.objects.get(pk=self.found.insee))
        if self.in_departement and not self.entries:
            main = self.directory.main_communes.get(self.in_departement.code)
            return self.directory.nearest(main) if main else None
        return None

    @property
    def uncovered(self) -> str:
        """The place asked that no assembly is known to cover; empty otherwise."""
        if self.found:
            return "" if self.covering else self.found.name
        if self.in_departement and not any(self.in_departement.code in one.touches for one in self.directory.entries):
            return str(self.in_departement)
        return ""

    @property
    def shown(self) -> list:
        """What the map shows: the answer, or else the nearest, or else everyone."""
        return self.entries or ([self.nearest[0]] if self.nearest else self.directory.listed)

    @property
    def free(self):
        """The places of référent·e to be taken, beside the whole list only."""
        return [] if self.is_filtered else self.directory.free()
