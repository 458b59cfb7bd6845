"""What is private, a draft or gone is named nowhere, whatever the order in which editors did things."""

import pytest
from django.core.files.base import ContentFile
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from home.models import CustomDocument
from tests.factories import InitiativePageFactory, ResourcePageFactory
from tests.home.files import pdf_saying


@pytest.fixture
def secret_collection(db):
    collection = Collection.get_first_root_node().add_child(name="Secret")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    return collection


@pytest.fixture
def document(db):
    return CustomDocument.objects.create(
        title="Document", file=ContentFile(pdf_saying("Le mot hippocampe"), name="nom-secret.pdf")
    )


@pytest.fixture
def page(site, document):
    return ResourcePageFactory(parent=site.resources, title="Avec un fichier", documents=[document])


def finds(client, word):
    return [one.title for one in client.get("/recherche/", {"q": word}).context["search"].items]


def test_a_file_made_private_leaves_the_search_and_the_page(page, document, secret_collection, client):
    assert finds(client, "hippocampe") == ["Avec un fichier"]
    assert "PDF" in client.get(page.url).content.decode()
    document.collection = secret_collection
    document.save()
    assert finds(client, "hippocampe") == []
    text = client.get(page.url).content.decode()
    assert "nom-secret" not in text
    assert "Aucun fichier pour l’instant." in text


def test_a_collection_made_private_or_public_again_counts_at_once(page, document, client):
    collection = Collection.get_first_root_node().add_child(name="Dossier")
    below = collection.add_child(name="Sous-dossier")
    document.collection = below
    document.save()
    assert finds(client, "hippocampe") == ["Avec un fichier"]
    restriction = CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    assert finds(client, "hippocampe") == []
    assert "nom-secret" not in client.get(page.url).content.decode()
    restriction.delete()
    assert finds(client, "hippocampe") == ["Avec un fichier"]


def test_a_replaced_file_is_searched_by_its_new_text(page, document, client):
    document.file = ContentFile(pdf_saying("Le mot ornithorynque"), name="autre.pdf")
    document.save()
    assert finds(client, "hippocampe") == []
    assert finds(client, "ornithorynque") == ["Avec un fichier"]


def test_a_replacement_that_is_not_published_is_not_named(site, client):
    draft = ResourcePageFactory(parent=site.resources, title="Brouillon secret", live=False)
    old = ResourcePageFactory(parent=site.resources, title="Ancienne version", replaced_by=draft)
    assert "Brouillon secret" not in client.get(old.url).content.decode()
    assert "Ancienne version" in client.get("/ressources/").content.decode()
    draft.save_revision().publish()
    assert "Brouillon secret" in client.get(old.url).content.decode()
    assert "Ancienne version" not in client.get("/ressources/").content.decode()


def test_the_counts_of_a_measure_are_those_of_its_lists(site, client):
    measure = site.measures[0]
    new = ResourcePageFactory(parent=site.resources, measures=[measure])
    ResourcePageFactory(parent=site.resources, measures=[measure], replaced_by=new)
    ResourcePageFactory(parent=site.resources, measures=[measure], live=False)
    InitiativePageFactory(parent=site.initiatives, measures=[measure])
    hidden = InitiativePageFactory(parent=site.initiatives, measures=[measure])
    PageViewRestriction.objects.create(page=hidden, restriction_type="login")
    counted = client.get(site.measure_pages[0].url).context["measure"]
    assert (counted.resource_count, counted.initiative_count) == (1, 1)
    assert client.get(f"/ressources/?mesure={measure.slug}").context["filters"].count == 1
    assert client.get(f"/initiatives/?mesure={measure.slug}").context["filters"].count == 1
