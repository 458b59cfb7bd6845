import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from territory.map import HEIGHT, MAX_RADIUS, MIN_RADIUS, WIDTH, Mark, fit, lambert_93, project
from territory.models import Commune

OUTLINES = Path(__file__).parents[2] / "territory" / "static" / "territory" / "france.svg"
# Corners of the insets, in drawing units: x0, y0, x1, y1.
INSETS = {
    "971": (90, 590, 1150, 1600),
    "972": (90, 1890, 1000, 2700),
    "973": (90, 2990, 1000, 4100),
    "974": (90, 4290, 1050, 5200),
    "976": (90, 5390, 900, 6300),
}


@pytest.mark.parametrize(
    ("longitude", "latitude", "x", "y"),
    # Reference: IGN's worked examples and cities, metres in EPSG:2154.
    [(3, 46.5, 700_000, 6_600_000), (2.3522, 48.8566, 652_469, 6_862_035), (5.3698, 43.2965, 892_390, 6_247_035)],
)
def test_lambert_93_is_right(longitude, latitude, x, y):
    assert lambert_93(longitude, latitude) == pytest.approx((x, y), abs=20)


# From their places in EPSG:2154, to the kilometre.
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "x", "y"), [("75056", 5443, 2010), ("13055", 7243, 6622), ("29019", 1637, 2190), ("67482", 8427, 2168)]
)
def test_known_cities_land_where_the_drawing_has_them(code, x, y):
    city = Commune.objects.get(pk=code)
    assert project(city.longitude, city.latitude, city.departement_id) == pytest.approx((x, y), abs=20)


@pytest.mark.django_db
def test_every_commune_lands_on_the_drawing_and_overseas_inside_its_inset():
    for code, longitude, latitude, departement in Commune.objects.exclude(longitude=None).values_list(
        "pk", "longitude", "latitude", "departement_id"
    ):
        x, y = project(longitude, latitude, departement)
        left, top, right, bottom = INSETS.get(departement, (1150, 0, WIDTH, HEIGHT))
        assert left <= x <= right, code
        assert top <= y <= bottom, code


def test_what_is_not_drawn_has_no_place():
    assert project(166.4, -22.3, "988") is None


def test_the_outlines_are_light_and_hold_nothing_else():
    drawing = OUTLINES.read_text()
    assert len(drawing) < 70_000
    assert not re.search(r"<(script|style|title|text|image)", drawing)
    assert 'fill="none"' in drawing


def test_the_area_of_a_mark_follows_its_count():
    one, four = Mark(0, 0, 1, "", ""), Mark(0, 0, 4, "", "")
    assert one.radius == MIN_RADIUS
    assert four.radius**2 == pytest.approx(4 * one.radius**2)
    assert Mark(0, 0, 100_000, "", "").radius == MAX_RADIUS


def test_marks_are_fitted_to_the_largest_which_is_drawn_first():
    small, large = fit([Mark(0, 0, 3, "", ""), Mark(0, 0, 300, "", "")])[::-1]
    assert (large.count, large.radius) == (300, pytest.approx(MAX_RADIUS))
    assert small.radius == MIN_RADIUS
    assert fit([]) == []


def test_the_map_is_links_that_say_count_and_place():
    marks = [Mark(5443.4, 2010.2, 3, "Nord : 3 initiatives", "/initiatives/?departement=59&q=a", ("brique", "bleu"))]
    html = render_to_string("territory/map.html", {"marks": marks, "caption": "Où <agit>-on ?"})
    assert 'href="/initiatives/?departement=59&amp;q=a"' in html
    assert 'aria-label="Nord : 3 initiatives"' in html
    assert 'class="mark mark--brique" cx="5443" cy="2010" r="260"' in html
    assert "Où &lt;agit&gt;-on ?" in html
    assert "style=" not in html
    assert html.count("<image") == 1
