"""Kits: their archive opens anywhere, is the same while they are, and never holds what is not for everyone."""

import hashlib
import io
import shutil
import subprocess
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from home.caching import forget
from home.forms import BasePageForm
from home.roles import MODERATION, REDACTION
from resources.models import KitIndexPage, KitItem, KitPage, ResourceKind, ResourcePage
from resources.packing import safe_filename, safe_name
from tests import factories
from tests.test_pages import BODY


@pytest.fixture
def kits(site):
    return factories.KitIndexPageFactory(parent=site.resources)


def body_of(response):
    return b"".join(response.streaming_content)


def opened(response):
    assert response.status_code == 200, response.content
    return zipfile.ZipFile(io.BytesIO(body_of(response)))


def private_collection():
    collection = Collection.get_first_root_node().add_child(name="Privée")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    return collection


def address(kit):
    return f"/ressources/kits/{kit.slug}/kit.zip"


@pytest.fixture
def kit(site, kits):
    """A written resource, an uploaded one, and a file of its own."""
    letter = factories.ResourcePageFactory(
        parent=site.resources, title="Lettre : « à tous / toutes ? »", slug="lettre", body=BODY, licence="CC BY-SA 4.0"
    )
    sheets = factories.ResourcePageFactory(
        parent=site.resources,
        title="Fiches",
        documents=[factories.DocumentFactory(file__filename="fiche.txt", file__data=b"Une fiche.") for _ in range(2)],
    )
    own = factories.DocumentFactory(title="Liste", file__filename="liste.csv", file__data=b"a;b")
    return factories.KitPageFactory(
        parent=kits, title="Un kit", slug="un-kit", contents=[(letter, "D'abord : la lettre."), sheets, own], body=BODY
    )


def test_the_archive_opens_and_says_what_it_holds(kit, client, tmp_path):
    content = body_of(client.get(address(kit)))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    names = archive.namelist()
    assert names[0] == "LISEZ-MOI.html"
    assert names[-2:] == ["LICENCE.txt", "manifeste-sha256.txt"]
    assert [name for name in names if name.startswith("1 - ")] == [
        f"1 - Lettre « à tous toutes »/lettre.{kind}" for kind in ("pdf", "odt", "docx")
    ]
    assert sum(name.startswith("2 - Fiches/fiche") for name in names) == 2
    assert archive.read("3 - Liste.csv") == b"a;b"
    for line in archive.read("manifeste-sha256.txt").decode().splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    index = archive.read("LISEZ-MOI.html").decode()
    assert 'href="1%20-%20Lettre%20%C2%AB%20%C3%A0%20tous%20toutes%20%C2%BB/lettre.odt"' in index
    assert "D’abord\u00a0: la lettre." in index
    assert "src=" not in index
    assert "CC BY-SA 4.0" in archive.read("LICENCE.txt").decode()
    if shutil.which("unzip"):
        path = tmp_path / "kit.zip"
        path.write_bytes(content)
        assert subprocess.run(["unzip", "-t", path], capture_output=True, check=False).returncode == 0


def test_the_same_kit_is_the_same_bytes_until_it_changes(kit, client):
    first = client.get(address(kit))
    before = body_of(first)
    forget()
    assert body_of(client.get(address(kit))) == before
    item = kit.items.first()
    item.comment = "Un autre mot."
    item.save()
    kit.save_revision().publish()
    again = client.get(address(kit))
    assert again["ETag"] != first["ETag"]
    assert body_of(again) != before


def test_a_download_is_resumed_and_not_sent_twice(kit, client):
    head = client.head(address(kit))
    whole = body_of(client.get(address(kit)))
    assert int(head["Content-Length"]) == len(whole)
    part = client.get(address(kit), headers={"Range": "bytes=100-299"})
    assert (part.status_code, body_of(part)) == (206, whole[100:300])
    assert client.get(address(kit), headers={"If-None-Match": head["ETag"]}).status_code == 304
    assert client.get(address(kit), headers={"Range": f"bytes={len(whole)}-"}).status_code == 416
    assert client.post(address(kit)).status_code == 405


