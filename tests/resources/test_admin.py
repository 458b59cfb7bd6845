"""The lists of initiatives, resources and measures in the admin: what they show, find, filter and export."""

import csv
import datetime
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from home.roles import MODERATION, REDACTION
from resources.models import Authority, Measure, Status
from tests import factories

HOSTILE = '=HYPERLINK("http://exemple.test") <script>alert(1)</script>'


@pytest.fixture
def client(log_in):
    return log_in(MODERATION)


def listed(client, name, **query):
    response = client.get(reverse(f"{name}:index"), query)
    assert response.status_code == 200
    return [row.title for row in response.context["object_list"]]


def exported(client, name, **query):
    response = client.get(reverse(f"{name}:index"), query | {"export": "csv"})
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


# --- What they show ---------------------------------------------------------------------------------------------------
def test_an_initiative_shows_where_what_and_what_it_lacks(client, roles):
    factories.InitiativePageFactory(
        parent=roles.initiatives,
        title="Un toit",
        communes=["31555", "59350"],
        measures=roles.measures[:2],
        status=Status.ONGOING,
        checked_on=datetime.date(2019, 5, 3),
        means="<p>Trois salariés.</p>",
    )
    html = client.get(reverse("initiatives:index")).content.decode()
    for words in (
        "Toulouse (31), Lille (59)",
        "Accueil, Mineurs",
        "En cours",
        "03/05/2019",
        "À revérifier ; À compléter",
    ):
        assert words in html, words
    assert "moyens" not in html.split("À compléter")[1].split("</td>")[0]


def test_a_complete_and_fresh_card_asks_for_nothing(client, roles):
    factories.InitiativePageFactory(
        parent=roles.initiatives,
        checked_on=timezone.localdate(),
        started="2016",
        **dict.fromkeys(("means", "result", "did_not_work", "durability"), "<p>Dit.</p>"),
        sources='[{"type": "source", "value": {"title": "Le livret"}}]',
    )
    html = client.get(reverse("initiatives:index")).content.decode()
    assert "À compléter" not in html
    # The filter says it once.
    assert "À revérifier ;" not in html


def test_drafts_are_listed_for_those_who_write(log_in, roles):
    factories.InitiativePageFactory(parent=roles.initiatives, title="Brouillon", live=False)
    assert listed(log_in(REDACTION), "initiatives") == ["Brouillon"]


def test_a_resource_shows_its_formats(client, roles):
    factories.ResourcePageFactory(parent=roles.resources, documents=[factories.DocumentFactory()], title="Lettre")
    html = client.get(reverse("ressources:index")).content.decode()
    assert "TXT" in html
    assert "Guide" in html


def test_hostile_titles_are_only_text(client, roles):
    factories.InitiativePageFactory(parent=roles.initiatives, title=HOSTILE, slug="a")
    factories.ResourcePageFactory(parent=roles.resources, title=HOSTILE, slug="b")
    Measure.objects.filter(number=1).update(name=HOSTILE[:100], short_name=HOSTILE[:40])
    for name in ("initiatives", "ressources", "mesures"):
        assert "<script>alert" not in client.get(reverse(f"{name}:index")).content.decode()


# --- What they find ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["ecole", "école", "École", "ECOLE", "l’école", "éco", "ecole tous"])
def test_search_is_deaf_to_accents(client, roles, typed):
    factories.InitiativePageFactory(parent=roles.initiatives, title="L’École pour tous")
    factories.InitiativePageFactory(parent=roles.initiatives, title="Un toit")
    assert listed(client, "initiatives", q=typed) == ["L’École pour tous"]


@pytest.mark.parametrize("typed", ["hebergement", "hébergement"])
def test_the_search_of_all_pages_is_deaf_to_accents(client, roles, typed):
    factories.ResourcePageFactory(parent=roles.resources, title="Hébergement citoyen")
    response = client.get(reverse("wagtailadmin_pages:search"), {"q": typed})
    assert "Hébergement citoyen" in response.content.decode()
    found = client.get(reverse("wagtailadmin_explore", args=[roles.home.pk]), {"q": typed})
    assert "Hébergement citoyen" in found.content.decode()


