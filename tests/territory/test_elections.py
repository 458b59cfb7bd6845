from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from territory.models import Election, Phase, Round, RoundHours
from territory.seeding import seed_elections

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def seeded(db):
    Election.objects.all().delete()
    seed_elections()


@pytest.fixture
def municipales_2020():
    return Election.objects.get(slug="municipales-2020")


@pytest.fixture
def municipales_2026():
    return Election.objects.get(slug="municipales-2026")


def paris(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("slug", "moment", "phase"),
    [
        ("municipales-2026", "2025-03-14 23:59:59", "mandat"),
        ("municipales-2026", "2025-03-15 00:00:00", "avant"),
        ("municipales-2026", "2026-03-14 12:00:00", "avant"),
        ("municipales-2026", "2026-03-15 19:59:59", "avant"),
        ("municipales-2026", "2026-03-15 20:00:00", "entre_tours"),
        ("municipales-2026", "2026-03-22 19:59:59", "entre_tours"),
        ("municipales-2026", "2026-03-22 20:00:00", "premiere_annee"),
        # Clocks went forward on 29 March 2026, and 2020.
        ("municipales-2026", "2026-03-29 03:00:00", "premiere_annee"),
        ("municipales-2026", "2027-03-22 19:59:59", "premiere_annee"),
        ("municipales-2026", "2027-03-22 20:00:00", "mandat"),
        ("municipales-2020", "2019-03-14 23:59:59", "mandat"),
        ("municipales-2020", "2019-03-15 00:00:00", "avant"),
        ("municipales-2020", "2020-03-15 20:00:00", "entre_tours"),
        ("municipales-2020", "2020-03-29 01:59:59", "entre_tours"),
        ("municipales-2020", "2020-03-29 03:00:00", "entre_tours"),
        ("municipales-2020", "2020-06-28 19:59:59", "entre_tours"),
        ("municipales-2020", "2020-06-28 20:00:00", "premiere_annee"),
        ("municipales-2020", "2021-06-28 20:00:00", "mandat"),
    ],
)
def test_the_phase_follows_the_dates(slug, moment, phase):
    assert Election.objects.get(slug=slug).phase(paris(moment)) == phase


def test_the_phase_is_that_of_the_clock_of_paris_whatever_the_zone_of_the_moment(municipales_2020):
    # Summer time: the second round of 2020 closes at 18:00 UTC; the first, in winter, at 19:00 UTC.
    assert municipales_2020.phase(utc("2020-06-28 17:59")) == Phase.BETWEEN
    assert municipales_2020.phase(utc("2020-06-28 18:00")) == Phase.FIRST_YEAR
    assert municipales_2020.phase(utc("2020-03-15 18:59")) == Phase.BEFORE
    assert municipales_2020.phase(utc("2020-03-15 19:00")) == Phase.BETWEEN


def test_an_election_with_one_round_has_no_phase_between(municipales_2026):
    municipales_2026.rounds.filter(number=2).delete()
    election = Election.objects.get(pk=municipales_2026.pk)
    assert election.phase(paris("2026-03-15 19:59")) == Phase.BEFORE
    assert election.phase(paris("2026-03-15 20:00")) == Phase.FIRST_YEAR
    assert Election(name="Sans dates").phase() == Phase.MANDATE


def test_an_election_on_29_february_has_its_phases():
    election = Election.objects.create(name="Bissextile", slug="bissextile")
    Round.objects.create(election=election, number=1, date=date(2032, 2, 29))
    assert election.phase(paris("2031-02-28 00:00")) == Phase.BEFORE
    assert election.phase(paris("2033-02-28 20:00")) == Phase.MANDATE


