import json

import pytest

from territory.models import Commune

pytestmark = pytest.mark.django_db
HOSTILE = ["", "zzzzqqq", "\x00", "é" * 3_000, "<script>", "%00", "'; DROP TABLE", "😀", "1" * 500]


@pytest.fixture
def pages(settings, tmp_path):
    """The two pages of this app, bare: their full templates show what upper apps tell of a commune."""
    (tmp_path / "territory").mkdir()
    (tmp_path / "territory" / "commune_index.html").write_text(
        "{{ form.q }}{% for one in results %}[{{ one.name }}]{% endfor %}"
    )
    (tmp_path / "territory" / "commune_page.html").write_text(
        "{{ commune.name }}, {{ commune.departement.region.name }}"
    )
    first, *rest = settings.TEMPLATES
    settings.TEMPLATES = [first | {"DIRS": [tmp_path, *first["DIRS"]]}, *rest]


def answers(client, **parameters):
    response = client.get("/api/communes/", parameters)
    assert response.status_code == 200
    return json.loads(response.content)["results"]


def test_the_api_gives_what_the_contract_says(client):
    response = client.get("/api/communes/", {"q": "grenoble", "limit": 1})
    assert response.json() == {
        "results": [
            {
                "insee": "38185",
                "nom": "Grenoble",
                "departement": "Isère",
                "region": "Auvergne-Rhône-Alpes",
                "population": Commune.objects.get(pk="38185").population,
                "codes_postaux": ["38000", "38100"],
                "url": "/communes/38185-grenoble/",
            }
        ]
    }
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "public" in response["Cache-Control"]
    assert not response.cookies


@pytest.mark.parametrize(
    ("limit", "count"),
    [("", 10), ("1", 1), ("50", 50), ("51", 10), ("0", 10), ("-1", 10), ("x", 10), ("1e3", 10), ("3.5", 10)],
)
def test_a_bad_limit_is_the_default(client, limit, count):
    assert len(answers(client, q="saint", limit=limit)) == count


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_queries_are_answered(client, pages, query):
    assert isinstance(answers(client, q=query), list)
    assert client.get("/communes/", {"q": query}).status_code == 200


def test_the_api_reads_only(client):
    assert client.head("/api/communes/?q=lyon").status_code == 200
    assert client.post("/api/communes/", {"q": "lyon"}).status_code == 405


def test_the_api_costs_at_most_three_queries(client, django_assert_max_num_queries):
    answers(client, q="lyon")
    with django_assert_max_num_queries(3):
        answers(client, q="villurbane")


def test_a_name_that_is_one_commune_s_only_leads_to_its_page(client, pages):
    response = client.get("/communes/", {"q": "Grenoble"})
    assert (response.status_code, response["Location"]) == (302, "/communes/38185-grenoble/")


def test_homonyms_and_guesses_are_listed(client, pages):
    assert client.get("/communes/", {"q": "saint-denis"}).content.decode().count("[Saint-Denis]") == 4
    assert "[Grenoble]" in client.get("/communes/", {"q": "grennoble"}).content.decode()
    assert client.get("/communes/").status_code == 200


def test_ma_commune_is_served_in_one_query_of_this_app(client, pages, django_assert_max_num_queries):
    client.get("/communes/05023-briancon/")
    with django_assert_max_num_queries(2):
        response = client.get("/communes/05023-briancon/?x=1")
    assert response.status_code == 200
    assert "Briançon, Provence-Alpes-Côte d&#x27;Azur" in response.content.decode()


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("/communes/38185/", "/communes/38185-grenoble/"),
        ("/communes/38185-lyon/", "/communes/38185-grenoble/"),
        ("/communes/38185-grénoble/", "/communes/38185-grenoble/"),
        ("/communes/2a004-ajaccio/", "/communes/2A004-ajaccio/"),
        ("/communes/2a004/", "/communes/2A004-ajaccio/"),
        ("/communes/75101/", "/communes/75056-paris/"),
        ("/communes/75101-paris-1er-arrondissement/", "/communes/75056-paris/"),
        ("/communes/59355-lomme/", "/communes/59350-lille/"),
        ("/communes/38185-lyon/?a=b", "/communes/38185-grenoble/?a=b"),
    ],
)
def test_other_addresses_of_a_commune_lead_to_the_one(client, address, canonical):
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (301, canonical)


@pytest.mark.parametrize(
    "address", ["/communes/99999/", "/communes/99999-nulle-part/", "/communes/1234/", "/communes/abcde/"]
)
def test_an_unknown_code_is_not_found(client, address):
    assert client.get(address).status_code == 404
