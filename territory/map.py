"""Where a place stands on the drawing of France (`static/territory/france.svg`), and the marks put on it.

Drawing units: `viewBox="0 0 10400 8600"`, x to the right and y downwards; 7.5 units are a kilometre in metropolitan
France. Overseas départements have their own scale in an inset; the collectivities (975, 977, 978, 986 to 988) are not
drawn.
"""

import json
from dataclasses import dataclass, replace
from math import cos, log, pi, radians, sin, sqrt, tan
from pathlib import Path

WIDTH, HEIGHT = 10_400, 8_600
# Radius of a mark, in drawing units: its area follows the count between the two.
MIN_RADIUS, MAX_RADIUS = 150.0, 460.0

_PROJECTION = json.loads((Path(__file__).parent / "data" / "map_projection.json").read_text())
_METRO, _INSETS = _PROJECTION["metro"], _PROJECTION["insets"]

# Lambert-93 (EPSG:2154): conformal conic on the GRS80 ellipsoid, parallels 44° and 49°, origin 46.5° N 3° E.
_A, _E2 = 6378137.0, 0.00669438002290
_E = sqrt(_E2)


def _conformal(latitude):
    slant = _E * sin(latitude)
    return tan(pi / 4 - latitude / 2) / ((1 - slant) / (1 + slant)) ** (_E / 2)


def _parallel(latitude):
    return cos(latitude) / sqrt(1 - _E2 * sin(latitude) ** 2)


_SOUTH, _NORTH, _ORIGIN, _MERIDIAN = radians(44), radians(49), radians(46.5), radians(3)
_N = (log(_parallel(_SOUTH)) - log(_parallel(_NORTH))) / (log(_conformal(_SOUTH)) - log(_conformal(_NORTH)))
_F = _A * _parallel(_SOUTH) / (_N * _conformal(_SOUTH) ** _N)


def lambert_93(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees (WGS84) → metres (Lambert-93), within a metre."""
    radius = _F * _conformal(radians(latitude)) ** _N
    angle = _N * (radians(longitude) - _MERIDIAN)
    return 700_000 + radius * sin(angle), 6_600_000 + _F * _conformal(_ORIGIN) ** _N - radius * cos(angle)


def project(longitude: float, latitude: float, departement_code: str) -> tuple[float, float] | None:
    """Degrees (WGS84) → drawing units, in the inset of an overseas département; None for what is not drawn."""
    inset = _INSETS.get(departement_code)
    if inset:
        # As `data/build/build_map.py` drew it: plane around the middle of the island, in metres.
        east = (longitude - inset["lon0"]) * cos(radians(inset["lat0"])) * 111_320
        north = (latitude - inset["lat0"]) * 110_900
        x = inset["px"] + (east - inset["x0"]) / inset["m_per_px"]
        y = inset["py"] + (inset["y1"] - north) / inset["m_per_px"]
        return 10 * x, 10 * y
    if departement_code.startswith(("97", "98")):
        return None
    east, north = lambert_93(longitude, latitude)
    x = _METRO["SHIFT"] + (east - _METRO["X0"]) / 1000 * 0.75
    return 10 * x, 10 * (_METRO["Y1"] - north) / 1000 * 0.75


@dataclass(frozen=True)
class Mark:
    """A circle on the map, that leads to what it counts. `colour_names`: those of the measures, the main one first."""

    x: float
    y: float
    count: int
    label: str
    url: str
    colour_names: tuple[str, ...] = ()
    radius: float | None = None

    def __post_init__(self):
        if self.radius is None:
            object.__setattr__(self, "radius", radius_for(self.count))

    @property
    def colour(self) -> str:
        return self.colour_names[0] if self.colour_names else ""


def radius_for(count: int, unit: float = MIN_RADIUS) -> float:
    """Drawing units: the area is `count` times that of one, kept between the smallest and the largest mark."""
    return min(MAX_RADIUS, max(MIN_RADIUS, unit * sqrt(max(count, 1))))


def fit(marks: list[Mark]) -> list[Mark]:
    """The same marks with radii that compare: the largest count has the largest mark; drawn first, under the others."""
    if not marks:
        return []
    unit = min(MIN_RADIUS, MAX_RADIUS / sqrt(max(mark.count for mark in marks)))
    sized = [replace(mark, radius=radius_for(mark.count, unit)) for mark in marks]
    return sorted(sized, key=lambda mark: -mark.count)