@pytest.mark.parametrize(
    ("day", "slug"),
    [
        (date(2018, 1, 1), "municipales-2020"),
        (date(2019, 3, 15), "municipales-2020"),
        (date(2020, 6, 28), "municipales-2020"),
        (date(2025, 3, 14), "municipales-2020"),
        (date(2025, 3, 15), "municipales-2026"),
        (date(2026, 3, 22), "municipales-2026"),
        (date(2031, 1, 1), "municipales-2026"),
        (datetime(2025, 3, 14, 23, 30, tzinfo=UTC), "municipales-2026"),
    ],
)
def test_the_current_election_is_the_next_within_a_year_else_the_last(day, slug):
    assert Election.objects.current(day).slug == slug


def test_the_current_election_is_read_in_two_queries_with_its_phase(django_assert_num_queries):
    with django_assert_num_queries(2):
        election = Election.objects.current()
        assert election.phase() in Phase
        assert election.year in (2020, 2026)


def test_without_election_there_is_none():
    Election.objects.all().delete()
    assert Election.objects.current() is None
    Election.objects.create(name="Sans dates", slug="sans-dates")
    assert Election.objects.current() is None
    assert Election.objects.reserve_at(timezone.now()) is None


def test_a_partial_election_does_not_set_the_phase_of_the_site():
    partial = Election.objects.create(name="Partielle", slug="partielle", departement_id="38")
    Round.objects.create(election=partial, number=1, date=date(2027, 1, 17))
    assert Election.objects.current(date(2027, 1, 10)).slug == "municipales-2026"
    assert Election.objects.reserve_at(paris("2027-01-16 10:00"), "38").election == partial
    assert Election.objects.reserve_at(paris("2027-01-16 10:00")).election == partial
    assert Election.objects.reserve_at(paris("2027-01-16 10:00"), "69") is None
    # Only the hours of its own département count for what is published everywhere.
    assert Election.objects.reserve_at(paris("2027-01-15 23:59")) is None


# (moment in UTC, département or None for national, number of the round under réserve or None)
RESERVE = [
    # Metropolitan France, first round of 2026, winter time (UTC+1): from Friday 23:00 UTC to Sunday 19:00 UTC.
    ("2026-03-13 22:59:59", "75", None),
    ("2026-03-13 23:00:00", "75", 1),
    ("2026-03-14 12:00:00", "2A", 1),
    ("2026-03-15 18:59:59", "75", 1),
    ("2026-03-15 19:00:00", "75", None),
    ("2026-03-18 12:00:00", "75", None),
    # Second round, the same winter time.
    ("2026-03-20 22:59:59", "38", None),
    ("2026-03-20 23:00:00", "38", 2),
    ("2026-03-22 18:59:59", "38", 2),
    ("2026-03-22 19:00:00", "38", None),
    # Second round of 2020, summer time (UTC+2).
    ("2020-06-26 21:59:59", "59", None),
    ("2020-06-26 22:00:00", "59", 2),
    ("2020-06-28 17:59:59", "59", 2),
    ("2020-06-28 18:00:00", "59", None),
    # First round of 2020, winter time.
    ("2020-03-13 22:59:59", "59", None),
    ("2020-03-13 23:00:00", "59", 1),
    ("2020-03-15 18:59:59", "59", 1),
    ("2020-03-15 19:00:00", "59", None),
    # The clocks of 29 March change nothing to it.
    ("2026-03-28 12:00:00", "75", None),
    ("2020-03-29 01:00:00", "75", None),
    # La Réunion, UTC+4.
    ("2026-03-13 19:59:59", "974", None),
    ("2026-03-13 20:00:00", "974", 1),
    ("2026-03-15 15:59:59", "974", 1),
    ("2026-03-15 16:00:00", "974", None),
    ("2020-06-28 15:59:59", "974", 2),
    ("2020-06-28 16:00:00", "974", None),
    # Mayotte, UTC+3.
    ("2026-03-13 21:00:00", "976", 1),
    ("2026-03-15 17:00:00", "976", None),
    # Guadeloupe, UTC-4.
    ("2026-03-14 03:59:59", "971", None),
    ("2026-03-14 04:00:00", "971", 1),
    ("2026-03-15 23:59:59", "971", 1),
    ("2026-03-16 00:00:00", "971", None),
    # Guyane, UTC-3.
    ("2026-03-14 03:00:00", "973", 1),
    ("2026-03-15 23:00:00", "973", None),
    # Saint-Pierre-et-Miquelon, UTC-2 in summer since 8 March 2026.
    ("2026-03-14 02:00:00", "975", 1),
    ("2026-03-15 22:00:00", "975", None),
    # Nouvelle-Calédonie, UTC+11.
    ("2026-03-13 12:59:59", "988", None),
    ("2026-03-13 13:00:00", "988", 1),
    ("2026-03-15 08:59:59", "988", 1),
    ("2026-03-15 09:00:00", "988", None),
    # Wallis-et-Futuna, UTC+12; Polynésie, UTC-10.
    ("2026-03-13 12:00:00", "986", 1),
    ("2026-03-15 08:00:00", "986", None),
    ("2026-03-14 09:59:59", "987", None),
    ("2026-03-16 05:59:59", "987", 1),
    ("2026-03-16 06:00:00", "987", None),
    # National: from Wallis to Polynésie.
    ("2026-03-13 11:59:59", None, None),
    ("2026-03-13 12:00:00", None, 1),
    ("2026-03-15 19:00:00", None, 1),
    ("2026-03-16 05:59:59", None, 1),
    ("2026-03-16 06:00:00", None, None),
    ("2026-03-20 12:00:00", None, 2),
    ("2026-03-23 06:00:00", None, None),
]


