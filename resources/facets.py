"""Facets counted in memory: each value of each facet is one integer whose bits are the rows that have it.

A filter is then an AND, a count is a number of bits, and the counts of every facet under all the other filters cost
microseconds and no query, with 10 rows or 10,000. `filters/` builds the tables, once for each generation.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class FacetTable:
    """Rows in a fixed order, and for each facet the bitmask of each value."""

    pks: list[int] = field(default_factory=list)
    masks: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    # Other orders than that of the rows: {name: {primary key: what to sort by}}.
    sort_keys: dict[str, dict] = field(default_factory=dict)
    # What each facet offers, in order: {facet: [(value, label), …]}.
    choices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    # What maps need of the values: colours of the measures, and places, filled in when first drawn.
    colours: dict[str, str] = field(default_factory=dict)
    places: dict[str, dict] = field(default_factory=dict)

    def add(self, pk: int, values: dict[str, Iterable[str]]):
        """Append a row with its values: {facet: [value, …]}."""
        bit = 1 << len(self.pks)
        self.pks.append(pk)
        for facet, several in values.items():
            masks = self.masks[facet]
            for value in several:
                masks[value] = masks.get(value, 0) | bit

    @property
    def everything(self) -> int:
        return (1 << len(self.pks)) - 1

    def having(self, facet: str, values: Iterable[str]) -> int:
        """Rows that have any of the values."""
        masks = self.masks.get(facet, {})
        mask = 0
        for value in values:
            mask |= masks.get(value, 0)
        return mask

    def among(self, pks: Iterable[int]) -> int:
        wanted = set(pks)
        digits = ["1" if pk in wanted else "0" for pk in reversed(self.pks)]
        return int("".join(digits), 2) if digits else 0

    def ordered(self, mask: int) -> list[int]:
        """Primary keys of the rows of a mask, in the order of the table."""
        return [pk for pk, digit in zip(self.pks, reversed(bin(mask)[2:]), strict=False) if digit == "1"]


class Selection:
    """The rows that several filters leave, and what each facet would count if its own filter were set aside."""

    def __init__(self, table: FacetTable, chosen: dict[str, list[str]], within: int | None = None):
        """`chosen` is {facet: values, any of them}; facets are combined by AND. `within` limits all of it (free text)."""
        self.table = table
        self.chosen = {facet: values for facet, values in chosen.items() if values}
        self.within = table.everything if within is None else within
        self._masks = {facet: table.having(facet, values) for facet, values in self.chosen.items()}

    @property
    def mask(self) -> int:
        return self._without(None)

    def _without(self, left_out: str | None) -> int:
        mask = self.within
        for facet, one in self._masks.items():
            if facet != left_out:
                mask &= one
        return mask

    def __len__(self) -> int:
        return self.mask.bit_count()

    def pks(self) -> list[int]:
        return self.table.ordered(self.mask)

    def counts(self, facet: str) -> dict[str, int]:
        """{value: how many rows it would leave}, all the other filters applied; absent values count 0."""
        rest = self._without(facet)
        return {value: (mask & rest).bit_count() for value, mask in self.table.masks.get(facet, {}).items()}

    def spread(self, facet: str) -> dict[str, int]:
        """{value: how many of the selected rows have it}, without the values that none has."""
        mask = self.mask
        found = ((value, (one & mask).bit_count()) for value, one in self.table.masks.get(facet, {}).items())
        return {value: count for value, count in found if count}
