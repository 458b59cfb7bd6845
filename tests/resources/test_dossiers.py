"""The dossier of a commune: every piece filled, nothing kept of what was typed, the same bytes twice."""

import datetime
import io
import logging
import zipfile
import zlib
from pathlib import Path

import pypdf
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection

from assemblies.models import Assembly
from home import press
from home.caching import bump
from resources.dossiers import ahead
from resources.dossiers.dossier import Dossier, Wishes
from resources.models import DownloadCount
from resources.seeding import seed_calendar, seed_letters
from territory.models import Commune
from territory.seeding import seed_elections
from tests.factories import AssemblyFactory

TOULOUSE = "/communes/31555-toulouse/"
TYPED = {
    "destinataires": "Aimée Ornithorynque\nBasile Coelacanthe\n\n  Chloé   Axolotl ",
    "date_debat": "le jour du tapir",
    "lieu_debat": "la salle du pangolin",
    "signataire": "Collectif du Dugong",
}
NAMES = ["Ornithorynque", "Coelacanthe", "Axolotl", "tapir", "pangolin", "Dugong"]


@pytest.fixture
def campaign(site):
    """The letters, the calendar and the elections as they are seeded, beside the small site."""
    seed_elections()
    list(seed_letters())
    list(seed_calendar())
    return site


def unpacked(response):
    content = b"".join(response.streaming_content)
    assert len(content) == int(response["Content-Length"])
    return zipfile.ZipFile(io.BytesIO(content))


def words_of(pdf):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def office_text(archive, name):
    with zipfile.ZipFile(io.BytesIO(archive.read(name))) as document:
        return document.read("content.xml" if name.endswith("odt") else "word/document.xml").decode()


class TestSeen:
    def test_it_is_a_page_that_readers_keep(self, campaign, client):
        response = client.get(TOULOUSE + "dossier/")
        assert response.status_code == 200
        assert not response.cookies
        assert response["ETag"]
        text = response.content.decode()
        assert "Dossier de Toulouse" in text
        assert "csrf" not in text
        assert 'formaction="../dossier.zip"' in text

    def test_other_ways_to_write_its_address_lead_to_the_one(self, campaign, client):
        for ending in ("dossier/", "dossier.zip", "dossier.pdf"):
            response = client.get("/communes/31555-tolosa/" + ending)
            assert (response.status_code, response["Location"]) == (301, TOULOUSE + ending)
            assert client.get("/communes/99999-rien/" + ending).status_code == 404

    def test_what_was_typed_is_shown_and_kept_for_the_files(self, campaign, client):
        response = client.post(TOULOUSE + "dossier/", TYPED)
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        text = response.content.decode()
        assert all(name in text for name in NAMES)

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("destinataires", "\n".join(f"Nom {n}" for n in range(21)), "21 noms"),
            ("destinataires", "x" * 121, "trop long"),
            ("date_debat", "x" * 151, "150"),
            ("documents", "zz", "zz"),
            ("lieu_debat", "a\x00b", "nul"),
        ],
    )
    @pytest.mark.parametrize("ending", ["dossier/", "dossier.zip", "dossier.pdf"])
    def test_a_value_that_cannot_be_used_is_said_and_the_rest_is_kept(
        self, campaign, client, ending, field, value, said
    ):
        response = client.post(TOULOUSE + ending, {"signataire": "Collectif du Dugong", field: value})
        assert response.status_code == 200
        text = response.content.decode()
        assert "Un champ est à corriger" in text
        assert said in text
        assert "Collectif du Dugong" in text


