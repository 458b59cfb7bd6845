"""Who covers what: the whole directory, read at once and kept until something is published."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from home.caching import remembered
from home.search import fold, stems, words_of
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
        """« Haute-Garonne (31), Tarn (81) »; its communes are beside."""
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
    # The most populous commune of each département, by its code.
    main_communes: dict[str, Commune] = field(repr=False)

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
        return sorted(groups.items(), key=lambda group: (not group[0], fold(group[0])))

    def free(self) -> list[tuple[str, list[Departement]]]:
        """The départements that no assembly touches, by région: places of référent·e to be taken."""
        taken = frozenset().union(*(entry.touches for entry in self.entries))
        groups = defaultdict(list)
        for departement in self.departements.values():
            if departement.code not in taken:
                groups[departement.region.name].append(departement)
        return sorted(groups.items(), key=lambda group: fold(group[0]))

    def holding(self, path: str) -> Entry | None:
        """The listed assembly below whose page stands the page of this path in the tree."""
        return next((entry for entry in self.listed if path.startswith(entry.path)), None)


def directory(request=None) -> Directory:
    return remembered(request, "assembly-directory", lambda: _read(request))


def _read(request) -> Directory:
    """Four queries, whatever the number of assemblies."""
    main_communes = _main_communes()
    departements = {code: commune.departement for code, commune in main_communes.items()}
    whole, named = defaultdict(list), defaultdict(list)
    links = Assembly.departements.through.objects.order_by("departement_id")
    for assembly, code in links.values_list("assembly_id", "departement_id"):
        whole[assembly].append(departements[code])
    links = Assembly.communes.through.objects.select_related("commune").order_by("-commune__population", "commune_id")
    for link in links:
        link.commune.departement = departements[link.commune.departement_id]
        named[link.assembly_id].append(link.commune)
    published = AssemblyPage.objects.published().filter(assembly=OuterRef("pk"))
    rows = Assembly.objects.select_related("page").annotate(is_listed=Exists(published)).order_by("name")
    entries = [_entry(row, whole[row.pk], named[row.pk], main_communes, request) for row in rows]
    return Directory(tuple(entries), departements, main_communes)


def _main_communes() -> dict[str, Commune]:
    """By code of département, in their order, with their département and région."""
    of_one = Commune.objects.filter(departement=OuterRef("pk")).order_by("-population", "pk")
    mains = Departement.objects.annotate(main=Subquery(of_one.values("pk")[:1])).order_by().values("main")
    communes = Commune.objects.with_places().filter(pk__in=mains).order_by("departement")
    return {commune.departement_id: commune for commune in communes}


def _entry(row, whole, named, main_communes, request) -> Entry:
    touched = {one.code: one for one in [*whole, *(commune.departement for commune in named)]}
    page = {}
    if row.is_listed:
        row.page.assembly = row
        said = [row.name, row.page.title, row.page.summary, row.page.body_text]
        said += [f"{one} {one.region.name}" for one in touched.values()] + [one.name for one in named]
        page = {
            "title": row.page.title,
            "summary": row.page.summary,
            "url": row.page.get_url(request),
            "relay_url": reverse("assembly_relay", args=[row.page.slug]) if row.page.takes_messages else "",
            "path": row.page.path,
            "words": frozenset(stems(" ".join(said))),
        }
    return Entry(
        pk=row.pk,
        name=row.name,
        name_shown=row.name_shown,
        printable_contact=row.printable_contact,
        departements=tuple(whole),
        communes={one.pk: one.name for one in named},
        touches=frozenset(touched),
        place=main_communes[whole[0].code] if whole else next(iter(named), None),
        **page,
    )


def directory_page(request=None) -> AssemblyIndexPage | None:
    """The published page of the directory, for those that lead to it."""
    return remembered(request, "assembly-index", lambda: AssemblyIndexPage.objects.published().first())
