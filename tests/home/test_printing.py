"""Printed files: the same bytes for the same content, tagged, titled, in French, and only where they belong."""

import json
import subprocess
import sys
import threading
import zipfile
from io import BytesIO

import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from pypdf import PdfReader

from home import press, printing
from home.models import CustomImage
from tests.factories import ResourcePageFactory
from tests.home.files import photo
from tests.test_pages import BODY


@pytest.fixture
def resource(site):
    return ResourcePageFactory(parent=site.resources, slug="fiche", title="Une fiche : l’essentiel", body=BODY)


@pytest.fixture(autouse=True)
def nothing_printed_yet():
    caches["printed"].clear()


@pytest.mark.parametrize("extension", ["pdf", "odt", "docx"])
def test_the_same_content_gives_the_same_bytes_and_another_content_others(resource, client, extension):
    address = f"{resource.url}fiche.{extension}"
    first = client.get(address)
    caches["printed"].clear()
    again = client.get(address)
    assert first.content == again.content
    assert first["ETag"] == again["ETag"]
    assert first["Content-Disposition"] == f'attachment; filename="fiche.{extension}"'
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    resource.title = "Un autre titre"
    resource.save_revision().publish()
    changed = client.get(address)
    assert changed.content != first.content
    assert changed["ETag"] != first["ETag"]


def test_another_process_on_another_day_gives_the_same_bytes():
    code = (
        "import sys, time, hashlib; real = time.time; time.time = lambda: real() + float(sys.argv[1])\n"
        "from home import press\n"
        "html = '<!doctype html><html lang=fr><head><title>T</title></head><body><h1>T</h1><p>Texte</p></body></html>'\n"
        "made = press.draw_pdf(html, b'x' * 16), *(press.write_office_file(html, one) for one in ('odt', 'docx'))\n"
        "print(*(hashlib.sha256(one).hexdigest() for one in made))"
    )
    digests = {
        subprocess.run([sys.executable, "-c", code, later], capture_output=True, text=True, check=True).stdout
        for later in ("0", "90000")
    }
    assert len(digests) == 1
    assert len(set(digests.pop().split())) == 3


def test_the_pdf_is_tagged_titled_and_french(resource, client):
    reader = PdfReader(BytesIO(client.get(resource.url + "fiche.pdf").content))
    assert reader.metadata.title.startswith("Une fiche")
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "Relire" in reader.pages[0].extract_text()


def test_links_and_pictures_of_a_printed_page_stand_alone(site, client):
    picture = CustomImage.objects.create(
        title="Photo", description="Un jardin", file=ContentFile(photo(), name="p.jpg")
    )
    body = json.dumps(
        [
            {"type": "text", "value": '<p><a href="/initiatives/">Les initiatives</a></p>'},
            {
                "type": "picture",
                "value": {"image": {"image": picture.pk, "decorative": False, "alt_text": "Un jardin"}},
            },
        ]
    )
    page = ResourcePageFactory(parent=site.resources, slug="image", body=body)
    reader = PdfReader(BytesIO(client.get(page.url + "image.pdf").content))
    links = [note.get_object()["/A"]["/URI"] for one in reader.pages for note in one.get("/Annots", [])]
    assert links == ["http://testserver/initiatives/"]
    assert len(reader.pages[0].images) == 1
    docx = zipfile.ZipFile(BytesIO(client.get(page.url + "image.docx").content))
    assert any(name.startswith("word/media/") for name in docx.namelist())
    assert "http://testserver/initiatives/" in docx.read("word/_rels/document.xml.rels").decode()


def test_the_office_files_hold_the_text(resource, client):
    odt = zipfile.ZipFile(BytesIO(client.get(resource.url + "fiche.odt").content))
    assert "Relire" in odt.read("content.xml").decode()
    docx = zipfile.ZipFile(BytesIO(client.get(resource.url + "fiche.docx").content))
    assert "Relire" in docx.read("word/document.xml").decode()


def test_the_argumentaire_holds_its_measures(site, client):
    text = "".join(
        page.extract_text() for page in PdfReader(BytesIO(client.get("/argumentaire/argumentaire.pdf").content)).pages
    )
    for page in site.measure_pages:
        assert page.title.split("·")[0] in text


def test_only_the_names_of_the_page_are_files_and_only_of_published_pages(resource, client):
    for name in ("autre.pdf", "fiche.txt", "fiche.a3.pdf"):
        assert client.get(resource.url + name).status_code == 404
    assert client.get("/initiatives/initiatives.pdf").status_code == 404
    assert client.get("/nulle/part.pdf").status_code == 404
    resource.unpublish()
    assert client.get("/ressources/fiche/fiche.pdf").status_code == 404


def test_a_private_page_is_not_printed(resource, client):
    from wagtail.models import PageViewRestriction

    PageViewRestriction.objects.create(page=resource, restriction_type="login")
    assert client.get(resource.url + "fiche.pdf").status_code == 404


def test_while_the_press_is_busy_the_visitor_is_asked_to_come_back(resource, client, monkeypatch):
    monkeypatch.setattr(printing, "WAIT_SECONDS", 0.01)
    # Held by another visitor: who holds the press may print several files.
    printing_elsewhere, done = threading.Event(), threading.Event()

    def print_for_long():
        with printing.press():
            printing_elsewhere.set()
            done.wait(10)

    other = threading.Thread(target=print_for_long)
    other.start()
    printing_elsewhere.wait(10)
    response = client.get(resource.url + "fiche.pdf")
    done.set()
    other.join()
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert client.get(resource.url + "fiche.pdf").status_code == 200


def test_what_is_printed_reads_neither_the_disk_nor_the_network(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("MOT-DE-PASSE")
    html = f'<html lang="fr"><title>T</title><body><p>x</p><img alt="" src="file://{secret}"><a href="{secret}">a</a>'
    assert b"MOT-DE-PASSE" not in press.draw_pdf(html, b"x" * 16)
    with pytest.raises(ValueError, match="Not fetched"):
        press.NoFetching().fetch(f"file://{secret}")
