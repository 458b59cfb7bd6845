"""The calendars, read back by the library that phones' and Thunderbird's makers test theirs with."""

import uuid
from datetime import UTC, date, datetime, time

import icalendar
import pytest

from assemblies.models import EventPage
from tests.factories import (
    AssemblyFactory,
    AssemblyIndexPageFactory,
    AssemblyPageFactory,
    EventIndexPageFactory,
    EventPageFactory,
)


@pytest.fixture
def index(site):
    return EventIndexPageFactory(parent=site.home)


def publish(page, **values):
    page = EventPage.objects.get(pk=page.pk)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return EventPage.objects.get(pk=page.pk)


def read(client, address="/agenda.ics"):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(response.content)


def events(client, address="/agenda.ics"):
    return list(read(client, address).events)


def titles(client, query=""):
    return [str(event["SUMMARY"]) for event in events(client, f"/agenda.ics{query}")]


def test_a_calendar_has_a_name_and_its_events(index, client):
    page = EventPageFactory(
        parent=index, title="Débat : l’accueil, à Toulouse", place_name="Bourse du travail", end_time=time(20),
        summary="Un résumé ; avec, des signes\nsur deux lignes.", organisers="EGM 31",
    )  # fmt: skip
    calendar = read(client)
    assert calendar["X-WR-CALNAME"] == "Agenda — Communes accueillantes"
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    (event,) = calendar.events
    assert uuid.UUID(event["UID"]) == page.uid
    assert event["SUMMARY"] == "Débat\xa0: l’accueil, à Toulouse"
    assert event["LOCATION"] == "Bourse du travail, Toulouse"
    assert event["STATUS"] == "CONFIRMED"
    assert event.start == datetime(2027, 1, 9, 17, 30, tzinfo=UTC)
    assert event.end == datetime(2027, 1, 9, 19, tzinfo=UTC)
    assert "sur deux lignes." in event["DESCRIPTION"]
    assert "EGM 31" in event["DESCRIPTION"]
    assert event["URL"] == page.absolute_url


@pytest.mark.parametrize(
    ("commune", "zone", "offset"),
    [
        ("31555", "Europe/Paris", 1),
        ("97411", "Indian/Reunion", 4),
        ("97105", "America/Guadeloupe", -4),
        ("98818", "Pacific/Noumea", 11),
        ("97608", "Indian/Mayotte", 3),
    ],
)
def test_an_hour_comes_with_its_clock_and_the_rules_of_it(index, client, commune, zone, offset):
    EventPageFactory(parent=index, commune=commune)
    calendar = read(client)
    (event,) = calendar.events
    assert event["DTSTART"].params["TZID"] == zone
    assert event.start.replace(tzinfo=None) == datetime(2027, 1, 9, 18, 30)
    assert event.start.utcoffset().total_seconds() == offset * 3600
    assert [str(one["TZID"]) for one in calendar.timezones] == [zone]


def test_lines_are_folded_within_75_bytes_and_in_utf_8(index, client):
    EventPageFactory(parent=index, title="é" * 200, summary="à" * 290)
    lines = client.get("/agenda.ics").content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines if line)


def test_the_same_events_give_the_same_bytes_and_a_validator(index, client):
    EventPageFactory(parent=index)
    EventPageFactory(parent=index, commune="97411")
    first = client.get("/agenda.ics?x=1")
    assert client.get("/agenda.ics?x=2").content == first.content
    assert client.get("/agenda.ics?x=1", headers={"if-none-match": first["ETag"]}).status_code == 304
    assert first["Access-Control-Allow-Origin"] == "*"
    assert not first.cookies


def test_a_moved_event_is_the_same_entry_at_its_new_hour(index, client):
    page = EventPageFactory(parent=index)
    (before,) = events(client)
    publish(page, status="reporte", new_date=date(2027, 1, 16))
    (after,) = events(client)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["STATUS"] == "CONFIRMED"
    assert after.start == datetime(2027, 1, 16, 17, 30, tzinfo=UTC)
    assert "D’abord annoncé" in after["DESCRIPTION"]
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt


def test_a_cancelled_event_and_one_without_a_date_yet_cancel_their_entry(index, client):
    page = EventPageFactory(parent=index, title="Débat")
    publish(page, status="reporte")
    (entry,) = events(client)
    assert (entry["STATUS"], entry["SUMMARY"], entry["SEQUENCE"]) == ("CANCELLED", "Reporté\xa0: Débat", 1)
    assert "Reporté à une date à venir" in entry["DESCRIPTION"]
    publish(page, status="reporte", new_date=date(2027, 2, 6))
    (entry,) = events(client)
    assert (entry["STATUS"], entry["SUMMARY"], entry["SEQUENCE"]) == ("CONFIRMED", "Débat", 2)
    publish(page, status="annule", new_date=date(2027, 2, 6))
    (entry,) = events(client)
    assert (entry["STATUS"], entry["SUMMARY"], entry["SEQUENCE"]) == ("CANCELLED", "Annulé\xa0: Débat", 3)


def test_past_events_are_there_and_proposed_ones_are_not(index, client):
    EventPageFactory(parent=index, title="passé", date=date(2020, 3, 2))
    EventPageFactory(parent=index, title="proposé", status="propose")
    EventPageFactory(parent=index, title="brouillon", live=False)
    assert titles(client) == ["passé"]


def test_by_departement_and_by_assembly(index, site, client):
    assembly = AssemblyFactory(slug="egm-31")
    page = AssemblyPageFactory(
        parent=AssemblyIndexPageFactory(parent=site.home), assembly=assembly, slug="autre-nom", title="EGM 31"
    )
    EventPageFactory(parent=EventIndexPageFactory(parent=page), title="local", date=date(2027, 1, 1))
    EventPageFactory(parent=index, title="Lyon", commune="69123")
    assert titles(client, "?departement=69") == ["Lyon"]
    assert titles(client, "?assemblee=egm-31") == ["local"]
    assert str(read(client, "/agenda.ics?assemblee=egm-31")["X-WR-CALNAME"]).endswith("EGM 31")
    for query in ("?departement=zz", "?assemblee=%00", "?departement=" + "9" * 5000, "?assemblee=zz"):
        assert titles(client, query) == ["local", "Lyon"]


def test_one_event_has_a_file_of_its_own(index, client):
    page = EventPageFactory(parent=index, slug="debat", status="propose")
    (event,) = events(client, "/agenda/debat/evenement.ics")
    assert uuid.UUID(event["UID"]) == page.uid
    assert event["STATUS"] == "TENTATIVE"
    assert client.get("/agenda/evenement.ics").status_code == 404
    assert client.get("/agenda/rien/evenement.ics").status_code == 404
    assert client.get("/initiatives/evenement.ics").status_code == 404
    page.unpublish()
    assert client.get("/agenda/debat/evenement.ics").status_code == 404


def test_a_calendar_of_many_costs_as_few_queries_as_one_of_few(index, client, django_assert_max_num_queries):
    for number in range(8):
        EventPageFactory(parent=index, commune=["31555", "69123"][number % 2])
    client.get("/agenda.ics")
    with django_assert_max_num_queries(6):
        client.get("/agenda.ics?x=1")
