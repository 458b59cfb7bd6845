"""Uploaded pictures and documents: what is kept of them, and how they are given."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from wagtail.models import Collection, CollectionViewRestriction

from home.extraction import text_of
from home.models import CustomDocument, CustomImage
from tests.home.files import pdf_saying, photo


@pytest.fixture
def picture(db):
    return CustomImage.objects.create(title="Photo", file=ContentFile(photo(), name="photo.jpg"))


def test_what_the_camera_noted_is_gone_and_the_picture_is_upright(picture):
    stored = picture.file.open().read()
    assert b"SECRET" not in stored
    opened = Image.open(BytesIO(stored))
    assert not opened.getexif()
    assert opened.size == (picture.width, picture.height) == (40, 60)
    assert b"SECRET" not in picture.get_rendition("max-20x20").file.open().read()


def test_only_pictures_made_for_pages_are_public(client, picture):
    rendition = picture.get_rendition("max-20x20")
    response = client.get(rendition.url)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert "immutable" in response["Cache-Control"]
    assert client.get(rendition.url, headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.get("/media/" + picture.file.name).status_code == 404


def test_another_picture_under_the_same_name_has_another_address(picture):
    address = picture.get_rendition("max-20x20").url
    picture.delete()
    other = BytesIO()
    Image.new("RGB", (60, 40), "red").save(other, "JPEG")
    again = CustomImage.objects.create(title="Photo", file=ContentFile(other.getvalue(), name="photo.jpg"))
    assert again.get_rendition("max-20x20").url != address


@pytest.mark.parametrize(
    "name",
    ["documents/a.pdf", "images/../documents/a.pdf", "images/%2e%2e/documents/a.pdf", "../db.sqlite3", "images/a.svg",
     "images/a.html", "images/", "local.env", "images/a%00.png", "/etc/passwd"],
)  # fmt: skip
def test_nothing_else_is_reachable_below_media(client, db, name):
    CustomDocument.objects.create(title="a", file=ContentFile(b"secret", name="a.pdf"))
    assert client.get("/media/" + name).status_code == 404


def test_a_document_is_sent_as_an_attachment_that_runs_nothing(client, db):
    document = CustomDocument.objects.create(title="a", file=ContentFile(pdf_saying("Bonjour"), name="a.pdf"))
    response = client.get(document.url)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "default-src 'none'"
    assert len(document.sha256) == 64
    assert document.crc32
    assert document.text == "Bonjour"
    assert not document.is_scan_without_text


def test_a_private_document_is_given_to_nobody(client, db):
    secret = Collection.get_first_root_node().add_child(name="Secret")
    CollectionViewRestriction.objects.create(collection=secret, restriction_type="login")
    document = CustomDocument.objects.create(title="a", collection=secret, file=ContentFile(b"x", name="a.txt"))
    assert client.get(document.url).status_code == 302


def office_file(part, xml):
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, xml)
    return BytesIO(output.getvalue())


def test_the_text_of_files_is_read_and_bad_files_are_survived():
    assert text_of(office_file("content.xml", "<a><p>Un <b>mot</b></p><h>Titre</h></a>"), "odt") == "Un mot Titre"
    assert text_of(office_file("word/document.xml", "<a><p>Un mot</p></a>"), "docx") == "Un mot"
    assert text_of(BytesIO("Été".encode()), "txt") == "Été"
    assert text_of(BytesIO(b"not a pdf"), "pdf") == ""
    assert text_of(BytesIO(b"not a zip"), "odt") == ""
    assert text_of(BytesIO(b"x"), "png") == ""
    bomb = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">]><a><p>&x;</p></a>'
    assert text_of(office_file("content.xml", bomb), "odt") == ""
    assert text_of(office_file("content.xml", "<a><p>" + "x" * 31_000_000 + "</p></a>"), "odt") == ""
