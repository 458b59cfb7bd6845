"""The bulletin on paper: two pages whatever the commune, accessible, neutral, and a QR code to the right address."""

import zipfile
from io import BytesIO
from types import SimpleNamespace

import outloud
import pytest
import segno
from django.core.cache import caches
from pypdf import PdfReader

from home.printing import printed
from pledges import bulletin
from pledges.dossier import bulletin_pieces
from resources.models import MeasurePage
from territory.models import Commune
from tests.factories import PledgeIndexPageFactory

# The longest name of France; a name with an article; no commune.
COMMUNES = ["51513", "76351", None]


@pytest.fixture
def index(site):
    return PledgeIndexPageFactory(parent=site.home)


def commune_of(code):
    return Commune.objects.with_places().with_code(code) if code else None


def print_one(index, code=None, extension="pdf"):
    caches["printed"].clear()
    return printed(bulletin.TEMPLATE, bulletin.bulletin_context(index, commune=commune_of(code)), extension)[1]


def text_of(content):
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]
    return [page.replace("\xa0", " ").replace("\u2010 ", "") for page in pages]


@pytest.mark.parametrize("code", COMMUNES)
def test_it_is_two_a4_pages_that_anyone_can_hear(index, tmp_path, code):
    path = tmp_path / "bulletin.pdf"
    path.write_bytes(print_one(index, code))
    reader = PdfReader(path)
    assert [(round(page.mediabox.width), round(page.mediabox.height)) for page in reader.pages] == [(595, 842)] * 2
    assert outloud.check(str(path)).errors == 0


def test_the_longest_texts_that_editors_may_write_still_make_two_pages(index):
    MeasurePage.objects.update(pitch=("Ce que l’on demande " * 15)[:300])
    two_lines = "Carte municipale de résident·e pour toutes les personnes qui vivent dans la commune"
    MeasurePage.objects.filter(measure__number=3).update(title=two_lines, notice="Ce n’est pas un titre de séjour.")
    index.send_to = "\n".join(["Assemblée locale, Maison des associations, bâtiment du fond"] * 4)
    index.printer_line = "x" * 100
    front, back = text_of(print_one(index, "51513"))
    assert front.count("Je m’engage") == front.count("Pas maintenant") == 5
    assert "Ne pas jeter sur la voie publique" in back


def test_the_front_asks_for_each_measure_and_the_back_who_answers(index):
    MeasurePage.objects.filter(measure__number=3).update(notice="Ce n'est pas un titre de séjour.")
    front, back = text_of(print_one(index, "76351"))
    for page in bulletin.published_measures():
        assert page.title in front
    assert front.count("Je m’engage") == front.count("Pas maintenant") == 5
    assert "Ce n’est pas un titre de séjour." in front
    assert "Commune : Le Havre (Seine-Maritime)" in front
    assert "prendre au Havre" in front
    assert "à valider par le réseau" in front
    for words in ("Responsable du traitement", "consentement explicite", "retirer votre consentement", "Signature"):
        assert words in back
    assert "votez" not in (front + back).lower()


def test_every_box_is_empty(index):
    text = "".join(text_of(print_one(index)))
    # Two a measure, four roles, three consents.
    assert text.count("☐") == 5 * 2 + 4 + 3
    assert not any(sign in text for sign in "☑☒✓✗")


@pytest.mark.parametrize("code", [None, "51513"])
@pytest.mark.parametrize("extension", ["pdf", "odt", "docx"])
def test_the_same_bulletin_is_the_same_bytes(index, extension, code):
    assert print_one(index, code, extension) == print_one(index, code, extension)


def test_the_office_files_hold_the_text_the_boxes_and_the_code(index):
    odt = zipfile.ZipFile(BytesIO(print_one(index, "31555", "odt")))
    docx = zipfile.ZipFile(BytesIO(print_one(index, "31555", "docx")))
    for text in (odt.read("content.xml").decode(), docx.read("word/document.xml").decode()):
        assert "Toulouse" in text
        assert text.count("☐") == 17
    assert any(name.endswith(".png") for name in odt.namelist())
    assert any(name.startswith("word/media/") for name in docx.namelist())


@pytest.mark.parametrize(("code", "query"), [(None, ""), ("51513", "?commune=51513"), ("2A004", "?commune=2A004")])
def test_the_code_opens_the_signing_page_and_its_address_is_written_beside_it(index, code, query):
    context = bulletin.bulletin_context(index, commune=commune_of(code))
    address = f"http://testserver/engagements/signer/{query}"
    assert context["signing_address"] == address
    assert context["qr_svg"] == bulletin.qr_svg(address)
    assert context["qr_png"] == bulletin.qr_png(address)
    assert context["qr_svg"] != bulletin.qr_svg(address + "x")
    back = text_of(print_one(index, code))[1].replace(" ", "")
    assert address in back
    assert segno.make(address, error="m", micro=False).version <= 5


def test_an_unpublished_measure_is_not_asked(site, index):
    site.measure_pages[1].unpublish()
    assert [page.measure.number for page in bulletin.bulletin_context(index)["measures"]] == [1, 3, 4, 5]


def test_the_address_of_the_page_is_printed_and_a_blank_line_otherwise(index):
    assert "À :" in text_of(print_one(index))[1]
    index.send_to = "Maison des associations\n31000 Toulouse"
    index.printer_line = "Imprimé par nos soins"
    back = text_of(print_one(index))[1]
    assert "Maison des associations 31000 Toulouse" in back
    assert "Imprimé par nos soins" in back


def test_a_dossier_takes_the_bulletin_of_its_commune_and_none_while_the_page_is_a_draft(index):
    dossier = SimpleNamespace(commune=commune_of("51513"))
    (piece,) = bulletin_pieces(dossier)
    assert (piece.key, piece.template, piece.personal) == ("bulletin", bulletin.TEMPLATE, False)
    assert piece.context["signing_address"].endswith("?commune=51513")
    assert "Bulletin d’engagement" in piece.proof("html").html
    index.unpublish()
    assert list(bulletin_pieces(dossier)) == []