def test_a_range_prints_nothing_again(kit, client, monkeypatch):
    body_of(client.get(address(kit)))
    monkeypatch.setattr("resources.packing.printed", lambda *args: pytest.fail("Printed again"))
    assert client.get(address(kit), headers={"Range": "bytes=0-9"}).status_code == 206


# --- What is not for everyone -----------------------------------------------------------------------------------------
def test_a_file_made_private_closes_the_archive_and_is_named_nowhere(kit, client):
    document = kit.items.last().document
    document.title, document.collection = "Nom secret", private_collection()
    document.save()
    for response in (client.get(address(kit)), client.head(address(kit))):
        assert response.status_code == 403
        assert "secret" not in response.content.decode()
    assert "n’est pas publique" in client.get(address(kit)).content.decode()
    page = client.get(kit.url).content.decode()
    assert "Nom secret" not in page
    assert "kit.zip" not in page


def test_a_private_file_of_a_resource_never_enters(kit, client):
    document = kit.items.all()[1].resource.files.first().document
    document.collection = private_collection()
    document.save()
    names = opened(client.get(address(kit))).namelist()
    assert sum(name.startswith("2 - Fiches/") for name in names) == 1


@pytest.mark.parametrize("how", ["unpublished", "private"])
def test_a_resource_taken_down_closes_the_archive(kit, client, how):
    page = kit.items.first().resource
    if how == "private":
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    else:
        page.unpublish()
    assert client.get(address(kit)).status_code == 403
    shown = client.get(kit.url).content.decode()
    assert "Lettre" not in shown
    assert "n’est plus publique" in shown.replace("\u202f", " ")


def test_a_draft_or_private_kit_is_not_found(kit, client):
    PageViewRestriction.objects.create(page=kit, restriction_type="login")
    assert client.get(address(kit)).status_code == 404
    kit.unpublish()
    assert client.get(address(kit)).status_code == 404
    assert client.get("/ressources/kits/absent/kit.zip").status_code == 404


def test_a_file_gone_from_the_disk_is_said_before_the_first_byte(kit, client):
    document = kit.items.last().document
    document.file.storage.delete(document.file.name)
    response = client.get(address(kit))
    assert response.status_code == 503
    assert "manque" in response.content.decode()
    assert response["Retry-After"]


def test_two_archives_are_not_printed_at_once(kit, client, monkeypatch):
    from home.printing import PressBusy

    def busy():
        raise PressBusy

    monkeypatch.setattr("resources.packing.press", busy)
    response = client.get(address(kit))
    assert response.status_code == 503
    assert response["Retry-After"]


# --- Names ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "title",
    [
        "",
        "..",
        "CON",
        "a/b\\c:d*e?",
        "x" * 500,
        "é" * 300,
        "nul.txt",
        "fin. . ",
        "\u202egpj.exe",
        "a\x00b\u2028c",
        "🎈" * 99,
    ],
)
def test_no_title_makes_a_name_that_a_system_refuses(title):
    from resources.archives import Entry

    Entry.from_bytes(f"50 - {safe_name(title)}/{safe_filename(title + '.pdf')}", b"")
    Entry.from_bytes(safe_name(title), b"")
    Entry.from_bytes(safe_filename(title), b"")


# --- In the library ---------------------------------------------------------------------------------------------------
def test_a_kit_stands_in_the_lists_of_the_library_as_an_archive(kit, client):
    text = client.get("/ressources/?type=kit").content.decode()
    assert "Un kit" in text
    assert "ZIP" in text
    assert f'value="{kit.pk}"' not in text
    assert "Un kit" in client.get("/ressources/kits/").content.decode()
    assert ResourcePage.objects.get(pk=kit.pk).format_names == ["ZIP"]
    assert client.get(kit.url + "un-kit.pdf").status_code == 404


