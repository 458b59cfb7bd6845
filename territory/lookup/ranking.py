"""How hits are ranked: by how sure they are (`Tier`), then by score: population, less what was forgiven (typing errors,
an unfinished word)."""

import heapq
from dataclasses import dataclass, field
from enum import IntEnum


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


@dataclass(slots=True)
class Hits:
    """The best hit of each commune so far: number → (tier, score, alias number or -1, exact)."""

    best: dict[int, tuple[int, float, int, bool]] = field(default_factory=dict)

    def add(self, number, tier, score, alias=-1, exact=False):
        hit = (tier, score, alias, exact)
        kept = self.best.get(number)
        if kept is None or hit[:2] > kept[:2]:
            self.best[number] = hit

    def surest(self) -> int:
        return max((hit[0] for hit in self.best.values()), default=-1)

    def ranked(self, limit) -> list[tuple[int, int, bool]]:
        """The first hits: (commune, alias number or -1, exact)."""
        best = heapq.nsmallest(limit, self.best.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))
        return [(number, alias, exact) for number, (_tier, _score, alias, exact) in best]
