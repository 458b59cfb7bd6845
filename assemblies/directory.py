"""Who covers what: the whole directory, read at once and kept until something is published."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from home.caching import remembered
from home.search import stems, words_of
from territory.models import Commune, Departement, distance_km

from .models import Assembly, AssemblyIndexPage, AssemblyPage

MAX_COMMUNES_NAMED = 3


@dataclass(frozen=True)
class Entry:
    """An assembly. Its private contact is not here: only whether messages reach it."""

    pk: int
    name: str
    name_shown: bool
    printable_contact: str
    departements: tuple[Departement, ...]
    communes: dict[str, str] = field(repr=False)
    # Codes of the départements it touches, whole or by one of its communes.
    touches: frozenset[str] = field(repr=False)
    # Its main commune: where it stands on the map.
    place: Commune | None = field(repr=False)
    # Its page; empty while it is not published, and nobody names the assembly in the directory.
    title: str = ""
    summary: str = ""
    url: str = ""
    relay_url: str = ""
    path: str = ""
    words: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def is_listed(self) -> bool:
        return bool(self.url)

    @property
    def region(self):
        return self.place.departement.region if self.place else None

    @property
    def territory(self) -> str:
        """« Haute-Garonne (31), Tarn (81) » ; « Lyon, Villeurbanne et 3 autres communes » is the template's."""
        return ", ".join(map(str, self.departements))

    @property
    def communes_named(self) -> list[str]:
        return list(self.communes.values())[:MAX_COMMUNES_NAMED]

    @property
    def communes_unnamed(self) -> int:
        return max(0, len(self.communes) - MAX_COMMUNES_NAMED)

    def says(self, text: str) -> bool:
        return self.words.issuperset(words_of(text))


@dataclass(frozen=True)
class Directory:
    """Every assembly by name, those without a published page too: `listed` are those that may be named here."""

    entries: tuple[Entry, ...]
    departements: dict[str, Departement]
    # The main commune of each département, by its code.
    main_communes: dict[str, Commune] = field(repr=False)
    page: AssemblyIndexPage | None = None

    @property
    def listed(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.is_listed]

    def covering(self, insee: str, departement: str) -> list[Entry]:
        """As `Assembly.objects.covering`: those that name the commune first, then those of its département."""
        naming = [entry for entry in self.entries if insee in entry.communes]
        whole = [entry for entry in self.entries if any(one.code == departement for one in entry.departements)]
        return naming + [entry for entry in whole if entry not in naming]

    def nearest(self, commune) -> tuple[Entry, float] | None:
        """The listed assembly whose main commune is the nearest, and the distance in kilometres."""
        distances = ((entry, distance_km(commune, entry.place)) for entry in self.listed if entry.place)
        return min((pair for pair in distances if pair[1] is not None), key=lambda pair: pair[1], default=None)

    def by_region(self, entries) -> list[tuple[str, list[Entry]]]:
        """Under the région of their main commune, then by département."""
        groups = defaultdict(list)
        for entry in sorted(entries, key=lambda one: (min(one.touches, default=""), one.title)):
            groups[entry.region.name if entry.region else ""].append(entry)
        return sorted(groups.items(), key=lambda group: (not group[0], group[0]))

    def free(self) -> list[tuple[str, list[Departement]]]:
        """The départements that no assembly touches, by région: places of référent·e to be taken."""
        taken = frozenset().union(*(entry.touches for entry in self.entries))
        groups = defaultdict(list)
        for departement in self.departements.values():
            if departement.code not in taken:
                groups[departement.region.name].append(departement)
        return sorted(groups.items())

    def holding(self, path: str) -> Entry | None:
        """The listed assembly below whose page stands the page of this path in the tree."""
        return next((entry for entry in self.listed if path.startswith(entry.path)), None)


def directory(request=None) -> Directory:
    return remembered(request, "assembly-directory", lambda: _read(request))


def _read(request) -> Directory:
    departements = _departements()
    # Several share a département: its row is read once.
    own_departements, own_communes = defaultdict(list), defaultdict(list)
    links = Assembly.departements.through.objects.values_list("assembly_id", "departement_id")
    for assembly, code in links.order_by("departement_id"):
        own_departements[assembly].append(code)
    links = Assembly.communes.through.objects.order_by("-commune__population", "commune_id")
    for assembly, *commune in links.values_list(
        "assembly_id", "commune_id", "commune__name", "commune__departement_id"
    ):
        own_communes[assembly].append(commune)
    wanted = [one.main for one in departements.values() if one.main]
    wanted += [communes[0][0] for communes in own_communes.values()]
    places = Commune.objects.in_bulk(wanted)
    for place in places.values():
        place.departement = departements[place.departement_id]
    pages = {page.assembly_id: page for page in AssemblyPage.objects.published().select_related("assembly")}
    entries = [
        _entry(row, pages.get(row.pk), [departements[code] for code in own_departements[row.pk]],
               own_communes[row.pk], departements, places, request)
        for row in Assembly.objects.order_by("name")
    ]  # fmt: skip
    return Directory(
        entries=tuple(entries),
        departements=departements,
        main_communes={code: places[one.main] for code, one in departements.items() if one.main},
        page=AssemblyIndexPage.objects.published().first(),
    )


def _departements() -> dict[str, Departement]:
    """By code, with région and `main`, the code of the most populous commune that has coordinates."""
    located = Commune.objects.filter(departement=OuterRef("pk")).exclude(longitude=None).order_by("-population", "pk")
    rows = Departement.objects.select_related("region").annotate(main=Subquery(located.values("pk")[:1]))
    return {one.code: one for one in rows.order_by("code")}


def _entry(row, page, whole, communes, departements, places, request) -> Entry:
    main = whole[0].main if whole else communes[0][0] if communes else None
    touches = {one.code for one in whole} | {code for _insee, _name, code in communes}
    touched = [departements[code] for code in touches]
    own = {}
    if page is not None:
        names = [str(one) for one in touched] + [one.region.name for one in touched]
        names += [name for _insee, name, _departement in communes]
        own = {
            "title": page.title,
            "summary": page.summary,
            "url": page.get_url(request),
            "relay_url": reverse("assembly_relay", args=[page.slug]) if page.takes_messages else "",
            "path": page.path,
            "words": frozenset(stems(" ".join([row.name, page.title, page.summary, page.body_text, *names]))),
        }
    return Entry(
        pk=row.pk,
        name=row.name,
        name_shown=row.name_shown,
        printable_contact=row.printable_contact,
        departements=tuple(whole),
        communes={insee: name for insee, name, _departement in communes},
        touches=frozenset(touches),
        place=places.get(main),
        **own,
    )
