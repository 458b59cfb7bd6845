"""Find a commune from what someone typed: `find_communes(text)`.

The names stand in memory, folded (`folding.py`). What was typed is read in several ways (a code, an arrondissement, a
name and its département, a name alone); each way gives hits, and the hits are ranked by how sure they are (`Tier`),
then by score: population, less what was forgiven (typing errors, an unfinished word).
"""

import heapq
import re
import threading
from array import array
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum
from math import log10

from django.urls import reverse
from rapidfuzz import process
from rapidfuzz.distance import OSA

from .folding import ARTICLES, SMALL_WORDS, fold_name, sound, without_article
from .models import Commune, CommuneAlias, DataRelease
from .models.places import Departement

# Longer than the longest name, its département and its postal code: the rest is cut.
MAX_LENGTH = 100
MAX_WORDS = 14

INSEE_CODE = re.compile(r"\d[\dab]\d{3}")
ARRONDISSEMENT = re.compile(r"(\d{1,2})(?:er?|e?me|ieme|nd|re)?")
TENS, UNITS = ("", "x"), ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
# Paris has twenty arrondissements: the place in the list is the number.
ROMAN = [*(ten + unit for ten in TENS for unit in UNITS), "xx"]
# Words around a name that are no part of it.
NOISE = frozenset(["ville", "mairie", "commune", "municipalite", "cedex", "france"])
LINKS = ARTICLES | frozenset(["d", "de", "des", "du", "en", "dans", "departement", "dep", "dept", "region"])


class Tier(IntEnum):
    """How sure a hit is. Only hits of one tier are ordered by population."""

    GUESS = 0  # a typing error, an unfinished word, a word of the name
    NEAR = 1  # the article, small words or spaces differ
    ALIAS = 2  # an old commune, typed in full
    NAME = 3  # the name, or a code, typed in full


# What is taken off a guess, in tens of log10(population): a place must be that much larger to come first all the same.
# A typing error in six letters costs 24, an unfinished name 5: a hundred times more people make up for the difference.
PREFIX_COST, GLUED_PREFIX_COST = 5.0, 20.0
OTHER_ARTICLE_COST, NO_ARTICLE_GAIN = 20.0, 15.0
ALIAS_COST = 6.0
SOUND_COST, SOUND_COST_EACH = 6.0, 4.0
TYPO_COST, TYPO_COST_EACH = 6.0, 12.0
UNFINISHED_COST = 14.0
WORDS_COST = 14.0
NOISE_COST = 5.0
AREA_COST = 20.0
UNFILTERED_COST = 25.0
LEADING_NAME_COST, LEADING_NAME_COST_EACH = 45.0, 5.0
# Under this length too many names sound the same.
SHORT_NAME = 5
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


def find_communes(text: str, limit: int = 10) -> list[Found]:
    """The communes that `text` may mean, best first; none where nothing is like it. Never raises on what is typed."""
    typed = str(text or "")[:MAX_LENGTH]
    if limit < 1 or not any(character.isalnum() for character in typed):
        return []
    # As many are weighed for one answer as for ten: the first is the same.
    return current_index().find(typed, max(limit, 10))[:limit]


def resolve_commune(value: str) -> tuple[Found | None, list[Found]]:
    """For a `commune` parameter: an INSEE code (an old one too), else a name; and the other communes it may mean."""
    found = current_index().by_code(str(value or "").strip()[:MAX_LENGTH])
    if found is not None:
        return found, []
    first, *others = find_communes(value, limit=6) or [None]
    return first, others


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


