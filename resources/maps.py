"""Initiatives as marks on the map: by commune while they are few, else by département, else by région."""

from django.utils.translation import ngettext

from territory.map import Mark, fit, project
from territory.models import Commune, Departement, Region

from .facets import Selection
from .filters import InitiativeFilters

MAX_MARKS = 60


def initiative_marks(request, filters=None) -> list[Mark]:
    """At most 60 marks for what the filters select; all the initiatives without filters."""
    if filters is None:
        selection = Selection(InitiativeFilters.facet_table(request), {})
        address = _plain_address
    else:
        selection, address = filters.selection, filters.query
    table = selection.table
    for level in ("commune", "departement", "region"):
        spread = selection.spread(level)
        if len(spread) <= MAX_MARKS:
            break
    mask = selection.mask
    places = _places(table, level, spread)
    marks = []
    for code, count in spread.items():
        if code not in places:
            continue
        name, longitude, latitude, departement = places[code]
        own = table.masks[level][code] & mask
        colours = sorted(
            ((table.masks["mesure"].get(slug, 0) & own).bit_count(), colour) for slug, colour in table.colours.items()
        )
        x, y = project(longitude, latitude, departement)
        label = ngettext("%(name)s : %(count)d initiative", "%(name)s : %(count)d initiatives", count)
        marks.append(
            Mark(
                x=x,
                y=y,
                count=count,
                label=label % {"name": name, "count": count},
                url="/initiatives/?" + address(**{level: code}),
                colour_names=tuple(colour for number, colour in reversed(colours) if number),
            )
        )
    return fit(marks)


def _plain_address(**changes):
    return "&".join(f"{name}={value}" for name, value in changes.items())


def _places(table, level, codes):
    """{code: (name, longitude, latitude, code of a département)} of places of a level; kept with the table.

    A place without coordinates (the collectivities of the Pacific, Saint-Pierre-et-Miquelon) is left out.
    """
    kept = table.places.setdefault(level, {})
    wanted = [code for code in codes if code not in kept]
    if wanted:
        kept.update(_read_places(level, wanted))
    return kept


def _read_places(level, codes):
    located = Commune.objects.exclude(longitude=None)
    if level == "commune":
        return {
            one.insee: (one.name, one.longitude, one.latitude, one.departement_id)
            for one in located.filter(pk__in=codes)
        }
    # A département or a région stands at its most populous commune: nearer to what people call it than a centroid.
    path = "departement_id" if level == "departement" else "departement__region_id"
    names = dict((Departement if level == "departement" else Region).objects.values_list("code", "name"))
    rows = located.filter(**{f"{path}__in": codes}).order_by("population")
    return {
        code: (names[code], longitude, latitude, departement)
        for code, longitude, latitude, departement in rows.values_list(path, "longitude", "latitude", "departement_id")
    }