@pytest.mark.parametrize(("moment", "departement", "number"), RESERVE)
def test_nothing_new_is_published_from_the_eve_to_the_close_of_the_polls(moment, departement, number):
    found = Election.objects.reserve_at(utc(moment), departement)
    assert (found.number if found else None) == number


def test_a_departement_may_close_at_its_own_hour(municipales_2026):
    first = municipales_2026.rounds.get(number=1)
    RoundHours.objects.create(round=first, departement_id="974", closes_at=time(18))
    assert first.reserve("974")[1] == utc("2026-03-15 14:00")
    assert first.reserve("75")[1] == utc("2026-03-15 19:00")
    assert Election.objects.reserve_at(utc("2026-03-15 14:00"), "974") is None
    assert Election.objects.reserve_at(utc("2026-03-22 14:00"), "974").number == 2
    # A later hour where the day ends last makes the national window longer.
    RoundHours.objects.create(round=first, departement_id="987", closes_at=time(21))
    assert Round.objects.get(pk=first.pk).reserve()[1] == utc("2026-03-16 07:00")


def test_the_general_hour_of_a_round_may_be_changed(municipales_2026):
    first = municipales_2026.rounds.get(number=1)
    first.closes_at = time(18)
    assert first.reserve("75")[1] == utc("2026-03-15 17:00")
    assert municipales_2026.rounds.get(number=2).reserve("75")[1] == utc("2026-03-22 19:00")


def test_the_reserve_is_told_in_local_time(municipales_2026):
    start, end = municipales_2026.rounds.get(number=1).reserve("974")
    assert start.isoformat() == "2026-03-14T00:00:00+04:00"
    assert end.isoformat() == "2026-03-15T20:00:00+04:00"


def test_far_from_any_vote_the_reserve_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert Election.objects.reserve_at(utc("2027-01-01 00:00")) is None


@pytest.mark.parametrize("number", [0, 3])
def test_a_round_is_the_first_or_the_second(municipales_2026, number):
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(election=municipales_2026, number=number, date=date(2026, 3, 29))


def test_a_round_is_held_once(municipales_2026):
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(election=municipales_2026, number=1, date=date(2026, 3, 29))


def test_what_an_administrator_changed_is_not_seeded_again(municipales_2020, municipales_2026):
    Round.objects.filter(election=municipales_2026, number=2).update(date=date(2026, 3, 29))
    municipales_2020.delete()
    assert seed_elections() == 0
    assert Election.objects.get().rounds.get(number=2).date == date(2026, 3, 29)