@pytest.mark.parametrize("typed", ["\x00", "'", '"', "*", "%", "(", "a" * 10_000, "é\x00cole", "OR AND NOT", "-école"])
def test_hostile_searches_break_nothing(client, roles, typed):
    for name in ("initiatives", "ressources"):
        listed(client, name, q=typed)


@pytest.fixture
def cards(roles):
    today = timezone.localdate()
    make = factories.InitiativePageFactory
    make(
        parent=roles.initiatives,
        title="Toulouse",
        communes=["31555"],
        measures=roles.measures[:2],
        status=Status.ONGOING,
        authority=Authority.COMMUNE,
        in_booklet=True,
        checked_on=today,
    )
    make(
        parent=roles.initiatives,
        title="Lille",
        communes=["59350"],
        measures=[roles.measures[2]],
        status=Status.ENDED,
        authority=Authority.ETAT,
        checked_on=today - datetime.timedelta(days=600),
        live=False,
    )


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"measure": 1}, ["Toulouse"]),
        ({"measure": [1, 2]}, ["Toulouse"]),
        ({"measure": [2, 3]}, ["Lille", "Toulouse"]),
        ({"status": "terminee"}, ["Lille"]),
        ({"authority": ["commune", "etat"]}, ["Lille", "Toulouse"]),
        ({"departement": "31"}, ["Toulouse"]),
        ({"stale": "true"}, ["Lille"]),
        ({"stale": "false"}, ["Toulouse"]),
        ({"in_booklet": "true"}, ["Toulouse"]),
        ({"live": "false"}, ["Lille"]),
        ({"departement": "31", "status": "terminee"}, []),
        ({"q": "lille", "live": "false"}, ["Lille"]),
        ({"departement": "99", "status": "n’importe quoi", "measure": "x"}, ["Lille", "Toulouse"]),
    ],
)
def test_initiatives_are_filtered(client, cards, query, titles):
    if "measure" in query and query["measure"] != "x":
        numbers = query["measure"] if isinstance(query["measure"], list) else [query["measure"]]
        query = query | {"measure": [Measure.objects.get(number=number).pk for number in numbers]}
    assert sorted(listed(client, "initiatives", **query)) == titles


def test_resources_are_filtered(client, roles):
    new = factories.ResourcePageFactory(parent=roles.resources, title="Nouvelle", measures=roles.measures[:1])
    factories.ResourcePageFactory(
        parent=roles.resources, title="Ancienne", replaced_by=new, kind="tract", language="en"
    )
    assert listed(client, "ressources", replaced="true") == ["Ancienne"]
    assert listed(client, "ressources", replaced="false") == ["Nouvelle"]
    assert listed(client, "ressources", kind="tract", language="en") == ["Ancienne"]
    assert listed(client, "ressources", measure=roles.measures[0].pk) == ["Nouvelle"]


@pytest.mark.parametrize(
    ("name", "orders"),
    [
        ("initiatives", ["title", "status", "checked_on", "live"]),
        ("ressources", ["title", "kind", "checked_on", "live"]),
    ],
)
def test_columns_sort(client, roles, cards, name, orders):
    for order in orders:
        up, down = (listed(client, name, ordering=sign + order) for sign in ("", "-"))
        assert up == down[::-1]


# --- What they export -------------------------------------------------------------------------------------------------
def test_the_export_follows_the_filters_and_speaks_french(client, cards):
    rows = exported(client, "initiatives", status="en_cours")
    assert len(rows) == 1
    row = rows[0]
    assert row["Titre"] == "Toulouse"
    assert row["Communes"] == "Toulouse (31)"
    assert row["Codes INSEE"] == "31555"
    assert row["Mesures"] == "Accueil, Mineurs"
    assert row["Dans le livret"] == "oui"
    assert row["Adresse"].startswith("http://testserver/initiatives/toulouse")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_exported_cell_is_a_formula(client, roles, start):
    factories.ResourcePageFactory(parent=roles.resources, title="x", publisher=f"{start}1+1")
    publisher = next(value for heading, value in exported(client, "ressources")[0].items() if heading == "Éditeur")
    assert publisher.startswith("'")


