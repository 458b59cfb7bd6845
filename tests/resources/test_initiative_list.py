"""The list of initiatives: filters in combination, never empty, the same in its exports; queries pinned."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resources.maps import MAX_MARKS, initiative_marks
from resources.models import Alternance, Authority, InitiativePage, Status
from tests.factories import InitiativePageFactory, many_initiatives


def plain(response):
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


@pytest.fixture
def cards(site):
    first, second = site.measures[:2]
    return {
        "grenoble": InitiativePageFactory(
            parent=site.initiatives, title="Grenoble : un conseil", communes=["38185"], measures=[second],
            status=Status.ONGOING, in_booklet=True, alternance=Alternance.SURVIVED,
        ),
        "lyon": InitiativePageFactory(
            parent=site.initiatives, title="Lyon : des places", communes=["69123"], measures=[first, second],
            status=Status.ENDED, authority=Authority.INTERCOMMUNALITE,
        ),
        "pessat": InitiativePageFactory(
            parent=site.initiatives, title="Pessat : un village", communes=["63278"], measures=[first],
        ),
    }  # fmt: skip


def titles(response):
    return {card.title.split(" ")[0] for card in response.context["filters"].items}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"Grenoble", "Lyon", "Pessat"}),
        ("mesure=mesure-1", {"Lyon", "Pessat"}),
        ("mesure=mesure-1&mesure=mesure-2", {"Grenoble", "Lyon", "Pessat"}),
        ("mesure=mesure-1&statut=terminee", {"Lyon"}),
        ("competence=intercommunalite", {"Lyon"}),
        ("taille=village", {"Pessat"}),
        ("departement=38", {"Grenoble"}),
        ("region=84", {"Grenoble", "Lyon", "Pessat"}),
        ("livret=oui", {"Grenoble"}),
        ("alternance=oui&livret=oui", {"Grenoble"}),
        ("commune=38185", {"Grenoble"}),
        ("commune=grenobl", {"Grenoble"}),
        ("commune=38185&mesure=mesure-2", {"Grenoble"}),
        ("q=conseil", {"Grenoble"}),
        ("q=places&departement=69", {"Lyon"}),
    ],
)
def test_filters_combine(cards, client, query, expected):
    response = client.get("/initiatives/?" + query)
    assert titles(response) == expected
    assert response.context["filters"].count == len(expected)


def test_what_was_typed_as_a_commune_is_said(cards, client):
    text = plain(client.get("/initiatives/?commune=saint-denis"))
    assert "Résultats pour Saint-Denis" in text
    assert "Autres réponses :" in text


def test_the_list_is_never_empty(cards, client):
    text = plain(client.get("/initiatives/?commune=38421"))  # Saint-Martin-d'Hères, beside Grenoble
    assert "Grenoble : un conseil" in text
    assert "à 2 km" in text
    assert "Que demander à Saint-Martin-d’Hères ?" in text
    text = plain(client.get("/initiatives/?statut=annulee"))
    assert "Aucune initiative ne répond à ce critère" in text
    text = plain(client.get("/initiatives/?statut=annulee&livret=oui"))
    assert "Aucune initiative ne réunit tous ces critères" in text
    assert "Lyon : des places" in text


def test_sorting_and_pages(site, client):
    many_initiatives(site.initiatives, 45)
    first = client.get("/initiatives/?tri=titre")
    assert [card.title for card in first.context["filters"].items] == sorted(
        card.title for card in first.context["filters"].items
    )
    seen = set()
    for number in range(1, first.context["filters"].page.paginator.num_pages + 1):
        seen |= {card.pk for card in client.get(f"/initiatives/?tri=titre&page={number}").context["filters"].items}
    assert len(seen) == 45


def test_exports_hold_exactly_what_the_list_shows(cards, client):
    for query in ("", "mesure=mesure-1", "commune=grenobl", "q=conseil", "statut=annulee"):
        shown = set(client.get("/initiatives/?" + query).context["filters"].pks)
        features = json.loads(b"".join(client.get("/initiatives.geojson?" + query).streaming_content))["features"]
        assert {int(feature["id"].split("-")[0]) for feature in features} == shown
        text = b"".join(client.get("/initiatives.csv?" + query).streaming_content).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        assert {row["titre"] for row in rows} == {card.title for card in cards.values() if card.pk in shown}


def test_an_export_read_again_is_not_sent_again(cards, client):
    for address in ("/initiatives.csv", "/initiatives.geojson?mesure=mesure-1"):
        etag = client.get(address)["ETag"]
        assert client.get(address, headers={"if-none-match": etag}).status_code == 304


def test_zero_takes_the_singular(site, client):
    assert "0 initiative<" in plain(client.get("/initiatives/"))
    assert "0 exemple," in plain(client.get("/"))


def test_a_spreadsheet_runs_nothing_from_the_csv(site, client):
    InitiativePageFactory(parent=site.initiatives, title="=HYPERLINK(1)", summary="+1", partners="@x\n-y")
    text = b"".join(client.get("/initiatives.csv").streaming_content).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())
    assert text.startswith("insee;commune;")


def test_labels_of_stale_and_incomplete_cards(site, client):
    card = InitiativePageFactory(parent=site.initiatives, title="Vieille fiche", checked_on="2020-01-01")
    text = plain(client.get(card.url))
    assert "À revérifier" in text
    assert "Fiche incomplète" in text
    assert "Manque encore" in text
    assert InitiativePage.objects.stale().get() == card


@pytest.mark.parametrize("number", [10, 1000])
def test_the_filtered_list_takes_the_same_few_queries_at_any_size(site, client, number):
    many_initiatives(site.initiatives, number, searchable=True)
    # What a process keeps for a generation: the look-up, the facets, the places.
    client.get("/initiatives/?departement=38&commune=38185&statut=annulee")

    def queries(address):
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
        assert response.status_code == 200
        return response.context["filters"].count, len(captured)

    assert queries("/initiatives/?mesure=mesure-1&tri=titre")[1] == 9
    count, found = queries("/initiatives/?q=fiche&mesure=mesure-1&mesure=mesure-2&statut=en_cours")
    assert (count > 0, found) == (True, 10)
    count, empty = queries("/initiatives/?commune=vileurbane&q=introuvable&mesure=mesure-1&livret=oui&page=3")
    assert (count, empty) == (0, 11)


class TestMap:
    def test_few_cards_are_marked_by_commune_in_the_colour_of_their_measure(self, cards, rf):
        marks = initiative_marks(rf.get("/"))
        assert {mark.label for mark in marks} == {
            "Grenoble : 1 initiative", "Lyon : 1 initiative", "Pessat-Villeneuve : 1 initiative",
        }  # fmt: skip
        assert next(mark for mark in marks if "Pessat" in mark.label).colour == "brique"

    def test_many_cards_are_marked_by_departement_and_never_more_than_sixty(self, site, rf):
        many_initiatives(site.initiatives, 400)
        marks = initiative_marks(rf.get("/"))
        assert 0 < len(marks) <= MAX_MARKS
        assert sum(mark.count for mark in marks) == 400

    def test_a_place_without_coordinates_is_in_the_list_and_not_on_the_map(self, site, client, rf):
        many_initiatives(site.initiatives, 70)
        InitiativePageFactory(parent=site.initiatives, title="Nouméa : exemple", communes=["98818"])
        assert sum(mark.count for mark in initiative_marks(rf.get("/"))) == 70
        for address in ("/", "/initiatives/", "/initiatives/?commune=98818", "/communes/98818-noumea/"):
            assert client.get(address).status_code == 200
        feature = json.loads(b"".join(client.get("/initiatives.geojson?commune=98818").streaming_content))["features"][
            0
        ]
        assert feature["geometry"] is None

    def test_a_mark_leads_to_what_it_counts(self, cards, client, rf):
        for mark in initiative_marks(rf.get("/")):
            assert client.get(mark.url).context["filters"].count == mark.count
