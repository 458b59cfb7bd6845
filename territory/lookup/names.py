"""Names that are, or look like, the words of a name that was typed."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ..folding import SMALL_WORDS, sound, without_article
from .index import Index, core
from .ranking import (
    ALIAS_COST,
    GLUED_PREFIX_COST,
    NO_ARTICLE_GAIN,
    OTHER_ARTICLE_COST,
    PREFIX_COST,
    SOUND_COST,
    SOUND_COST_EACH,
    TYPO_COST,
    TYPO_COST_EACH,
    UNFINISHED_COST,
    WORDS_COST,
    Hits,
    Tier,
)

# Under this length too many names sound the same.
SHORT_NAME = 5


@dataclass(frozen=True, slots=True)
class Names:
    """A search among the names of the communes that `keeps` (all, if None); what is found is added to `hits`."""

    index: Index
    hits: Hits
    limit: int
    keeps: Callable[[int], bool] | None = None

    def add(self, place, tier, cost, *, exact=False):
        number = self.index.commune_of[place]
        self.hits.add(number, tier, self.index.weights[number] - cost, place if place != number else -1, exact)

    def _add_guess(self, place, cost):
        self.add(place, Tier.GUESS, cost + self._alias_cost(place))

    def _alias_cost(self, place):
        return ALIAS_COST if self.index.is_alias(place) else 0.0

    def _kept(self, places):
        if self.keeps is None:
            return places
        return (place for place in places if self.keeps(self.index.commune_of[place]))

    def add_as_typed(self, words):
        """Names that are what was typed, but for accents, articles, small words and spaces, or that begin with it."""
        if not words:
            return
        index, bare_words = self.index, without_article(words)
        glued, bare = "".join(words), "".join(bare_words)
        folded, bare_folded = " ".join(words), " ".join(bare_words)
        for place in self._kept(
            {*index.keys.get(glued, ()), *index.keys.get(bare, ()), *index.cores.get(core(words), ())}
        ):
            if index.folded[place] == folded:
                self.add(place, Tier.ALIAS if index.is_alias(place) else Tier.NAME, 0, exact=True)
            elif index.bare_words(place) == bare_words:
                # Only the article is missing, or another. « sen » may be Le Sen, or the beginning of Sens.
                self._add_guess(place, OTHER_ARTICLE_COST if bare != glued else -NO_ARTICLE_GAIN)
            else:
                self.add(place, Tier.NEAR, self._alias_cost(place))
        self._add_beginnings(folded, PREFIX_COST)
        if bare != glued:
            self._add_beginnings(bare_folded, PREFIX_COST + OTHER_ARTICLE_COST)

    def _add_beginnings(self, start, cost):
        """Names that begin with `start`, spaces respected; and those that do when spaces are forgotten."""
        aligned, glued = [], []
        for place in self._kept(self.index.with_beginning(start.replace(" ", ""))):
            folded = self.index.folded[place]
            is_aligned = folded.startswith(start) or folded.partition(" ")[2].startswith(start)
            (aligned if is_aligned else glued).append(place)
        for places, more in ((aligned, 0), (glued, GLUED_PREFIX_COST)):
            for place in heapq.nsmallest(self.limit, places):
                self._add_guess(place, cost + more)

    def add_misspelt(self, words):
        """Names at a few typing errors (a letter wrong, missing, doubled, or two swapped), or that sound the same, or
        that hold the words typed; and the beginnings of the larger ones."""
        bare = without_article(words)
        key = "".join(bare)
        if len(key) < 3:
            return
        self._add_sounding_like(bare)
        each = TYPO_COST_EACH * max(0.8, min(1.5, 9 / len(key)))
        self._add_at_some_errors(key, each)
        if len(key) >= SHORT_NAME:
            self._add_unfinished(key, each)
        self._add_containing(bare)

    def _add_sounding_like(self, bare):
        heard = sound(" ".join(bare))
        if len(heard) >= SHORT_NAME:
            for place in self._kept(self.index.sounds.get(heard, ())):
                errors = OSA.distance("".join(bare), "".join(self.index.bare_words(place)))
                self._add_guess(place, SOUND_COST + SOUND_COST_EACH * errors)

    def _add_at_some_errors(self, key, each):
        length = len(key)
        errors = 1 if length < 6 else 2 if length < 10 else 3 if length < 18 else 4
        for other in range(length - errors, length + errors + 1):
            names = self.index.keys_by_length.get(other, ())
            for name, distance, _position in _within(errors, key, names):
                for place in self._kept(self.index.keys[name]):
                    self._add_guess(place, TYPO_COST + each * distance)

    def _add_unfinished(self, key, each):
        """Large places whose beginning is what was typed, but for a typing error or two."""
        errors = 1 if len(key) < 9 else 2
        for typed in (len(key), len(key) + 1, len(key) - 1):
            starts = [name[:typed] for name in self.index.large]
            distances = {place: distance for _start, distance, place in _within(errors, key, starts)}
            for place in self._kept(distances):
                self._add_guess(place, TYPO_COST + UNFINISHED_COST + each * distances[place])

    def _add_containing(self, words):
        """Names that hold all the words typed, in any order; the last word may be unfinished."""
        meaning = [word for word in words if word not in SMALL_WORDS]
        if not meaning:
            return
        *full, last = meaning
        places = None
        for word in full:
            here = self.index.words.get(word, ())
            places = set(here) if places is None else places.intersection(here)
            if not places:
                return
        endings = self.index.words_beginning(last)
        if places is None and len(last) < 4:
            endings = endings[:1] if endings[:1] == [last] else []
        ending = (place for word in endings for place in self.index.words[word])
        if places is not None:
            ending = (place for place in ending if place in places)
        for place in heapq.nsmallest(self.limit, self._kept(ending)):
            self._add_guess(place, WORDS_COST)


def _within(errors, key, names):
    """Those of `names` within some typing errors of `key`: (name, errors, position)."""
    return process.extract(key, names, scorer=OSA.distance, score_cutoff=errors, limit=None)
