"""Query strings that no form of ours would send: a sensible page, never a 500."""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from home.models import HomePage
from resources.models import InitiativeIndexPage, Measure, ResourceIndexPage

from .factories import (
    AssemblyFactory,
    AssemblyIndexPageFactory,
    AssemblyPageFactory,
    EventIndexPageFactory,
    EventPageFactory,
    InitiativePageFactory,
    ResourcePageFactory,
)

PARAMETERS = [
    "q",
    "commune",
    "departement",
    "region",
    "mesure",
    "competence",
    "statut",
    "taille",
    "livret",
    "alternance",
    "type",
    "public",
    "phase",
    "langue",
    "tri",
    "page",
    "r",
    "limit",
    "assemblee",
    "periode",
]
VALUES = [
    "", "%00", "a%00b", "x" * 10_000, "-1", "0", "999999999999999999999", "1e9", "NaN", "null", "[]", "{}", "%F0%9F%A6%84",
    "%E9", "%FF%FE", "'; DROP TABLE home_user; --", "<script>alert(1)</script>", "../../etc/passwd", "${7*7}", "{{ 7 }}",
    "é" * 300, "%20", "%0A%0D", "01&01", "zzzz", "*", "AND", "\"unclosed", "(", "NEAR(", "a:b", "-", "^",
]  # fmt: skip
ADDRESSES = [
    "/initiatives/", "/initiatives.csv", "/initiatives.geojson", "/ressources/", "/recherche/", "/communes/",
    "/api/communes/", "/engagements/signer/", "/assemblees/", "/agenda/", "/agenda.ics",
]  # fmt: skip


@pytest.fixture(scope="module")
def stocked_for_all(site_of_the_module):
    measures = list(Measure.objects.all())
    InitiativePageFactory(parent=InitiativeIndexPage.objects.get(), title="Lyon : une <fiche>", measures=measures)
    ResourcePageFactory(parent=ResourceIndexPage.objects.get(), title="Une lettre", measures=measures)
    assembly = AssemblyFactory(name="L’assemblée <des> tests", departements=["31"], communes=["81004"])
    AssemblyPageFactory(parent=AssemblyIndexPageFactory(parent=HomePage.objects.get()), assembly=assembly)
    EventPageFactory(parent=EventIndexPageFactory(parent=HomePage.objects.get()), title="Un <débat>")


@pytest.fixture
def stocked(stocked_for_all, db):
    pass


# What each address reads; a parameter that it does not read has its turn in the test of mixed ones.
READ_BY = {
    "/recherche/": ["q", "page"],
    "/communes/": ["q"],
    "/api/communes/": ["q", "limit"],
    "/engagements/signer/": ["commune"],
    "/assemblees/": ["q", "commune", "departement", "region"],
    "/agenda/": ["q", "commune", "departement", "region", "assemblee", "periode", "page"],
    "/agenda.ics": ["departement", "assemblee"],
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_hostile_value_in_any_parameter_gives_a_sensible_page(stocked, client, address):
    # All values where something is made of them; a few where a value is only looked up in a list.
    for parameter in READ_BY.get(address, PARAMETERS):
        for value in VALUES if parameter in ("q", "commune", "page", "limit") else VALUES[:5]:
            response = client.get(f"{address}?{parameter}={value if '%' in value else quote(value, safe='&')}")
            assert response.status_code in (200, 302), (parameter, value)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            assert b"<script>alert" not in body


@pytest.mark.parametrize("address", ADDRESSES)
def test_repeated_and_mixed_parameters_give_a_sensible_page(stocked, client, address):
    query = "&".join(f"{name}={value}" for name in PARAMETERS for value in ("zz", "1", "mesure-1", "fr", "%00"))
    assert client.get(f"{address}?{query}").status_code in (200, 302)
    assert client.get(address + "?" + "mesure=mesure-1&" * 500).status_code == 200
    assert client.get(address + "?a[]=1&=2&&&q").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["type=x", "type=resources.InitiativePage&fields=*", "fields=zz", "limit=-1", "limit=99999", "offset=-3",
     "offset=9223372036854775808", "offset=" + "9" * 400,
     "search=%00",
     "slug=%00", "order=zz", "child_of=999999", "locale=zz", "search=" + "x" * 5000, "fields=-title,*,zz(("],
)  # fmt: skip
def test_the_read_api_answers_or_refuses_in_json(stocked, client, query):
    response = client.get("/api/v2/pages/?" + query)
    assert response.status_code in (200, 400, 404)
    assert response["Content-Type"].startswith("application/json")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(PARAMETERS), st.text(max_size=40), max_size=5))
def test_any_text_in_the_filters_gives_a_page(stocked, client, parameters):
    assert client.get("/initiatives/", parameters).status_code == 200
    assert client.get("/recherche/", parameters).status_code == 200


def test_a_bad_value_is_ignored_and_said(stocked, client):
    response = client.get("/initiatives/?statut=zz&departement=00&page=77")
    text = response.content.decode()
    assert response.status_code == 200
    assert "valeur inconnue ou de trop pour « Statut »" in text.replace("\xa0", " ").replace("\u202f", " ")
    assert "Cette page n’existe pas : voici la page 1." in text.replace("\xa0", " ")
    assert "Lyon" in text
