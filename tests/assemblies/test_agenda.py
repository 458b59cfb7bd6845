"""The agenda as visitors ask for it, and what other pages show of it."""

from datetime import time, timedelta
from html import unescape

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assemblies.agenda import MAX_MARKS, Agenda
from assemblies.models import EventIndexPage, EventPage
from home.caching import generation
from territory.models import Commune
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


@pytest.fixture
def local(site, index):
    """The agenda of an assembly, EGM 31."""
    directory = AssemblyIndexPageFactory(parent=site.home)
    assembly = AssemblyFactory(name="EGM 31", slug="egm-31", departements=["31"])
    page = AssemblyPageFactory(parent=directory, assembly=assembly, title="EGM 31", slug="egm-31")
    return EventIndexPageFactory(parent=page)


def days(number):
    return timezone.localdate() + timedelta(days=number)


def words(response):
    text = response if isinstance(response, str) else response.content.decode()
    return unescape(text).replace("\xa0", " ").replace("\u202f", " ")


def titles(client, query=""):
    return [event.title for event in client.get(f"/agenda/?{query}").context["agenda"].items]


def test_what_is_to_come_is_first_and_the_past_is_an_archive(index, client):
    for number in (20, 3, -5, -40):
        EventPageFactory(parent=index, title=str(number), date=days(number))
    assert titles(client) == ["3", "20"]
    assert titles(client, "periode=passes") == ["-5", "-40"]


def test_an_event_is_to_come_until_it_ends(index, client):
    now = timezone.localtime()
    begun = now - timedelta(hours=2)
    EventPageFactory(parent=index, title="sans fin", date=begun.date(), start_time=begun.time())
    over = EventPageFactory(parent=index, title="fini", date=begun.date(), start_time=begun.time())
    EventPage.objects.filter(pk=over.pk).update(ends_at=now - timedelta(minutes=1))
    long = EventPageFactory(parent=index, title="long", date=days(-3))
    EventPage.objects.filter(pk=long.pk).update(ends_at=now + timedelta(days=1))
    assert titles(client) == ["long", "sans fin"]
    assert titles(client, "periode=passes") == ["fini"]


def test_cancelled_and_put_off_stay_and_what_has_no_date_yet_comes_last(index, client):
    EventPageFactory(parent=index, title="annulé", date=days(5), status="annule")
    EventPageFactory(parent=index, title="à venir", date=days(-20), status="reporte")
    EventPageFactory(parent=index, title="reporté", date=days(-20), status="reporte", new_date=days(9))
    EventPageFactory(parent=index, title="oublié", date=days(-400), status="reporte")
    assert titles(client) == ["annulé", "reporté", "à venir"]
    text = words(client.get("/agenda/"))
    assert "Reporté à une date à venir" in text
    assert "Annulé" in text


def test_drafts_and_private_pages_are_not_listed(index, client):
    EventPageFactory(parent=index, title="Brouillon secret", date=days(5), live=False)
    assert titles(client) == []
    assert "Brouillon secret" not in words(client.get("/agenda.ics"))


def test_the_agenda_of_the_country_shows_all_and_an_assembly_its_own(index, local, client):
    EventPageFactory(parent=index, title="national", date=days(5))
    event = EventPageFactory(parent=local, title="local", date=days(6), slug="local")
    assert event.url == "/assemblees/egm-31/agenda/local/"
    assert titles(client) == ["national", "local"]
    assert titles(client, "assemblee=egm-31") == ["local"]
    assert event.assembly.slug == "egm-31"
    response = client.get("/assemblees/egm-31/agenda/")
    assert [one.title for one in response.context["agenda"].items] == ["local"]
    assert "/agenda.ics?assemblee=egm-31" in words(response)
    assert "EGM 31" in words(client.get("/agenda/"))


def test_filters_by_place(index, client):
    EventPageFactory(parent=index, title="Toulouse", date=days(5))
    EventPageFactory(parent=index, title="Muret", date=days(6), commune="31395")
    EventPageFactory(parent=index, title="Lyon", date=days(7), commune="69123")
    EventPageFactory(parent=index, title="En ligne", date=days(8), commune=None, online_url="https://example.org/")
    assert titles(client, "departement=31") == ["Toulouse", "Muret"]
    assert titles(client, "region=84") == ["Lyon"]
    assert titles(client, "commune=31555") == ["Toulouse"]
    assert titles(client, "commune=31555&departement=69") == []
    assert titles(client, "q=lyon") == ["Lyon"]


def test_a_commune_typed_with_errors_is_understood_and_said(index, client):
    EventPageFactory(parent=index, title="Toulouse", date=days(5))
    response = client.get("/agenda/?commune=touloouse")
    assert [event.title for event in response.context["agenda"].items] == ["Toulouse"]
    assert "Résultats pour Toulouse (Haute-Garonne)." in words(response)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("departement=00", "« 00 » : valeur inconnue ou de trop pour « Département », ignorée."),
        ("region=zz", "« zz » : valeur inconnue"),
        ("assemblee=zz", "« zz » : valeur inconnue"),
        ("periode=zz", "« zz » : valeur inconnue"),
        ("commune=xqzzyw", "Aucune commune ne ressemble à « xqzzyw »"),
        ("page=77", "Cette page n’existe pas : voici la page 1."),
        ("page=zz", "Cette page n’existe pas : voici la page 1."),
    ],
)
def test_a_bad_value_is_ignored_and_said(index, client, query, said):
    EventPageFactory(parent=index, title="Toulouse", date=days(5))
    response = client.get(f"/agenda/?{query}")
    assert response.status_code == 200
    assert said in words(response)
    assert [event.title for event in response.context["agenda"].items] == ["Toulouse"]


