"""A sweep over every page type: a new one without a recipe here fails."""

import re
from datetime import date, time

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page, get_page_models

from home.models import PlainPage
from home.seeding import body
from resources.models import InitiativePage, ResourcePage
from territory.models import Election

from .factories import (
    AssemblyFactory,
    AssemblyIndexPageFactory,
    AssemblyPageFactory,
    EventIndexPageFactory,
    EventPageFactory,
    InitiativePageFactory,
    KitIndexPageFactory,
    KitPageFactory,
    LetterPageFactory,
    LocalLibraryPageFactory,
    MeasureFactory,
    PlainPageFactory,
    PledgeIndexPageFactory,
    ResourcePageFactory,
)

BODY = body(
    [
        {"type": "text", "value": "<h2>Un titre</h2><p>Un texte : voilà.</p>"},
        {"type": "callout", "value": {"title": "À savoir", "text": "<p>Ceci.</p>"}},
        {"type": "steps", "value": {"title": "Étapes", "items": [{"title": "Une", "text": "<p>Puis.</p>"}]}},
        {"type": "questions", "value": {"title": "", "items": [{"question": "Et ?", "answer": "<p>Si.</p>"}]}},
        {"type": "checklist", "value": {"title": "", "items": ["Relire"]}},
        {"type": "blanks", "value": {"title": "", "items": [{"label": "Nom", "lines": 2}]}},
        {"type": "citation", "value": {"quote": "Un mot", "source": "Exemple, page 3"}},
    ]
)


def _kit(site):
    index = KitIndexPageFactory(parent=site.resources)
    resource = ResourcePageFactory(parent=site.resources, body=BODY, measures=site.measures)
    return KitPageFactory(parent=index, body=BODY, measures=site.measures, contents=[(resource, "Pour commencer.")])


def _assembly(site):
    """With a contact and several places, beside another: its index is its parent."""
    index = AssemblyIndexPageFactory(parent=site.home, joining="<p>Ensemble.</p>")
    AssemblyPageFactory(parent=index, assembly=AssemblyFactory(departements=["59"]))
    assembly = AssemblyFactory(
        departements=["31", "81"], communes=["31555", "81004"], private_contact="boite@example.org"
    )
    return AssemblyPageFactory(parent=index, assembly=assembly, body=BODY, summary="Un résumé.", founded_on="2018-01")


def _local_library(site):
    library = LocalLibraryPageFactory(parent=_assembly(site))
    for _number in range(2):
        ResourcePageFactory(parent=library, body=BODY, measures=site.measures)
    return library


def _event(site):
    index = EventIndexPageFactory(parent=site.home)
    election = Election.objects.create(name="Élection d’essai", slug="essai")
    return EventPageFactory(
        parent=index, summary="Un résumé.", body="<p>Un débat.</p>", invited="Toutes les listes.", access="De plain-pied.",
        organisers="Une assemblée", election=election, online_url="https://example.org/suivre", place_name="Salle des fêtes",
        status="reporte", status_note="Salle fermée.", new_date=date(2027, 1, 16), end_time=time(20),
        recording_url="https://example.org/son", summary_after="<p>On a parlé.</p>", label="modèle",
    )  # fmt: skip