def test_an_xlsx_export_holds_text_and_survives_control_characters(client, roles):
    factories.ResourcePageFactory(parent=roles.resources, title=HOSTILE + "\x07", slug="x")
    response = client.get(reverse("ressources:index"), {"export": "xlsx"})
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active)
    assert rows[1][0].value == HOSTILE + " "
    assert not any(cell.data_type == "f" for row in rows for cell in row)


# --- Their cost -------------------------------------------------------------------------------------------------------
def cost(client, name, django_assert_max_num_queries, **query):
    with django_assert_max_num_queries(1000) as captured:
        response = client.get(reverse(f"{name}:index"), query)
        if response.streaming:
            b"".join(response.streaming_content)
    return len(captured)


# name: queries for the list, and for its exports
PINNED = {"initiatives": (26, 17), "ressources": (23, 15), "mesures": (12, 7)}


def test_lists_and_exports_cost_the_same_for_one_row_or_a_dozen(client, roles, django_assert_max_num_queries):
    def fill(count):
        for _row in range(count):
            factories.InitiativePageFactory(
                parent=roles.initiatives, communes=["31555", "59350"], measures=roles.measures
            )
            documents = [factories.DocumentFactory(), factories.DocumentFactory()]
            body = '[{"type": "text", "value": "<p>Écrit ici.</p>"}]'
            factories.ResourcePageFactory(
                parent=roles.resources, measures=roles.measures, documents=documents, body=body
            )

    def costs():
        return {
            name: tuple(cost(client, name, django_assert_max_num_queries, **query) for query in ({}, {"export": "csv"}))
            for name in PINNED
        }

    fill(1)
    costs()  # fills the caches of sites and content types
    one = costs()
    fill(11)
    assert costs() == one
    assert all(spent <= pinned for name in PINNED for spent, pinned in zip(one[name], PINNED[name], strict=True)), one


# --- Measures ---------------------------------------------------------------------------------------------------------
def measure_form(**changes):
    return {
        "number": "6",
        "name": "Droit de vote",
        "short_name": "Vote",
        "slug": "droit-de-vote",
        "colour": "vert",
    } | changes


def test_moderation_adds_and_changes_a_measure(client):
    assert client.post(reverse("mesures:add"), measure_form()).status_code == 302
    measure = Measure.objects.get(number=6)
    client.post(reverse("mesures:edit", args=[measure.pk]), measure_form(short_name="Voter"))
    measure.refresh_from_db()
    assert measure.short_name == "Voter"


def test_two_measures_never_have_the_same_number_or_name(client):
    response = client.post(reverse("mesures:add"), measure_form(number="1", name="Mineurs isolés"))
    assert set(response.context["form"].errors) == {"number", "name"}


def test_the_form_of_a_measure_explains_its_fields(client):
    html = client.get(reverse("mesures:add")).content.decode()
    for words in ("L’ordre de l’argumentaire", "Un à trois mots", "casse les liens"):
        assert words in html


@pytest.mark.parametrize("use", ["page", "initiative", "resource", None])
def test_a_measure_in_use_is_not_deleted(client, roles, use):
    measure = factories.MeasureFactory(number=9)
    if use == "page":
        factories.MeasurePageFactory(parent=roles.argument, measure=measure)
    elif use == "initiative":
        factories.InitiativePageFactory(parent=roles.initiatives, measures=[measure], live=False)
    elif use == "resource":
        factories.ResourcePageFactory(parent=roles.resources, measures=[measure])
    address = reverse("mesures:delete", args=[measure.pk])
    asked = client.get(address)
    response = client.post(address, follow=True)
    assert Measure.objects.filter(number=9).exists() is (use is not None)
    assert ("sert encore" in response.content.decode()) is (use is not None)
    assert asked.status_code == (200 if use is None else 302)
