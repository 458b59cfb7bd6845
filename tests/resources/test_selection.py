"""A visitor's own selection: all of it is in the address, whatever the address says."""

import io
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from resources.picks import MAX_PICKS
from tests import factories
from tests.resources.test_kits import body_of, opened, private_collection
from tests.test_pages import BODY


@pytest.fixture
def pages(site):
    """Three resources, each with a file."""
    return [
        factories.ResourcePageFactory(
            parent=site.resources,
            title=f"Ressource {rank}",
            documents=[
                factories.DocumentFactory(file__filename=f"piece-{rank}.txt", file__data=f"Pièce {rank}".encode())
            ],
        )
        for rank in (1, 2, 3)
    ]


def query(*pages):
    return "&".join(f"r={getattr(one, 'pk', one)}" for one in pages)


def text_of(response):
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_a_selection_keeps_the_order_of_its_address(client, pages):
    first, _second, third = pages
    archive = opened(client.get(f"/ressources/selection.zip?{query(third, first, third)}"))
    assert archive.testzip() is None
    assert [name.split("/")[0] for name in archive.namelist()[1:-2]] == ["1 - Ressource 3", "2 - Ressource 1"]
    text = text_of(client.get(f"/ressources/selection/?{query(third, first)}"))
    assert text.index("Ressource 3") < text.index("Ressource 1")
    assert "2 documents" in text
    assert f'href="/ressources/selection.zip?{query(third, first)}"'.replace("&", "&amp;") in text
    # One is taken out by a link, and the library takes the rest on.
    assert f'href="/ressources/selection/?{query(first)}"' in text
    assert f'href="/ressources/?{query(third, first)}"'.replace("&", "&amp;") in text


def test_the_same_selection_is_the_same_bytes_and_resumes(client, site):
    page = factories.ResourcePageFactory(parent=site.resources, slug="lettre", body=BODY)
    address = f"/ressources/selection.zip?{query(page)}"
    whole = body_of(client.get(address))
    assert "1 - " + page.title + "/lettre.pdf" in zipfile.ZipFile(io.BytesIO(whole)).namelist()
    assert body_of(client.get(address)) == whole
    part = client.get(address, headers={"Range": "bytes=5-"})
    assert (part.status_code, body_of(part)) == (206, whole[5:])
    assert client.get(address, headers={"If-None-Match": client.head(address)["ETag"]}).status_code == 304
    assert client.post(address).status_code == 405
    assert client.post("/ressources/selection/").status_code == 405


@pytest.mark.parametrize(
    "value",
    ["-1", "0", "1e9", "%00", "x" * 3000, "٣", "999999999", "99999999999999999999", "<b>", "1;2", "%F0%9F%A6%84"],
)
def test_a_hostile_value_is_ignored_and_said(client, pages, value):
    address = f"?{query(value, pages[0])}"
    for place in ("/ressources/selection/", "/ressources/"):
        text = text_of(client.get(place + address))
        assert 'role="status"' in text
        assert "<b>" not in text.split('role="status"')[1].split("</div>")[0]
    archive = opened(client.get("/ressources/selection.zip" + address))
    assert any(name.startswith("1 - Ressource 1/") for name in archive.namelist())


def test_what_vanished_is_said_by_its_number(client, pages):
    first, second, _third = pages
    first.unpublish()
    PageViewRestriction.objects.create(page=second, restriction_type="login")
    text = text_of(client.get(f"/ressources/selection/?{query(*pages, 987654)}"))
    assert f"n° {first.pk}, {second.pk}, 987654 ne sont plus en ligne" in text
    assert "Ressource 1" not in text
    assert "Ressource 2" not in text
    index = opened(client.get(f"/ressources/selection.zip?{query(*pages)}")).read("LISEZ-MOI.html").decode()
    assert "Ressource 3" in index
    assert f"{first.pk}, {second.pk}" in index
    assert "Ressource 1" not in index


def test_nothing_chosen_is_explained_and_gives_no_archive(client, pages):
    assert "Rien n’est encore choisi" in text_of(client.get("/ressources/selection/"))
    response = client.get("/ressources/selection.zip?r=rien")
    assert (response.status_code, response["Location"]) == (302, "/ressources/selection/?r=rien")


def test_a_selection_stops_at_fifty(client, site):
    pages = [factories.ResourcePageFactory(parent=site.resources) for _ in range(MAX_PICKS + 1)]
    with CaptureQueriesContext(connection) as captured:
        text = text_of(client.get(f"/ressources/selection/?{query(*pages)}"))
    assert "s’arrête à 50 documents" in text
    assert "50 documents, environ" in text
    assert pages[-1].title + "<" not in text
    assert len(captured) < 15
    licences = opened(client.get(f"/ressources/selection.zip?{query(*pages)}")).read("LICENCE.txt").decode()
    assert "50. " in licences
    assert "51. " not in licences


def test_a_private_file_enters_no_selection(client, pages):
    document = pages[0].files.first().document
    document.collection = private_collection()
    document.save()
    archive = opened(client.get(f"/ressources/selection.zip?{query(*pages[:2])}"))
    files = [name for name in archive.namelist() if "/" in name]
    assert len(files) == 1
    assert files[0].startswith("2 - Ressource 2/piece-2")


def test_a_missing_file_is_said_before_the_first_byte(client, pages):
    document = pages[0].files.first().document
    document.file.storage.delete(document.file.name)
    response = client.get(f"/ressources/selection.zip?{query(*pages)}")
    assert response.status_code == 503
    assert "manque" in response.content.decode()


def test_a_kit_is_downloaded_apart(client, site, pages):
    kit = factories.KitPageFactory(
        parent=factories.KitIndexPageFactory(parent=site.resources), title="Un kit", contents=pages
    )
    text = text_of(client.get(f"/ressources/selection/?{query(kit)}"))
    assert "« Un kit » est un kit" in text
    assert "Rien n’est encore choisi" in text


# --- In the library ---------------------------------------------------------------------------------------------------
def test_the_library_keeps_what_is_picked_beside_its_filters(client, site, pages):
    for rank in range(20):
        factories.ResourcePageFactory(parent=site.resources, kind="affiche", title=f"Affiche {rank}")
    picked = pages[0]
    text = text_of(client.get(f"/ressources/?type=affiche&{query(picked)}"))
    assert f'<input type="hidden" name="r" value="{picked.pk}" form="filtres"' in text
    assert f'href="?type=affiche&amp;r={picked.pk}&amp;page=2"' in text or f"page=2&amp;r={picked.pk}" in text
    assert f'href="/ressources/?r={picked.pk}"' in text
    assert "1 document choisi" in text
    # Shown on this page, it is a box that is ticked, and not a hidden field too.
    text = text_of(client.get(f"/ressources/?type=guide&{query(picked)}"))
    assert text.count(f'name="r" value="{picked.pk}"') == 1
    assert f'value="{picked.pk}" form="filtres" data-size="8" checked' in text


def test_a_pick_is_not_a_filter(client, pages):
    text = text_of(client.get(f"/ressources/?{query(pages[0])}"))
    assert "3 documents</h2>" in text
    assert "Tout effacer" not in text
    assert "r=12" not in text_of(client.get("/initiatives/?r=12&q=ressource")).split('class="filters"')[1]


def test_a_resource_offers_to_be_picked(client, pages):
    assert f'href="/ressources/selection/?r={pages[0].pk}"' in text_of(client.get(pages[0].url))
