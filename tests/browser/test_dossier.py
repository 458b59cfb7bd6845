"""From a commune to three printed letters: by keyboard alone, 320 px wide, with and without JavaScript (A3)."""

import re
import zipfile

import pypdf
import pytest
from playwright.sync_api import expect

from .access import too_wide, violations
from .test_journeys import tab_to

VIGAN = "/communes/30350-le-vigan/"
# The first of all prints every piece; a kept one takes a fraction of a second.
FIRST_PRINT_MS = 60_000
NAMES = ["Aimée Exemple", "Basile Exemple", "Chloé Exemple"]


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def phone(open_context, request):
    return open_context(java_script_enabled=request.param, viewport={"width": 320, "height": 640}).new_page()


def test_a_volunteer_finds_the_commune_types_three_names_and_takes_three_letters(phone, server):
    phone.goto("/")
    tab_to(phone, phone.get_by_label("Votre commune"))
    phone.keyboard.type("30350")
    tab_to(phone, phone.get_by_role("button", name="Voir ma commune"))
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(server.url + VIGAN)
    tab_to(phone, phone.get_by_role("link", name="Le dossier de ma commune"))
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Dossier du Vigan")

    tab_to(phone, phone.get_by_role("textbox", name=re.compile("^(Maire|Têtes de liste)")))
    for name in NAMES:
        phone.keyboard.type(name)
        phone.keyboard.press("Enter")
    tab_to(phone, phone.get_by_role("button", name="Voir le dossier rempli"))
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("Chloé Exemple").last).to_be_attached()
    assert not too_wide(phone)
    # What was typed is in no address.
    assert "Exemple" not in phone.url

    for box in phone.get_by_role("checkbox").all():
        if "Lettre" not in box.locator("xpath=..").inner_text():
            tab_to(phone, box)
            phone.keyboard.press("Space")
    tab_to(phone, phone.get_by_role("button", name="PDF rempli"))
    with phone.expect_download(timeout=FIRST_PRINT_MS) as download:
        phone.keyboard.press("Enter")
    pages = [page.extract_text() for page in pypdf.PdfReader(download.value.path()).pages]
    assert len(pages) == 3
    for name, text in zip(NAMES, pages, strict=True):
        assert name in text
        assert "Le Vigan" in text


def test_the_editable_files_come_from_a_link_without_typing_anything(page):
    page.goto(VIGAN + "dossier/")
    with page.expect_download(timeout=FIRST_PRINT_MS) as download:
        page.get_by_role("link", name="Fichiers à modifier (.zip)").click(timeout=FIRST_PRINT_MS)
    assert download.value.suggested_filename == "Dossier du Vigan.zip"
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert "bulletin/bulletin-d-engagement.odt" in archive.namelist()


def test_a_wrong_entry_is_said_and_read_to_a_screen_reader(narrow_page):
    narrow_page.goto(VIGAN + "dossier/")
    names = narrow_page.locator("textarea")
    names.fill("\n".join(f"Nom {number}" for number in range(21)))
    narrow_page.get_by_role("button", name="Voir le dossier rempli").click()
    expect(narrow_page.get_by_role("alert")).to_contain_text("à corriger")
    assert names.get_attribute("aria-invalid") == "true"
    expect(narrow_page.get_by_text("21 noms")).to_be_visible()
    assert names.input_value().count("Nom") == 21
    assert not violations(narrow_page)
