"""How what was typed is read: a code, an arrondissement, a name and its département, a name alone."""

import heapq
import re

from ..folding import ARTICLES, fold_name
from .index import Found, Index, current_index
from .names import Names
from .ranking import (
    AREA_COST,
    LEADING_NAME_COST,
    LEADING_NAME_COST_EACH,
    NOISE_COST,
    UNFILTERED_COST,
    Hits,
    Tier,
)

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


def find_communes(text: str, limit: int = 10) -> list[Found]:
    """The communes that `text` may mean, best first; none where nothing is like it. Never raises on what is typed."""
    typed = _typed(text)
    return _answers(current_index(), typed, limit) if typed and limit > 0 else []


def resolve_commune(value: str) -> tuple[Found | None, list[Found]]:
    """For a `commune` parameter: an INSEE code (an old one too), else a name; and the other communes it may mean."""
    typed = _typed(value)
    if not typed:
        return None, []
    index = current_index()
    found = index.by_code(typed)
    if found is not None:
        return found, []
    first, *others = _answers(index, typed, 6) or [None]
    return first, others


def _typed(text) -> str:
    """What is read of a text: nothing where there is no letter nor digit."""
    typed = str(text or "").strip()[:MAX_LENGTH]
    return typed if any(character.isalnum() for character in typed) else ""


def _answers(index, typed, limit) -> list[Found]:
    # As many are weighed for one answer as for ten: the first is the same.
    return Reading(index, max(limit, 10)).read(typed)[:limit]


class Reading:
    """One reading of one text: its `hits` are those of all the ways in which the text is read."""

    def __init__(self, index: Index, limit: int):
        self.index = index
        self.limit = limit
        self.hits = Hits()

    def read(self, text: str) -> list[Found]:
        words = fold_name(text).split()[:MAX_WORDS]
        if words and not (words[0][0].isdigit() and self._read_code("".join(words))):
            self._read_arrondissement(words)
            self._read_names(self._article_first(text, words))
        return [self.index.found(*hit) for hit in self.hits.ranked(self.limit)]

    # --- Codes and arrondissements ----------------------------------------------------------------------------------

    def _read_code(self, code) -> bool:
        """Postal code, its beginning, or INSEE code; True where the text is nothing but a code."""
        index, hits = self.index, self.hits
        if code.isdigit() and len(code) <= 5:
            here = index.with_postal_code(code)
            for number in heapq.nsmallest(self.limit, here):
                hits.add(number, Tier.NAME, index.weights[number] + 100, exact=len(code) == 5 and len(here) == 1)
        elif code in ("2a", "2b"):
            self._add_area(frozenset((code.upper(),)))
        if INSEE_CODE.fullmatch(code):
            code = code.upper()
            if code in index.number_of:
                number = index.number_of[code]
                hits.add(number, Tier.NAME, index.weights[number], exact=True)
            if code in index.alias_codes:
                place = index.alias_codes[code]
                number = index.commune_of[place]
                hits.add(number, Tier.ALIAS, index.weights[number], place, exact=True)
        return code.isdigit() or bool(hits.best)

    def _read_arrondissement(self, words):
        """« Paris 11 », « lyon 3eme arrondissement », « 11e arrondissement de Paris », « Paris XI »."""
        rest = [word for word in words if word not in ("arrondissement", "arrdt", "arr", "ardt", "de", "a")]
        if len(rest) != 2:
            return
        for city, ordinal in (rest, rest[::-1]):
            match = ARRONDISSEMENT.fullmatch(ordinal)
            rank = int(match[1]) if match else ROMAN.index(ordinal) if ordinal in ROMAN else 0
            place = self.index.arrondissements.get((city, rank))
            if place is not None:
                self.hits.add(self.index.commune_of[place], Tier.NAME, 0, place, exact=True)

    # --- Names, and the area around them ----------------------------------------------------------------------------

    def _article_first(self, text, words):
        """« Havre (Le) » → le havre; but « Villiers-le » is a name that is not finished."""
        if len(words) > 1 and words[-1] in ARTICLES:
            folded = " ".join(words)
            unfinished = any(
                self.index.folded[place].startswith(folded) for place in self.index.with_beginning("".join(words))
            )
            if "(" in text or "," in text or not unfinished:
                return [words[-1], *words[:-1]]
        return words

    def _read_names(self, words):
        readings = list(self._areas_at_the_ends(words))
        if not (readings and any(word[0].isdigit() for word in words)):
            readings.insert(0, (words, None))
        for name, allowed in readings:
            self._names(self.hits, allowed).add_as_typed(name)
        if self.hits.surest() < Tier.NEAR:
            for name, allowed in readings:
                self._add_guesses(name, allowed)
            self._add_without_noise(words)

    def _names(self, hits, allowed=None) -> Names:
        return Names(self.index, hits, self.limit, self._keeper(allowed))

    def _keeper(self, allowed):
        """Whether a commune's number is in `allowed`: départements (frozenset of codes), communes (set), all (None)."""
        if allowed is None:
            return None
        if isinstance(allowed, frozenset):
            rows = self.index.rows
            return lambda number: rows[number][3] in allowed
        return allowed.__contains__

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
        if text in self.index.areas:
            return self.index.areas[text]
        if text.upper() in self.index.departements:
            return frozenset((text.upper(),))
        if text.isdigit() and len(text) in (4, 5):
            return self.index.with_postal_code(text) or None
        return None

    def _add_area(self, codes: frozenset):
        """The main towns of a département or région that was typed alone."""
        added = 0
        for number, row in enumerate(self.index.rows):
            if row[3] in codes:
                self.hits.add(number, Tier.GUESS, self.index.weights[number] - AREA_COST)
                added += 1
                if added == self.limit:
                    return

    def _add_guesses(self, name, allowed):
        """What may have been meant by a name that is in no way the name of a commune (of `allowed`)."""
        if not name:
            if isinstance(allowed, frozenset):
                self._add_area(allowed)
            return
        here = Hits()
        names = self._names(here, allowed)
        names.add_as_typed(name)
        names.add_misspelt(name)
        cost = 0
        if allowed is not None and not here.best:
            # Not in that département: what was typed of the name still counts.
            self._names(here).add_as_typed(name)
            cost = UNFILTERED_COST
        for number, (tier, score, alias, exact) in here.best.items():
            self.hits.add(number, Tier.GUESS if cost else tier, score - cost, alias, exact and not cost)

    def _add_without_noise(self, words):
        """« ville de Grenoble », « Nantes cedex », and a name followed by words that are not in it."""
        name = list(words)
        if name[0] in NOISE:
            while len(name) > 1 and name[0] in NOISE | LINKS:
                name = name[1:]
        while len(name) > 1 and name[-1] in NOISE:
            name = name[:-1]
        if name != words:
            here = Hits()
            self._names(here).add_as_typed(name)
            for number, (tier, score, alias, _exact) in here.best.items():
                self.hits.add(number, min(tier, Tier.NEAR), score - NOISE_COST, alias)
        for length in range(len(words) - 1, 0, -1):
            start = "".join(words[:length])
            if len(start) > 1 and start in self.index.keys:
                cost = LEADING_NAME_COST + LEADING_NAME_COST_EACH * (len(words) - length)
                for place in self.index.keys[start]:
                    self._names(self.hits).add(place, Tier.GUESS, cost)
                return