class TestFiles:
    def test_the_archive_is_the_same_twice_and_resumes(self, campaign, client):
        first = client.get(TOULOUSE + "dossier.zip")
        content = b"".join(first.streaming_content)
        assert content == b"".join(client.get(TOULOUSE + "dossier.zip").streaming_content)
        assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
        rest = client.get(TOULOUSE + "dossier.zip", headers={"range": "bytes=5000-", "if-range": first["ETag"]})
        assert rest.status_code == 206
        assert b"".join(rest.streaming_content) == content[5000:]
        assert client.get(TOULOUSE + "dossier.zip", headers={"if-none-match": first["ETag"]}).status_code == 304

    def test_every_piece_comes_in_its_formats_and_no_field_is_left_unfilled(self, campaign, client):
        archive = unpacked(client.get(TOULOUSE + "dossier.zip"))
        names = archive.namelist()
        assert names[0] == "LISEZ-MOI.html"
        assert "manifeste-sha256.txt" in names
        for kind in ("pdf", "odt", "docx", "html"):
            assert f"lettre-aux-candidats/lettre-aux-candidats.{kind}" in names
            assert f"demande-de-salle/demande-de-salle.{kind}" in names
        assert {"affiche/affiche-du-debat.pdf", "affiche/affiche-du-debat A3.pdf"} <= set(names)
        for name in names:
            if name.endswith((".odt", ".docx")):
                assert "{{" not in office_text(archive, name)
            elif name.endswith(".html"):
                assert "{{" not in archive.read(name).decode()
        assert "Toulouse" in office_text(archive, "lettre-aux-candidats/lettre-aux-candidats.odt")

    def test_one_pdf_holds_everything_in_print_order_and_each_letter_counts_its_own_pages(self, campaign, client):
        response = client.get(TOULOUSE + "dossier.pdf")
        assert response["Content-Type"] == "application/pdf"
        text = words_of(response.content)
        places = [text.index(word) for word in ("Dossier de Toulouse", "Objet", "Rendez-vous")]
        assert places == sorted(places)
        assert client.get(TOULOUSE + "dossier.pdf", headers={"if-none-match": response["ETag"]}).status_code == 304

    def test_a_village_and_a_town_get_different_letters_and_arguments(self, campaign):
        village, town = Dossier(Commune.objects.get(pk="63278")), Dossier(Commune.objects.get(pk="30189"))
        assert (village.size, town.size) == ("petite", "ville")
        of = {
            name: {piece.key: piece.proof("html").html for piece in dossier.pieces}
            for name, dossier in (("village", village), ("town", town))
        }
        own = of["village"]["lettre"].replace("de Pessat-Villeneuve", "")
        assert own.split("Madame")[1][:400] != of["town"]["lettre"].split("Madame")[1][:400]

    def test_only_the_documents_wanted_are_given(self, campaign, client):
        response = client.post(TOULOUSE + "dossier.zip", {"documents": ["lettre"]})
        folders = {name.split("/")[0] for name in unpacked(response).namelist() if "/" in name}
        assert folders == {"lettre-aux-candidats"}

    def test_the_date_of_the_letters_is_part_of_what_it_is(self, campaign):
        commune = Commune.objects.get(pk="31555")
        one = Dossier(commune, day=datetime.date(2026, 11, 30)).archive()
        other = Dossier(commune, day=datetime.date(2026, 12, 1)).archive()
        assert one.etag != other.etag
        assert Dossier(commune, day=datetime.date(2026, 12, 1)).values["date"] == "1er décembre 2026"