# Page type: how to get one of the small site.
RECIPES = {
    "HomePage": lambda site: site.home,
    "PlainPage": lambda site: PlainPageFactory(parent=site.home, body=BODY, summary="Un résumé."),
    "ArgumentPage": lambda site: site.argument,
    "MeasurePage": lambda site: site.measure_pages[0],
    "ResourceIndexPage": lambda site: site.resources,
    "ResourcePage": lambda site: ResourcePageFactory(parent=site.resources, body=BODY, measures=site.measures),
    "KitIndexPage": lambda site: _kit(site).get_parent(),
    "KitPage": _kit,
    "LetterPage": lambda site: LetterPageFactory(parent=site.resources, measures=site.measures),
    "InitiativeIndexPage": lambda site: site.initiatives,
    "InitiativePage": lambda site: InitiativePageFactory(parent=site.initiatives, measures=site.measures),
    "AssemblyIndexPage": lambda site: _assembly(site).get_parent(),
    "AssemblyPage": lambda site: _local_library(site).get_parent(),
    "LocalLibraryPage": _local_library,
    "EventIndexPage": lambda site: _event(site).get_parent(),
    "EventPage": _event,
    "PledgeIndexPage": lambda site: PledgeIndexPageFactory(parent=site.home, body=BODY, summary="Un résumé."),
}
# How many queries a page may take, generation included, once the caches of the generation are filled.
QUERIES = {
    "HomePage": 8,
    "PlainPage": 7,
    "ArgumentPage": 7,
    "MeasurePage": 7,
    "ResourceIndexPage": 10,
    "ResourcePage": 9,
    "LetterPage": 13,
    "KitIndexPage": 9,
    "KitPage": 14,
    "InitiativeIndexPage": 10,
    "InitiativePage": 10,
    "AssemblyIndexPage": 6,
    "AssemblyPage": 14,
    "LocalLibraryPage": 11,
    "EventIndexPage": 10,
    "EventPage": 9,
    "PledgeIndexPage": 7,
}


def page_types():
    return [model.__name__ for model in get_page_models() if model is not Page]


@pytest.mark.parametrize("name", page_types())
def test_every_page_type_renders_one_h1_and_valid_html(site, client, name):
    page = RECIPES[name](site)
    response = client.get(page.url)
    assert response.status_code == 200
    text = response.content.decode()
    document = html5lib.HTMLParser(namespaceHTMLElements=False, strict=True).parse(text)
    assert len(document.findall(".//h1")) == 1
    assert document.get("lang") == "fr"
    assert document.find(".//title").text.strip().endswith(site.site.site_name or "Communes accueillantes")
    ids = [element.get("id") for element in document.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert document.find(".//link[@rel='canonical']").get("href") == "http://testserver" + page.url
    assert 'type="application/ld+json"' in text


@pytest.mark.parametrize("name", page_types())
def test_every_page_type_has_a_form_in_the_admin(log_in, site, name):
    page = RECIPES[name](site)
    response = log_in("superuser").get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert response.status_code == 200
    # A field of these names would hide the form's own, by which Wagtail saves it.
    assert not re.search(r'name="(action|method)"', response.content.decode())


@pytest.mark.parametrize("name", page_types())
def test_a_page_takes_as_many_queries_with_few_rows_as_with_many(site, client, name):
    page = RECIPES[name](site)

    def count():
        # The first reading fills what a generation keeps (menu, measures, facets); the second is drawn anew beside it.
        client.get(page.url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page.url + "?x=1").status_code == 200
        return [query["sql"] for query in captured]

    few = count()
    for number in range(3):
        communes = [["31555", "69123"], ["75056"]][number % 2]
        InitiativePageFactory(parent=site.initiatives, communes=communes, measures=site.measures)
        ResourcePageFactory(parent=site.resources, body=BODY, measures=[MeasureFactory(number=number % 5 + 1)])
    many = count()
    assert len(many) <= QUERIES[name], "\n".join(sql[:150] for sql in many)
    # An empty list asks for nothing more; a full one adds the prefetches of its cards, and no more however many.
    for _ in range(3):
        InitiativePageFactory(parent=site.initiatives, communes=["75056"], measures=site.measures)
        ResourcePageFactory(parent=site.resources, body=BODY, measures=site.measures)
    assert len(count()) == len(many)
    assert len(few) <= len(many)


def test_a_draft_is_seen_by_nobody(site, client):
    draft = InitiativePageFactory(parent=site.initiatives, live=False, title="Brouillon secret")
    assert client.get(site.initiatives.url + draft.slug + "/").status_code == 404
    for address in (
        "/initiatives/",
        "/initiatives.csv",
        "/initiatives.geojson",
        "/recherche/?q=brouillon",
        "/sitemap.xml",
        "/feeds/initiatives.atom",
        "/communes/31555-toulouse/",
        "/api/v2/pages/",
    ):
        response = client.get(address)
        text = b"".join(response.streaming_content) if response.streaming else response.content
        assert b"Brouillon secret" not in text
    assert InitiativePage.objects.live().count() == 0
    assert ResourcePage.objects.count() == 0
    assert PlainPage.objects.count() == 0
