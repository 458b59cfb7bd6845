import pytest

from territory.models import Commune, CommuneSize, Departement, distance_km

pytestmark = pytest.mark.django_db


def commune(code):
    return Commune.objects.get(pk=code)


@pytest.mark.parametrize(
    ("population", "size"),
    [
        (0, "village"), (1_999, "village"), (2_000, "bourg"), (9_999, "bourg"), (10_000, "ville"), (49_999, "ville"),
        (50_000, "grande_ville"), (199_999, "grande_ville"), (200_000, "metropole"), (2_103_778, "metropole"),
    ],
)  # fmt: skip
def test_the_size_of_a_commune_follows_its_inhabitants(population, size):
    assert Commune(population=population).size == size


@pytest.mark.parametrize("size", CommuneSize)
def test_the_communes_of_a_size_have_that_size(size):
    some = Commune.objects.of_size(size).order_by("?")[:20]
    assert some
    assert {one.size for one in some} == {size}


def test_every_commune_has_one_size():
    assert sum(Commune.objects.of_size(size).count() for size in CommuneSize) == Commune.objects.count()


def test_communes_of_like_size_have_half_to_twice_the_inhabitants():
    grenoble = commune("38185")
    like = Commune.objects.like_size(grenoble)
    assert grenoble not in like
    assert all(grenoble.population / 2 <= one.population <= grenoble.population * 2 for one in like)


def test_the_nearest_come_first_with_their_distance():
    grenoble = commune("38185")
    nearest = list(Commune.objects.exclude(pk=grenoble.pk).nearest_first(grenoble)[:10])
    assert nearest[0].km < 4
    assert [one.km for one in nearest] == sorted(one.km for one in nearest)
    assert all(one.km == pytest.approx(distance_km(grenoble, one), abs=1e-6) for one in nearest)


@pytest.mark.parametrize(
    ("one", "other", "km"), [("75056", "13055", 660), ("75056", "97411", 9_400), ("38185", "38185", 0)]
)
def test_distances_are_those_of_the_globe(one, other, km):
    assert distance_km(commune(one), commune(other)) == pytest.approx(km, rel=0.02)
    measured = Commune.objects.filter(pk=other).nearest_first(commune(one)).get()
    assert measured.km == pytest.approx(km, rel=0.02, abs=0.01)


def test_from_a_commune_without_coordinates_its_own_departement_comes_first():
    noumea = commune("98818")
    assert distance_km(noumea, commune("75056")) is None
    assert {one.departement_id for one in Commune.objects.nearest_first(noumea)[:20]} == {"988"}


def test_communes_without_coordinates_come_last():
    assert Commune.objects.filter(pk__in=["98818", "13055"]).nearest_first(commune("75056")).last().pk == "98818"


def test_every_departement_has_a_time_zone():
    zones = {one.code: one.time_zone.key for one in Departement.objects.all()}
    assert zones["75"] == zones["2A"] == "Europe/Paris"
    assert zones["974"] == "Indian/Reunion"
    assert zones["988"] == "Pacific/Noumea"
    assert sum(zone != "Europe/Paris" for zone in zones.values()) == 11


@pytest.mark.parametrize(
    ("code", "home"), [("75111", "75056"), ("59355", "59350"), ("38185", "38185"), ("2a004", "2A004")]
)
def test_an_old_code_leads_to_its_commune(code, home):
    assert Commune.objects.with_code(code).pk == home


def test_an_unknown_code_leads_nowhere():
    assert Commune.objects.with_code("99999") is None