class TestNothingKept:
    def test_the_names_are_in_the_letters_and_nowhere_else(self, campaign, client, caplog):
        caplog.set_level(logging.DEBUG)
        archive = unpacked(client.post(TOULOUSE + "dossier.zip", TYPED | {"documents": ["lettre", "affiche"]}))
        letters = [name for name in archive.namelist() if name.startswith("lettre-aux-candidats/")]
        assert len(letters) == 3 * 4
        for number, name in enumerate(NAMES[:3], 1):
            holding = [
                one for one in archive.namelist()
                if one.endswith(".odt") and name in office_text(archive, one)
            ]  # fmt: skip
            assert holding == [f"lettre-aux-candidats/lettre-aux-candidats - {number}.odt"]
        client.post(TOULOUSE + "dossier.pdf", TYPED | {"documents": ["lettre", "affiche"]})
        client.post(TOULOUSE + "dossier/", TYPED)
        assert not any(name in str(archive.namelist()) for name in NAMES)
        assert not any(name in caplog.text for name in NAMES)
        written = [path for path in Path(settings.VAR_DIR).rglob("*") if path.is_file()]
        assert not [path for path in written if any(name.encode() in path.read_bytes() for name in NAMES)]
        kept = caches["printed"]
        for path in kept._list_cache_files():
            with open(path, "rb") as file:
                value = b"" if kept._is_expired(file) else zlib.decompress(file.read())
            assert not any(name.encode() in value for name in NAMES)
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                if table.startswith(("django_session", "resources_", "home_")):
                    cursor.execute(f'SELECT * FROM "{table}"')
                    assert not any(name in str(cursor.fetchall()) for name in NAMES)

    def test_what_is_personal_is_never_kept_by_the_press(self, campaign, monkeypatch):
        kept = []
        monkeypatch.setattr(type(caches["printed"]), "set", lambda *args, **kwargs: kept.append(args))
        Dossier(Commune.objects.get(pk="31555"), Wishes(recipients=("Chloé Axolotl",), pieces=("lettre",))).archive()
        assert kept == []

    def test_the_private_contact_of_an_assembly_is_in_no_file(self, campaign, client):
        AssemblyFactory(
            name="Assemblée Exemple", departements=["31"], private_contact="marqueur@example.org",
            printable_contact="BP 1, Toulouse", name_shown=True,
        )  # fmt: skip
        archive = unpacked(client.get(TOULOUSE + "dossier.zip"))
        letter = office_text(archive, "lettre-aux-candidats/lettre-aux-candidats.odt")
        assert "Assemblée Exemple" in letter
        assert "BP 1, Toulouse" in letter
        for name in archive.namelist():
            content = office_text(archive, name).encode() if name.endswith(("odt", "docx")) else archive.read(name)
            assert b"marqueur" not in content
        assert "marqueur" not in words_of(client.get(TOULOUSE + "dossier.pdf").content)

    def test_an_assembly_that_did_not_opt_in_is_not_named(self, campaign):
        AssemblyFactory(name="Assemblée Discrète", departements=["31"])
        assert Assembly.objects.exists()
        assert Dossier(Commune.objects.get(pk="31555")).values["assemblee"] == ""


def test_a_download_counts_one_for_the_commune_and_a_resumed_one_no_more(campaign, client):
    client.get(TOULOUSE + "dossier.zip")
    client.get(TOULOUSE + "dossier.zip", headers={"range": "bytes=5000-"})
    client.head(TOULOUSE + "dossier.zip")
    client.post(TOULOUSE + "dossier.pdf", {"documents": ["lettre"]})
    assert DownloadCount.objects.get(commune="31555").number == 2


@pytest.mark.parametrize(
    ("insee", "words"),
    [
        ("80829", "Dossier d’Y"),
        ("94038", "Dossier de L’Haÿ-les-Roses"),
        ("97101", "Dossier des Abymes"),
        ("76351", "Dossier du Havre"),
        ("30350", "Dossier du Vigan"),
        ("97411", "Dossier de Saint-Denis"),
        ("93066", "Dossier de Saint-Denis"),
        ("57521", "Dossier d’Œting"),
    ],
)
def test_the_grammar_of_names_holds_in_titles(campaign, insee, words):
    assert Dossier(Commune.objects.get(pk=insee)).title == words


def test_what_dossiers_share_is_printed_ahead_once_for_each_publication(campaign, monkeypatch, request):
    caches["printed"].clear()
    # What this test keeps is no document.
    request.addfinalizer(caches["printed"].clear)
    printed = []
    monkeypatch.setattr(ahead, "_printed_for", None)
    monkeypatch.setattr(press, "write_office_file", lambda html, extension: printed.append(extension) or b"file")
    monkeypatch.setattr(press, "draw_pdf", lambda html, digest: printed.append("pdf") or b"file")
    ahead.print_ahead()
    assert "pdf" in printed
    assert "odt" in printed
    for piece in Dossier(Commune.objects.with_places().get(pk="51513")).pieces:
        if piece.key == "argumentaire":
            printed.clear()
            list(piece.files())
            assert not printed
    bump()
    ahead.print_ahead()
    assert not printed
