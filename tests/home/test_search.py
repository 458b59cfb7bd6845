"""What a person types finds what they expect: the same tests run on SQLite and on PostgreSQL."""

import pytest
from django.core.files.base import ContentFile
from wagtail.models import Collection, CollectionViewRestriction, Page

from home.models import CustomDocument
from home.search import fold, matching, stems
from tests.factories import InitiativePageFactory, PlainPageFactory, ResourcePageFactory
from tests.home.files import pdf_saying


@pytest.fixture
def stocked(site):
    measure = site.measures[0]
    ResourcePageFactory(
        parent=site.resources, title="Fiche : inscription à l’école", summary="Ce que la mairie demande."
    )
    ResourcePageFactory(
        parent=site.resources, title="Lettre", body='[{"type": "text", "value": "<p>Le vélo électrique</p>"}]'
    )
    InitiativePageFactory(
        parent=site.initiatives, title="Nantes : mettre à l’abri", measures=[measure], communes=["44109"],
        what_was_done="<p>Des mineur·es isolé·es ont été hébergé·es. Réouverture d’un centre.</p>",
    )  # fmt: skip
    InitiativePageFactory(
        parent=site.initiatives, title="Paris : une carte citoyenne", communes=["75056"],
        what_was_done="<p>Sans condition de nationalité.</p>",
    )  # fmt: skip
    PlainPageFactory(parent=site.home, title="Le logement d’abord")
    return site


def found(client, text):
    search = client.get("/recherche/", {"q": text}).context["search"]
    return [page.title.split(" :")[0] for page in search.items], search.way


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("mineurs isoles", "Mineurs isolés"),
        ("mineur isolé", "Mineurs isolés"),
        ("mineures isolées", "Mineurs isolés"),
        ("reouverture", "Nantes"),
        ("RÉOUVERTURES", "Nantes"),
        ("hebergement", "Accueil et hébergement"),
        ("hébergements", "Accueil et hébergement"),
        ("logement", "Le logement d’abord"),
        ("logements", "Le logement d’abord"),
        ("ecole", "École pour tous les enfants"),
        ("école", "École pour tous les enfants"),
        ("écoles", "École pour tous les enfants"),
        ("inscription ecole", "Fiche"),
        ("carte", "Carte municipale de résident·e"),
        ("cartes municipales", "Carte municipale de résident·e"),
        ("velo", "Lettre"),
        ("vélos électriques", "Lettre"),
        ("nationalite", "Paris"),
        ("nantes", "Nantes"),
        ("loire-atlantique", "Nantes"),
        ("l'abri", "Nantes"),
    ],
)
def test_a_person_finds_what_they_expect(stocked, client, typed, first):
    titles, way = found(client, typed)
    assert titles[0] == first
    assert way == "all"


def test_words_are_all_wanted_then_any_then_guessed(stocked, client):
    assert found(client, "carte citoyenne")[1] == "all"
    titles, way = found(client, "carte velo")
    assert way == "any"
    assert {"Lettre", "Paris"} <= set(titles)
    titles, way = found(client, "hebergemant")
    assert (titles[0], way) == ("Accueil et hébergement", "spelling")
    titles, way = found(client, "zzzzqqq")
    assert (titles, way) == ([], "none")
    assert "Accueil et hébergement" in client.get("/recherche/?q=zzzzqqq").content.decode()


def test_communes_are_offered_beside_the_pages(stocked, client):
    assert client.get("/recherche/?q=toulous").context["search"].communes[0].name == "Toulouse"


def test_words_inside_public_files_are_found_and_those_of_private_files_are_not(stocked, client):
    public = CustomDocument.objects.create(title="a", file=ContentFile(pdf_saying("Le mot hippocampe"), name="a.pdf"))
    secret = Collection.get_first_root_node().add_child(name="Secret")
    CollectionViewRestriction.objects.create(collection=secret, restriction_type="login")
    private = CustomDocument.objects.create(
        title="b", collection=secret, file=ContentFile(pdf_saying("Le mot ornithorynque"), name="b.pdf")
    )
    ResourcePageFactory(parent=stocked.resources, title="Avec fichiers", documents=[public, private])
    assert found(client, "hippocampes")[0] == ["Avec fichiers"]
    assert found(client, "ornithorynque")[1] == "none"


def test_folding():
    assert fold("Œting, ÉOLE, L’Haÿ") == "oeting, eole, l'hay"
    assert stems("Les mineur·es isolé·es") == stems("mineures isolees")
    assert stems("isolé") == stems("isolée") == stems("isolées") == stems("ISOLES")
    assert stems("hébergement") == stems("hebergements")
    assert stems("de la à et") == []


def test_a_query_without_words_leaves_the_list_whole(stocked):
    assert matching(Page.objects.all(), "de la !!").count() == Page.objects.count()


def test_results_are_paged_in_a_stable_order(stocked, client):
    for number in range(20):
        PlainPageFactory(parent=stocked.home, title=f"Gare numéro {number}")
    first = [page.pk for page in client.get("/recherche/?q=gare").context["search"].items]
    second = [page.pk for page in client.get("/recherche/?q=gare&page=2").context["search"].items]
    assert len(first) == 15
    assert len(second) == 5
    assert not set(first) & set(second)