@dataclass(slots=True)
class Hits:
    """The best hit of each commune so far: number → (tier, score, alias number or -1, exact)."""

    best: dict[int, tuple[int, float, int, bool]]

    def add(self, number, tier, score, alias=-1, exact=False):
        hit = (tier, score, alias, exact)
        kept = self.best.get(number)
        if kept is None or hit[:2] > kept[:2]:
            self.best[number] = hit

    def surest(self) -> int:
        return max((hit[0] for hit in self.best.values()), default=-1)


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
        keys, cores, sounds, words = (defaultdict(list) for _ in range(4))
        numbered = set(self.arrondissements.values())
        for place, folded in enumerate(self.folded):
            if place in numbered:
                continue
            parts = folded.split()
            bare = without_article(parts)
            keys["".join(bare)].append(place)
            if bare is not parts:
                keys["".join(parts)].append(place)
            core = _core(parts)
            if core and core != "".join(bare):
                cores[core].append(place)
            sounds[sound(" ".join(without_article(_words_with_cedilla(self.names[place]))))].append(place)
            for word in set(bare) - SMALL_WORDS:
                words[word].append(place)
        self.keys = {key: tuple(places) for key, places in keys.items()}
        self.cores = {key: tuple(places) for key, places in cores.items()}
        self.sounds = {key: tuple(places) for key, places in sounds.items()}
        self.words = {word: array("l", places) for word, places in words.items()}
        self.sorted_keys = sorted(self.keys)
        self.sorted_words = sorted(self.words)
        self.keys_by_length = defaultdict(list)
        for key in self.keys:
            self.keys_by_length[len(key)].append(key)
        self.large = [
            "".join(without_article(folded.split())) for folded in self.folded[: min(LARGE_PLACES, len(self.rows))]
        ]

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

    # --- Reading what was typed --------------------------------------------------------------------------------------

    def by_code(self, code: str) -> Found | None:
        """The commune of an INSEE code, or of that of an old commune or arrondissement."""
        code = code.upper()
        if code in self.number_of:
            return self._found(self.number_of[code], exact=True)
        if code in self.alias_codes:
            place = self.alias_codes[code]
            return self._found(self.commune_of[place], place, exact=True)
        return None

    def find(self, text: str, limit: int) -> list[Found]:
        words = fold_name(text).split()[:MAX_WORDS]
        if not words:
            return []
        hits = Hits({})
        if words[0][0].isdigit() and self._read_code("".join(words), hits, limit):
            return self._ranked(hits, limit)
        self._read_arrondissement(words, hits)
        words = self._article_first(text, words)
        readings = list(self._areas_at_the_ends(words))
        if not (readings and any(word[0].isdigit() for word in words)):
            readings.insert(0, (words, None))
        for name, allowed in readings:
            self._add_as_typed(name, hits, limit, self._keeper(allowed))
        if hits.surest() < Tier.NEAR:
            for name, allowed in readings:
                self._add_guesses(name, hits, limit, allowed)
            self._add_without_noise(words, hits, limit)
        return self._ranked(hits, limit)

    def _article_first(self, text, words):
        """« Havre (Le) » → le havre; but « Villiers-le » is a name that is not finished."""
        if len(words) > 1 and words[-1] in ARTICLES:
            folded = " ".join(words)
            unfinished = any(self.folded[place].startswith(folded) for place in self._beginning_with("".join(words)))
            if "(" in text or "," in text or not unfinished:
                return [words[-1], *words[:-1]]
        return words

    def _read_code(self, code, hits, limit) -> bool:
        """Postal code, its beginning, or INSEE code; True where the text is nothing but a code."""
        if code.isdigit() and len(code) <= 5:
            here = self._with_postal_code(code)
            for number in heapq.nsmallest(limit, here):
                hits.add(number, Tier.NAME, self.weights[number] + 100, exact=len(code) == 5 and len(here) == 1)
        elif code in ("2a", "2b"):
            self._add_area(frozenset((code.upper(),)), hits, limit)
        if INSEE_CODE.fullmatch(code):
            code = code.upper()
            if code in self.number_of:
                number = self.number_of[code]
                hits.add(number, Tier.NAME, self.weights[number], exact=True)
            if code in self.alias_codes:
                place = self.alias_codes[code]
                number = self.commune_of[place]
                hits.add(number, Tier.ALIAS, self.weights[number], place, exact=True)
        return code.isdigit() or bool(hits.best)

    def _with_postal_code(self, start) -> set[int]:
        first = bisect_left(self.postal_codes, start)
        last = bisect_left(self.postal_codes, start + "~", lo=first)
        return set(self.postal_numbers[first:last])

    def _read_arrondissement(self, words, hits):
        """« Paris 11 », « lyon 3eme arrondissement », « 11e arrondissement de Paris », « Paris XI »."""
        rest = [word for word in words if word not in ("arrondissement", "arrdt", "arr", "ardt", "de", "a")]
        if len(rest) != 2:
            return
        for city, ordinal in (rest, rest[::-1]):
            match = ARRONDISSEMENT.fullmatch(ordinal)
            rank = int(match[1]) if match else ROMAN.index(ordinal) if ordinal in ROMAN else 0
            place = self.arrondissements.get((city, rank))
            if place is not None:
                hits.add(self.commune_of[place], Tier.NAME, 0, place, exact=True)

    def _areas_at_the_ends(self, words):
        """Each way of cutting a name from the département, the région or the code before or after it.

        « saint-denis 93 », « 93170 Bagnolet », « Montreuil (Seine-Saint-Denis) », « Sainte-Marie, La Réunion ».
        """
        for position in range(len(words)):
            for name, area in ((words[:position], words[position:]), (words[position + 1 :], words[: position + 1])):
                allowed = self._allowed(area)
                if allowed is not None:
                    while len(name) > 1 and name[-1] in LINKS:
                        name = name[:-1]
                    yield name, allowed

    def _allowed(self, area: list[str]):
        """The départements (a frozenset of codes) or communes (a set of numbers) that `area` stands for, or None."""
        area = list(area)
        while len(area) > 1 and area[0] in LINKS:
            area = area[1:]
        if not area:
            return None
        text = " ".join(area)
        if text in self.areas:
            return self.areas[text]
        if text.upper() in self.departements:
            return frozenset((text.upper(),))
        if text.isdigit() and len(text) in (4, 5):
            return self._with_postal_code(text) or None
        return None

    def _add_area(self, codes: frozenset, hits, limit):
        """The main towns of a département or région that was typed alone."""
        added = 0
        for number, row in enumerate(self.rows):
            if row[3] in codes:
                hits.add(number, Tier.GUESS, self.weights[number] - AREA_COST)
                added += 1
                if added == limit:
                    return

    def _keeper(self, allowed):
        """Whether a commune's number is in `allowed`: départements (frozenset of codes), communes (set), all (None)."""
        if allowed is None:
            return None
        if isinstance(allowed, frozenset):
            rows = self.rows
            return lambda number: rows[number][3] in allowed
        return allowed.__contains__

    def _add_guesses(self, name, hits, limit, allowed):
        """What may have been meant by a name that is in no way the name of a commune (of `allowed`)."""
        if not name:
            if isinstance(allowed, frozenset):
                self._add_area(allowed, hits, limit)
            return
        here = Hits({})
        self._add_as_typed(name, here, limit, self._keeper(allowed))
        self._add_misspelt(name, here, limit, self._keeper(allowed))
        cost = 0
        if allowed is not None and not here.best:
            # Not in that département: what was typed of the name still counts.
            self._add_as_typed(name, here, limit, None)
            cost = UNFILTERED_COST
        for number, (tier, score, alias, exact) in here.best.items():
            hits.add(number, Tier.GUESS if cost else tier, score - cost, alias, exact and not cost)

    def _add_without_noise(self, words, hits, limit):
        """« ville de Grenoble », « Nantes cedex », and a name followed by words that are not in it."""
        name = list(words)
        if name[0] in NOISE:
            while len(name) > 1 and name[0] in NOISE | LINKS:
                name = name[1:]
        while len(name) > 1 and name[-1] in NOISE:
            name = name[:-1]
        if name != words:
            here = Hits({})
            self._add_as_typed(name, here, limit, None)
            for number, (tier, score, alias, _exact) in here.best.items():
                hits.add(number, min(tier, Tier.NEAR), score - NOISE_COST, alias)
        for length in range(len(words) - 1, 0, -1):
            start = "".join(words[:length])
            if len(start) > 1 and start in self.keys:
                cost = LEADING_NAME_COST + LEADING_NAME_COST_EACH * (len(words) - length)
                for place in self.keys[start]:
                    self._add(hits, place, Tier.GUESS, cost)
                return

    # --- Names --------------------------------------------------------------------------------------------------------

    def _add(self, hits, place, tier, cost, *, exact=False):
        number = self.commune_of[place]
        hits.add(number, tier, self.weights[number] - cost, place if place != number else -1, exact)

    def _alias_cost(self, place):
        return 0.0 if place < len(self.rows) else ALIAS_COST

    def _add_as_typed(self, words, hits, limit, keeps):
        """Names that are what was typed, but for accents, articles, small words and spaces, or that begin with it."""
        if not words:
            return
        glued, bare = "".join(words), "".join(without_article(words))
        folded, bare_folded = " ".join(words), " ".join(without_article(words))
        for place in {*self.keys.get(glued, ()), *self.keys.get(bare, ()), *self.cores.get(_core(words), ())}:
            if keeps is not None and not keeps(self.commune_of[place]):
                continue
            if self.folded[place] == folded:
                self._add(hits, place, Tier.NAME if place < len(self.rows) else Tier.ALIAS, 0, exact=True)
            elif " ".join(without_article(self.folded[place].split())) == bare_folded:
                # Only the article is missing, or another. « sen » may be Le Sen, or the beginning of Sens.
                cost = OTHER_ARTICLE_COST if bare != glued else -NO_ARTICLE_GAIN
                self._add(hits, place, Tier.GUESS, cost + self._alias_cost(place))
            else:
                self._add(hits, place, Tier.NEAR, self._alias_cost(place))
        self._add_beginnings(folded, PREFIX_COST, hits, limit, keeps)
        if bare != glued:
            self._add_beginnings(bare_folded, PREFIX_COST + OTHER_ARTICLE_COST, hits, limit, keeps)

    def _beginning_with(self, start):
        first = bisect_left(self.sorted_keys, start)
        last = bisect_left(self.sorted_keys, start + "~", lo=first)
        return (place for key in self.sorted_keys[first:last] for place in self.keys[key])

    def _add_beginnings(self, start, cost, hits, limit, keeps):
        """Names that begin with `start`, spaces respected; and those that do when spaces are forgotten."""
        aligned, glued = [], []
        for place in self._beginning_with(start.replace(" ", "")):
            if keeps is None or keeps(self.commune_of[place]):
                folded = self.folded[place]
                is_aligned = folded.startswith(start) or folded.partition(" ")[2].startswith(start)
                (aligned if is_aligned else glued).append(place)
        for places, more in ((aligned, 0), (glued, GLUED_PREFIX_COST)):
            for place in heapq.nsmallest(limit, places):
                self._add(hits, place, Tier.GUESS, cost + more + self._alias_cost(place))

    def _add_misspelt(self, words, hits, limit, keeps):
        """Names at a few typing errors (a letter wrong, missing, doubled, or two swapped), or that sound the same, or
        that hold the words typed; and the beginnings of the larger ones."""
        bare = without_article(words)
        key = "".join(bare)
        length = len(key)
        if length < 3:
            return

        def add(place, cost):
            if keeps is None or keeps(self.commune_of[place]):
                self._add(hits, place, Tier.GUESS, cost + self._alias_cost(place))

        heard = sound(" ".join(bare))
        if len(heard) >= SHORT_NAME:
            for place in self.sounds.get(heard, ()):
                errors = OSA.distance(key, "".join(without_article(self.folded[place].split())))
                add(place, SOUND_COST + SOUND_COST_EACH * errors)

        each = TYPO_COST_EACH * max(0.8, min(1.5, 9 / length))
        errors = 1 if length < 6 else 2 if length < 10 else 3 if length < 18 else 4
        for other in range(length - errors, length + errors + 1):
            names = self.keys_by_length.get(other, ())
            for name, distance, _position in _within(errors, key, names):
                for place in self.keys[name]:
                    add(place, TYPO_COST + each * distance)
        if length >= SHORT_NAME:
            errors = 1 if length < 9 else 2
            for typed in (length, length + 1, length - 1):
                starts = [name[:typed] for name in self.large]
                for _start, distance, place in _within(errors, key, starts):
                    add(place, TYPO_COST + UNFINISHED_COST + each * distance)
        self._add_containing(bare, add, limit, keeps)

    def _add_containing(self, words, add, limit, keeps):
        """Names that hold all the words typed, in any order; the last word may be unfinished."""
        meaning = [word for word in words if word not in SMALL_WORDS]
        if not meaning:
            return
        *full, last = meaning
        places = None
        for word in full:
            here = self.words.get(word, ())
            places = set(here) if places is None else places.intersection(here)
            if not places:
                return
        first = bisect_left(self.sorted_words, last)
        stop = bisect_left(self.sorted_words, last + "~", lo=first)
        if places is None and len(last) < 4:
            stop = first + (1 if self.sorted_words[first : first + 1] == [last] else 0)
        ending = (place for word in self.sorted_words[first:stop] for place in self.words[word])
        if places is not None:
            ending = (place for place in ending if place in places)
        if keeps is not None:
            ending = (place for place in ending if keeps(self.commune_of[place]))
        for place in heapq.nsmallest(limit, ending):
            add(place, WORDS_COST)

    # --- Answering ----------------------------------------------------------------------------------------------------

    def _ranked(self, hits, limit) -> list[Found]:
        best = heapq.nsmallest(limit, hits.best.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))
        return [self._found(number, alias, exact) for number, (_tier, _score, alias, exact) in best]

    def _found(self, number, alias=-1, exact=False) -> Found:
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


def _within(errors, key, names):
    """Those of `names` within some typing errors of `key`: (name, errors, position)."""
    return process.extract(key, names, scorer=OSA.distance, score_cutoff=errors, limit=None)


def _core(words: list[str]) -> str:
    """The name without its small words: « Ivry-sur-Seine » → `ivryseine`."""
    return "".join(word for word in words if word not in SMALL_WORDS)


def _words_with_cedilla(name: str) -> list[str]:
    return fold_name(name.replace("ç", "ss").replace("Ç", "ss")).split()
