"""What stands in memory, how it is built, and what it answers as it stands: by code, by the beginning of a name."""

import re
import threading
from array import array
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from math import log10

from django.urls import reverse

from ..folding import SMALL_WORDS, fold_aloud, fold_name, sounds_of, without_article
from ..models import Commune, CommuneAlias, DataRelease
from ..models.places import Departement

# An unfinished and misspelt name is looked for among the most populous places only.
LARGE_PLACES = 3_000


@dataclass(frozen=True, slots=True)
class Found:
    """A commune that answers; `via` is the old commune or arrondissement through which it was found."""

    insee: str
    name: str
    slug: str
    departement_code: str
    departement_name: str
    region_name: str
    population: int
    postal_codes: tuple[str, ...]
    via: str | None = None
    exact: bool = False

    @property
    def url(self) -> str:
        return reverse("commune", args=[self.insee, self.slug])


_lock = threading.Lock()
_current: tuple[object, "Index"] | None = None


def current_index() -> "Index":
    """The index of what the database holds: built at first use, and again after `load_communes` (one small query)."""
    global _current
    release = DataRelease.objects.filter(name="communes").values_list("digest", "loaded_at").first()
    kept = _current
    if kept is None or kept[0] != release:
        with _lock:
            if _current is None or _current[0] != release:
                _current = (release, Index.from_database())
            kept = _current
    return kept[1]


class Index:
    """Communes numbered by decreasing population, so that the smaller number is always the more populous.

    A place is a commune (its own number) or an old commune (numbers after the communes); `commune_of` leads home.
    """

    def __init__(self, communes, departements, aliases):
        """`communes`: (insee, name, slug, département, population, postal codes, folded), most populous first."""
        self.rows = communes
        self.departements = departements
        self.weights = array("f", (10 * log10(max(row[4], 10)) for row in communes))
        self.number_of = {row[0]: number for number, row in enumerate(communes)}
        self.commune_of = array("l", range(len(communes)))
        self.names = [row[1] for row in communes]
        self.folded = [row[6] for row in communes]
        self.alias_codes: dict[str, int] = {}
        self.arrondissements: dict[tuple[str, int], int] = {}
        for code, name, kind, insee in aliases:
            self._add_alias(code, name, kind, insee)
        self._index_names()
        self._index_codes()
        self._index_departements()

    @classmethod
    def from_database(cls) -> "Index":
        communes = list(
            Commune.objects.order_by("-population", "insee").values_list(
                "insee", "name", "slug", "departement_id", "population", "postal_codes", "folded"
            )
        )
        departements = {
            code: (name, region)
            for code, name, region in Departement.objects.values_list("code", "name", "region__name")
        }
        return cls(communes, departements, CommuneAlias.objects.values_list("code", "name", "kind", "commune_id"))

    # --- Building ---------------------------------------------------------------------------------------------------

    def _add_alias(self, code, name, kind, insee):
        place = len(self.names)
        self.names.append(name)
        self.folded.append(fold_name(name))
        self.commune_of.append(self.number_of[insee])
        self.alias_codes.setdefault(code, place)
        if kind == CommuneAlias.Kind.ARRONDISSEMENT:
            city, ordinal, *_rest = self.folded[place].split()
            self.arrondissements[city, int(re.match(r"\d+", ordinal)[0])] = place

    def _index_names(self):
        self.keys: dict[str, tuple[int, ...]] = {}
        self.cores: dict[str, tuple[int, ...]] = {}
        self.sounds: dict[str, tuple[int, ...]] = {}
        self.words = defaultdict(partial(array, "l"))
        aloud = (" ".join(without_article(fold_aloud(name).split())) for name in self.names)
        numbered = set(self.arrondissements.values())
        for place, (folded, heard) in enumerate(zip(self.folded, sounds_of(aloud), strict=True)):
            if place in numbered:
                continue
            parts = folded.split()
            bare = without_article(parts)
            key = "".join(bare)
            _append(self.keys, key, place)
            if bare is not parts:
                _append(self.keys, "".join(parts), place)
            name_core = core(parts)
            if name_core and name_core != key:
                _append(self.cores, name_core, place)
            _append(self.sounds, heard, place)
            for word in set(bare) - SMALL_WORDS:
                self.words[word].append(place)
        self.words.default_factory = None
        self.sorted_keys = sorted(self.keys)
        self.sorted_words = sorted(self.words)
        self.keys_by_length = defaultdict(list)
        for key in self.keys:
            self.keys_by_length[len(key)].append(key)
        self.large = ["".join(self.bare_words(place)) for place in range(min(LARGE_PLACES, len(self.rows)))]

    def _index_codes(self):
        pairs = sorted((code, number) for number, row in enumerate(self.rows) for code in row[5].split())
        self.postal_codes = [code for code, _number in pairs]
        self.postal_numbers = array("l", (number for _code, number in pairs))

    def _index_departements(self):
        """Names of départements and régions, with and without article → the codes of the départements they hold."""
        self.areas: dict[str, frozenset[str]] = {}
        regions = defaultdict(set)
        for code, (_name, region) in self.departements.items():
            regions[region].add(code)
        named = [(name, {code}) for code, (name, _region) in self.departements.items()]
        for name, codes in [*regions.items(), *named]:
            parts = fold_name(name).split()
            self.areas[" ".join(parts)] = self.areas[" ".join(without_article(parts))] = frozenset(codes)

    # --- Answering --------------------------------------------------------------------------------------------------

    def by_code(self, code: str) -> Found | None:
        """The commune of an INSEE code, or of that of an old commune or arrondissement."""
        code = code.upper()
        if code in self.number_of:
            return self.found(self.number_of[code], exact=True)
        if code in self.alias_codes:
            place = self.alias_codes[code]
            return self.found(self.commune_of[place], place, exact=True)
        return None

    def found(self, number, alias=-1, exact=False) -> Found:
        insee, name, slug, departement, population, postal_codes, _folded = self.rows[number]
        departement_name, region_name = self.departements[departement]
        return Found(
            insee=insee,
            name=name,
            slug=slug,
            departement_code=departement,
            departement_name=departement_name,
            region_name=region_name,
            population=population,
            postal_codes=tuple(postal_codes.split()),
            via=self.names[alias] if alias >= 0 else None,
            exact=exact,
        )

    def is_alias(self, place) -> bool:
        return place >= len(self.rows)

    def bare_words(self, place) -> list[str]:
        return without_article(self.folded[place].split())

    def with_postal_code(self, start) -> set[int]:
        """The communes whose postal code, or one of them, begins with `start`."""
        return set(self.postal_numbers[_beginning(self.postal_codes, start)])

    def with_beginning(self, start):
        """The places whose key (the name without article nor spaces, or without spaces) begins with `start`."""
        return (place for key in self.sorted_keys[_beginning(self.sorted_keys, start)] for place in self.keys[key])

    def words_beginning(self, start) -> list[str]:
        return self.sorted_words[_beginning(self.sorted_words, start)]


def core(words: list[str]) -> str:
    """The name without its small words: « Ivry-sur-Seine » → `ivryseine`."""
    return "".join(word for word in words if word not in SMALL_WORDS)


def _append(places_of, key, place):
    """Tuples, nearly all of one place: smaller than lists, and made once."""
    places_of[key] = (*places_of.get(key, ()), place)


def _beginning(texts: list[str], start: str) -> slice:
    """Where, in sorted `texts`, are those that begin with `start`."""
    first = bisect_left(texts, start)
    return slice(first, bisect_left(texts, start + "~", lo=first))