def test_an_empty_agenda_proposes_what_to_do(index, client):
    text = words(client.get("/agenda/?departement=31"))
    assert "Aucun rendez-vous à venir ne répond à cette demande." in text
    assert 'href="/agenda/?departement=31&periode=passes"' in text
    assert 'href="webcal://testserver/agenda.ics?departement=31"' in text
    assert 'href="/agenda/proposer/"' in text


def test_pages_of_twenty_keep_the_filters(index, client):
    for number in range(23):
        EventPageFactory(parent=index, title=f"{number:02}", date=days(number + 1))
    response = client.get("/agenda/?departement=31&page=2")
    assert [event.title for event in response.context["agenda"].items] == ["20", "21", "22"]
    assert "23 rendez-vous à venir" in words(response)
    assert 'href="?departement=31&page=1"' in words(response)


def test_the_map_has_a_mark_a_commune_then_a_departement(index, client, rf):
    for commune in ("31555", "31555", "69123"):
        EventPageFactory(parent=index, date=days(5), commune=commune)
    marks = client.get("/agenda/").context["agenda"].marks
    assert {mark.label: mark.url for mark in marks} == {
        "Toulouse : 2 rendez-vous": "/agenda/?commune=31555",
        "Lyon : 1 rendez-vous": "/agenda/?commune=69123",
    }
    rows = Commune.objects.filter(departement="31").exclude(longitude=None)[: MAX_MARKS + 1]
    agenda = Agenda(rf.get("/agenda/"), EventIndexPage.objects.get(pk=index.pk))
    place = agenda.rows[0][1]
    agenda.rows = [
        (0, type(place)(row.insee, row.name, "31", row.longitude, row.latitude, row.population)) for row in rows
    ]
    (mark,) = agenda.marks
    assert (mark.count, mark.url) == (MAX_MARKS + 1, "/agenda/?departement=31")


def test_an_event_of_the_pacific_is_listed_without_a_mark(index, client):
    EventPageFactory(parent=index, title="Nouméa", date=days(5), commune="98818")
    agenda = client.get("/agenda/").context["agenda"]
    assert agenda.count == 1
    assert agenda.marks == []


def test_the_list_takes_as_many_queries_with_two_events_as_with_twenty(index, client, local):
    def queries(query):
        client.get("/agenda/" + query)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/agenda/" + query + "&x=1").status_code == 200
        return len(captured)

    query = "?departement=31&q=debat&commune=toulouse"
    EventPageFactory(parent=index, date=days(5))
    few = queries(query), queries("?")
    for number in range(15):
        EventPageFactory(parent=local if number % 2 else index, date=days(number + 1))
    assert (queries(query), queries("?")) == few
    assert max(few) <= 10


# --- On other pages -------------------------------------------------------------------------------------------------------
def drawn(tag, **context):
    request = RequestFactory().get("/")
    request.generation = generation()
    return words(Template("{% load agenda %}{% " + tag + " %}").render(Context({"request": request, **context})))


def test_the_home_page_shows_the_next_ones_and_follows_the_clock(index, client, monkeypatch):
    for number in range(1, 7):
        EventPageFactory(parent=index, title=f"Débat {number}", date=days(number), start_time=time(12))
    assert "Débat 1" in words(client.get("/"))
    assert "Débat 4" not in words(client.get("/"))
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    text = drawn("next_events")
    assert "Débat 1" not in text
    assert "Débat 4" in text


def test_without_an_agenda_the_home_page_says_nothing_of_it(site, client):
    assert "Prochains rendez-vous" not in words(client.get("/"))


def test_ma_commune_shows_its_events_then_those_of_the_departement(index, client, django_assert_num_queries):
    EventPageFactory(parent=index, title="Ici bientôt", date=days(5))
    EventPageFactory(parent=index, title="Ici jadis", date=days(-5))
    EventPageFactory(parent=index, title="À Muret", date=days(6), commune="31395")
    EventPageFactory(parent=index, title="À Lyon", date=days(6), commune="69123")
    text = words(client.get("/communes/31555-toulouse/"))
    assert text.index("Ici bientôt") < text.index("À Muret") < text.index("Ici jadis")
    assert "À Lyon" not in text
    commune = Commune.objects.with_places().get(pk="31555")
    with django_assert_num_queries(3):
        # The generation, what comes, what is past: the rest is kept.
        assert "Ici bientôt" in drawn("commune_events commune", commune=commune)
    assert "Aucun rendez-vous n’est annoncé au Havre." in words(client.get("/communes/76351-le-havre/"))


def test_an_assembly_shows_its_own(local, index, client):
    EventPageFactory(parent=local, title="local à venir", date=days(5))
    EventPageFactory(parent=local, title="local passé", date=days(-5))
    EventPageFactory(parent=index, title="national", date=days(5))
    assembly = local.get_parent().specific.assembly
    text = drawn("assembly_events assembly", assembly=assembly)
    assert text.index("local à venir") < text.index("local passé")
    assert "national" not in text
    assert 'href="/assemblees/egm-31/agenda/"' in text
