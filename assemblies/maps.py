"""Assemblies as marks on the map: where their main commune is, or by région once those are too many."""

from django.utils.translation import ngettext

from territory.map import Mark, fit, project

MAX_MARKS = 60


def assembly_marks(entries, address: str) -> list[Mark]:
    """At most 60 marks. Those that share a main commune share a mark, which leads to the list of their département."""
    placed = [entry for entry in entries if entry.place and entry.place.longitude is not None]
    groups = _together(placed, lambda entry: entry.place.insee)
    by_region = len(groups) > MAX_MARKS
    if by_region:
        groups = _together(placed, lambda entry: entry.region.code)
    marks = []
    for group in groups.values():
        place = max((entry.place for entry in group), key=lambda one: one.population)
        point = project(place.longitude, place.latitude, place.departement_id)
        if point is None:
            continue
        name = group[0].region.name if by_region else place.name
        label = ngettext("%(name)s : %(count)d assemblée", "%(name)s : %(count)d assemblées", len(group))
        several = f"region={group[0].region.code}" if by_region else f"departement={place.departement_id}"
        alone = len(group) == 1
        marks.append(
            Mark(
                x=point[0],
                y=point[1],
                count=len(group),
                label=group[0].title if alone else label % {"name": name, "count": len(group)},
                url=group[0].url if alone else f"{address}?{several}",
            )
        )
    return fit(marks)


def _together(entries, key):
    groups = {}
    for entry in entries:
        groups.setdefault(key(entry), []).append(entry)
    return groups
