"""The addresses are a contract (docs/addresses.md): what answers, how, and what must not answer yet."""

import pytest

from home.models import HomePage
from resources.models import InitiativeIndexPage, Measure, ResourceIndexPage

from .factories import (
    AssemblyFactory,
    AssemblyIndexPageFactory,
    AssemblyPageFactory,
    EventIndexPageFactory,
    EventPageFactory,
    InitiativePageFactory,
    KitIndexPageFactory,
    KitPageFactory,
    LocalLibraryPageFactory,
    PlainPageFactory,
    PledgeIndexPageFactory,
    ResourcePageFactory,
)
from .test_pages import BODY

ANSWERS = {
    "/": "text/html",
    "/argumentaire/": "text/html",
    "/argumentaire/mesure-1/": "text/html",
    "/argumentaire/argumentaire.pdf": "application/pdf",
    "/argumentaire/argumentaire.odt": "application/vnd.oasis.opendocument.text",
    "/argumentaire/argumentaire.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "/ressources/": "text/html",
    "/ressources/lettre/": "text/html",
    "/ressources/lettre/lettre.pdf": "application/pdf",
    "/ressources/kits/": "text/html",
    "/ressources/kits/un-kit/": "text/html",
    "/ressources/kits/un-kit/kit.zip": "application/zip",
    "/ressources/selection/": "text/html",
    "/initiatives/": "text/html",
    "/initiatives/une-fiche/": "text/html",
    "/initiatives.csv": "text/csv",
    "/initiatives.geojson": "application/geo+json",
    "/communes/": "text/html",
    "/communes/31555-toulouse/": "text/html",
    "/communes/31555-toulouse/dossier/": "text/html",
    "/communes/31555-toulouse/dossier.zip": "application/zip",
    "/communes/31555-toulouse/dossier.pdf": "application/pdf",
    "/api/communes/?q=toulouse": "application/json",
    "/recherche/": "text/html",
    "/recherche/?q=fiche": "text/html",
    "/api/v2/pages/": "application/json",
    "/feeds/ressources.atom": "application/atom+xml",
    "/feeds/initiatives.atom": "application/atom+xml",
    "/assemblees/": "text/html",
    "/assemblees/?commune=toulouse": "text/html",
    "/assemblees/egm-31/": "text/html",
    "/assemblees/egm-31/ecrire/": "text/html",
    "/assemblees/egm-31/ecrire/merci/": "text/html",
    "/assemblees/egm-31/ressources/": "text/html",
    "/assemblees/egm-31/ressources/tract/": "text/html",
    "/assemblees/egm-31/ressources/tract/tract.pdf": "application/pdf",
    "/engagements/": "text/html",
    "/engagements/bulletin-d-engagement.pdf": "application/pdf",
    "/engagements/bulletin-d-engagement.odt": "application/vnd.oasis.opendocument.text",
    "/engagements/bulletin-d-engagement.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "/engagements/signer/": "text/html",
    "/engagements/signer/?commune=31555": "text/html",
    "/agenda/": "text/html",
    "/agenda/?departement=31&periode=passes": "text/html",
    "/agenda/un-debat/": "text/html",
    "/agenda/un-debat/evenement.ics": "text/calendar",
    "/agenda.ics": "text/calendar",
    "/agenda.ics?departement=31": "text/calendar",
    "/agenda.ics?assemblee=egm-31": "text/calendar",
    "/agenda/proposer/": "text/html",
    "/agenda/proposer/merci/": "text/html",
    "/mentions-legales/": "text/html",
    "/sitemap.xml": "application/xml",
    "/robots.txt": "text/plain",
    "/healthz/": "text/plain",
}
NOT_YET = [
    "/besoin-d-aide/",
    "/initiatives.ods", "/initiatives/proposer/", "/signaler/",
    "/engagements.csv", "/presse/",
]  # fmt: skip


@pytest.fixture(scope="module")
def full_site(site_of_the_module):
    home, resources = HomePage.objects.get(), ResourceIndexPage.objects.get()
    measures = list(Measure.objects.filter(number=1))
    letter = ResourcePageFactory(parent=resources, slug="lettre", body=BODY, measures=measures)
    KitPageFactory(parent=KitIndexPageFactory(parent=resources), slug="un-kit", contents=[letter])
    cards = InitiativeIndexPage.objects.get()
    InitiativePageFactory(parent=cards, slug="une-fiche", title="Une fiche", measures=measures)
    PlainPageFactory(parent=home, slug="mentions-legales", title="Mentions légales")
    PledgeIndexPageFactory(parent=home)
    assembly = AssemblyFactory(slug="egm-31", departements=["31"], private_contact="boite@example.org")
    page = AssemblyPageFactory(parent=AssemblyIndexPageFactory(parent=home), assembly=assembly)
    ResourcePageFactory(parent=LocalLibraryPageFactory(parent=page), slug="tract", body=BODY)
    EventPageFactory(parent=EventIndexPageFactory(parent=home), slug="un-debat")


@pytest.mark.parametrize(("address", "content_type"), ANSWERS.items())
def test_the_address_answers(full_site, db, client, address, content_type):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].split(";")[0] == content_type
    assert client.head(address).status_code == 200


@pytest.mark.parametrize("address", NOT_YET)
def test_what_is_not_built_yet_is_a_proper_404_that_nothing_links_to(full_site, db, client, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "Cette page n’existe pas" in response.content.decode()
    for linking in ("/", "/initiatives/", "/ressources/", "/communes/31555-toulouse/", "/sitemap.xml"):
        assert f'href="{address}"' not in client.get(linking).content.decode()


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/communes/31555/", "/communes/31555-toulouse/"),
        ("/communes/31555-mauvais/", "/communes/31555-toulouse/"),
        ("/communes/75101/", "/communes/75056-paris/"),
        ("/communes/2a004-ajaccio/", "/communes/2A004-ajaccio/"),
        ("/argumentaire", "/argumentaire/"),
    ],
)
def test_other_ways_to_write_an_address_lead_to_the_one(full_site, db, client, address, target):
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (301, target)


def test_an_unknown_commune_is_not_found(full_site, db, client):
    assert client.get("/communes/99999/").status_code == 404


def test_posting_where_nothing_is_written_is_refused(full_site, db, client):
    for address in ("/recherche/", "/communes/", "/initiatives.csv", "/api/communes/"):
        assert client.post(address).status_code == 405