# --- In the admin -----------------------------------------------------------------------------------------------------
def test_an_item_is_a_resource_or_a_file_and_not_a_kit(kit):
    document, page = kit.items.last().document, kit.items.first().resource
    for wrong in (
        KitItem(page=kit),
        KitItem(page=kit, resource=page, document=document),
        KitItem(page=kit, resource=kit.resourcepage_ptr),
    ):
        with pytest.raises(ValidationError):
            wrong.full_clean()
    KitItem(page=kit, resource=page).full_clean()


def test_only_kits_are_kits(site, kits):
    form_class = ResourcePage.get_edit_handler().get_form_class()
    assert issubclass(form_class, BasePageForm)
    choices = dict(form_class(instance=ResourcePage(), parent_page=site.resources).fields["kind"].choices)
    assert ResourceKind.KIT not in choices
    assert ResourceKind.GUIDE in choices
    assert factories.KitPageFactory(parent=kits, kind=ResourceKind.GUIDE).kind == ResourceKind.KIT


def test_the_list_of_kits_keeps_its_address_and_another_page_may_not_take_it(site, kits):
    kits.slug = "autre"
    kits.full_clean()
    assert kits.slug == "kits"
    with pytest.raises(ValidationError):
        factories.ResourcePageFactory(parent=site.resources, slug="selection")
    kits.delete()
    with pytest.raises(ValidationError):
        factories.ResourcePageFactory(parent=site.resources, slug="kits")


@pytest.mark.parametrize("role", [REDACTION, MODERATION])
def test_editors_see_which_kit_is_blocked(kit, log_in, role):
    client = log_in(role)
    assert "Bloqué" not in client.get(reverse("kits:index")).content.decode()
    kit.items.first().resource.unpublish()
    assert "Bloqué" in client.get(reverse("kits:index")).content.decode()
    assert (
        client.get(reverse("wagtailadmin_pages:add", args=("resources", "kitpage", kit.get_parent().pk))).status_code
        == 200
    )
    assert KitPage.objects.with_state().get().item_count == 3


def test_a_visitor_or_an_account_without_a_role_sees_no_list_of_kits(kit, log_in):
    assert log_in(None).get(reverse("kits:index")).status_code == 302


def posted(**fields):
    """What the admin's form sends: the fields, and the counts of rows of its formsets."""
    data = {"action-publish": "1", "body-count": "0", "sources-count": "0", "language": "fr", "publisher": ""} | fields
    for name in ("comments", "items"):
        counts = {"TOTAL_FORMS": 1 if f"{name}-0-comment" in fields else 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0}
        data |= {f"{name}-{key}": str(value) for key, value in (counts | {"MAX_NUM_FORMS": 1000}).items()}
    return data


def test_an_editor_makes_the_list_and_a_kit(site, log_in):
    client = log_in(MODERATION)
    add = reverse("wagtailadmin_pages:add", args=("resources", "kitindexpage", site.resources.pk))
    assert client.post(add, posted(title="Nos kits")).status_code == 302
    index = KitIndexPage.objects.get()
    assert (index.slug, index.live) == ("kits", True)
    resource = factories.ResourcePageFactory(parent=site.resources, title="Guide")
    document = factories.DocumentFactory()
    add = reverse("wagtailadmin_pages:add", args=("resources", "kitpage", index.pk))
    item = {"items-0-comment": "Utile.", "items-0-resource": str(resource.pk), "items-0-ORDER": "1"}
    both = client.post(add, posted(title="Un kit", slug="un-kit", **item, **{"items-0-document": str(document.pk)}))
    assert "un seul des deux" in both.content.decode()
    assert client.post(add, posted(title="Un kit", slug="un-kit", **item)).status_code == 302
    assert client.get("/ressources/kits/un-kit/").status_code == 200
    assert [str(one) for one in KitPage.objects.get().items.all()] == ["Guide"]
