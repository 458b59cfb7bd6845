"""The counts of the facets against a count by hand, on any combination of rows and filters."""

from hypothesis import given
from hypothesis import strategies as st

from resources.facets import FacetTable, Selection

FACETS = {"mesure": "abcde", "statut": "xyz", "region": "123"}
row = st.fixed_dictionaries({name: st.sets(st.sampled_from(values)) for name, values in FACETS.items()})
choice = st.fixed_dictionaries({name: st.lists(st.sampled_from(values), max_size=3) for name, values in FACETS.items()})


def build(rows):
    table = FacetTable()
    for pk, values in enumerate(rows, start=100):
        table.add(pk, values)
    return table


def passes(values, chosen, left_out=None):
    return all(not wanted or name == left_out or values[name] & set(wanted) for name, wanted in chosen.items())


@given(st.lists(row, max_size=40), choice, st.sets(st.integers(0, 39)))
def test_counts_are_those_of_a_brute_force_count(rows, chosen, found):
    table = build(rows)
    within = {100 + place for place in found if place < len(rows)}
    selection = Selection(table, chosen, table.among(within))
    kept = [pk for pk, values in enumerate(rows, start=100) if pk in within and passes(values, chosen)]

    assert selection.pks() == kept
    assert len(selection) == len(kept)
    for name, values in FACETS.items():
        counts = selection.counts(name)
        spread = selection.spread(name)
        for value in values:
            alone = sum(
                pk in within and value in one[name] and passes(one, chosen, left_out=name)
                for pk, one in enumerate(rows, start=100)
            )
            assert counts.get(value, 0) == alone
            assert spread.get(value, 0) == sum(value in rows[pk - 100][name] for pk in kept)


def test_an_empty_table_answers():
    selection = Selection(FacetTable(), {"mesure": ["a"]})
    assert selection.pks() == []
    assert selection.counts("mesure") == {}
