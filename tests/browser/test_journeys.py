"""What visitors come for, with a mouse, with a keyboard alone, without JavaScript, on a phone, on paper (A3, E2)."""

import csv
import io
import time
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import expect

from .access import violations
from .conftest import ACTION_MS

GRANDE_SYNTHE = "/communes/59271-grande-synthe/"


def tab_to(page, target, limit=80):
    """Press Tab until the target has the focus; on the way, everything that has it must show it."""
    for _press in range(limit):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWS_FOCUS), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if target.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"Not reached in {limit} presses: {target}")


# The outline is on the element, or on the card, the box or the field around it; a mark of the map has a thicker border.
SHOWS_FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body) return true;
  const seen = element => element && getComputedStyle(element).outlineStyle !== "none"
    && parseFloat(getComputedStyle(element).outlineWidth) >= 2;
  const mark = one.querySelector(".mark");
  return [one, one.closest(".card"), one.closest(".pick"), one.closest(".joined")].some(seen)
    || (mark && parseFloat(getComputedStyle(mark).strokeWidth) >= 30);
}"""


# --- The commune field ------------------------------------------------------------------------------------------------
def test_the_commune_field_suggests_while_one_types(page, server):
    page.goto("/")
    field = page.get_by_role("combobox", name="Votre commune")
    options = page.get_by_role("option")
    expect(field).to_have_attribute("aria-expanded", "false")

    field.press_sequentially("grande synt")
    expect(options.first).to_contain_text("Grande-Synthe")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("listbox", name="Communes proposées")).to_be_visible()
    assert field.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    expect(page.get_by_role("status")).to_have_text(f"{options.count()} communes proposées.")
    assert field.get_attribute("aria-activedescendant") is None

    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("ArrowUp")
    expect(field).to_have_attribute("aria-activedescendant", options.last.get_attribute("id"))
    expect(options.first).to_have_attribute("aria-selected", "false")
    assert not violations(page)

    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_attribute("aria-expanded", "false")
    assert field.get_attribute("aria-activedescendant") is None
    expect(field).to_have_value("grande synt")

    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")
    expect(page).to_have_url(server.url + GRANDE_SYNTHE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Grande-Synthe")


def test_a_suggestion_is_taken_with_a_finger(narrow_page, server):
    narrow_page.goto("/communes/")
    field = narrow_page.get_by_role("combobox")
    field.press_sequentially("villeurbane")
    narrow_page.get_by_role("option").filter(has_text="Villeurbanne").tap()
    expect(narrow_page).to_have_url(server.url + "/communes/69266-villeurbanne/")


def test_words_that_no_commune_looks_like_are_said_to_a_screen_reader(page):
    page.goto("/")
    page.get_by_role("combobox").press_sequentially("xqzzyk")
    expect(page.get_by_role("status")).to_have_text("Aucune commune proposée.")
    expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "false")


def test_enter_without_a_suggestion_sends_the_form(page, server):
    page.goto("/")
    field = page.get_by_role("combobox")
    field.press_sequentially("saint-denis")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("Enter")
    expect(page).to_have_url(server.url + "/communes/?q=saint-denis")
    expect(page.get_by_role("main").get_by_role("link", name="Saint-Denis", exact=True)).not_to_have_count(0)


# --- By keyboard alone, 320 px wide, with and without JavaScript ------------------------------------------------------
@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def phone(open_context, request):
    return open_context(java_script_enabled=request.param, viewport={"width": 320, "height": 640}).new_page()


def test_a_visitor_finds_a_commune_then_a_card_then_its_sources(phone, server):
    phone.goto("/")
    tab_to(phone, phone.get_by_label("Votre commune"))
    phone.keyboard.type("grande synt")
    tab_to(phone, phone.get_by_role("button", name="Voir ma commune"))
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(server.url + "/communes/?q=grande+synt")
    tab_to(phone, phone.get_by_role("link", name="Grande-Synthe", exact=True))
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(server.url + GRANDE_SYNTHE)
    tab_to(phone, phone.get_by_role("region", name="À Grande-Synthe").get_by_role("link").first)
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(server.url + "/initiatives/grande-synthe/")
    source = phone.get_by_role("region", name="Sources").get_by_role("link").first
    tab_to(phone, source)
    assert source.get_attribute("href").startswith("https://")


def test_a_visitor_filters_the_initiatives_and_takes_them_away(phone, server):
    phone.goto("/initiatives/")
    tab_to(phone, phone.get_by_label("Commune", exact=True))
    phone.keyboard.type("grand sinthe")
    phone.keyboard.press("Escape")
    tab_to(phone, phone.get_by_role("checkbox", name="1. Accueil et hébergement"))
    phone.keyboard.press("Space")
    tab_to(phone, phone.get_by_role("button", name="Filtrer"))
    phone.keyboard.press("Enter")

    expect(phone.get_by_role("heading", level=2, name="1 initiative")).to_be_visible()
    expect(phone.get_by_role("status").first).to_contain_text("Grande-Synthe")
    card = phone.locator(".card").get_by_role("link", name="Grande-Synthe")
    expect(card).to_have_count(1)
    chips = phone.get_by_role("list", name="Filtres actifs").get_by_role("link")
    expect(chips).to_have_count(2)
    if phone.evaluate("document.querySelector('[role=combobox]') !== null"):
        assert "q=" not in phone.url, "a filter left empty stays out of the address"

    file = phone.get_by_role("link", name="Télécharger en CSV")
    tab_to(phone, file)
    with phone.expect_download() as download:
        phone.keyboard.press("Enter")
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1
    assert "59271" in rows[0].values()

    tab_to(phone, chips.filter(has_text="Grande-Synthe"))
    phone.keyboard.press("Enter")
    expect(chips).to_have_count(1)
    expect(phone.get_by_role("heading", level=2, name="19 initiatives")).to_be_visible()


def test_a_commune_suggested_in_the_filters_stays_in_them(page, server):
    page.goto("/initiatives/")
    field = page.get_by_label("Commune", exact=True)
    field.press_sequentially("clermont fer")
    expect(page.get_by_role("option").first).to_contain_text("Clermont-Ferrand")
    field.press("ArrowDown")
    field.press("Enter")
    expect(page).to_have_url(server.url + "/initiatives/")
    expect(field).to_have_value("Clermont-Ferrand (Puy-de-Dôme)")
    field.press("Enter")
    expect(page.get_by_role("heading", level=2, name="1 initiative")).to_be_visible()
    expect(page.locator(".card")).to_contain_text("Clermont-Ferrand")


def test_a_mark_of_the_map_leads_to_the_initiatives_of_its_place(page):
    page.goto("/initiatives/")
    mark = page.get_by_role("link", name="Grande-Synthe : 1 initiative")
    tab_to(page, mark, limit=60)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="1 initiative")).to_be_visible()
    expect(page.locator(".card")).to_contain_text("Grande-Synthe")


# --- Focus ------------------------------------------------------------------------------------------------------------
def test_the_skip_link_comes_first_is_seen_and_leads_to_the_content(page):
    page.goto("/initiatives/")
    skip = page.get_by_role("link", name="Aller au contenu")
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    tab_to(page, page.get_by_role("navigation", name="Fil d’Ariane").get_by_role("link").first, limit=1)


@pytest.mark.parametrize(
    "path", ["/", "/initiatives/", "/argumentaire/participation/", "/ressources/lettre-aux-candidats/"]
)
def test_whatever_has_the_focus_shows_it_from_the_first_link_to_the_last(narrow_page, path):
    narrow_page.goto(path)
    tab_to(narrow_page, narrow_page.get_by_role("contentinfo").get_by_role("link").last, limit=120)


# --- On paper ---------------------------------------------------------------------------------------------------------
def test_on_paper_navigation_is_gone_and_addresses_are_written(page):
    page.goto("/initiatives/grande-synthe/")
    source = page.get_by_role("region", name="Sources").get_by_role("link").first.get_attribute("href")
    page.emulate_media(media="print")
    for navigation in page.get_by_role("navigation").get_by_role("link").all():
        expect(navigation).to_be_hidden()
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(page.pdf())).pages)
    assert "Ce qui a été fait" in text
    assert f"({source})" in "".join(text.split())
    assert "Rechercher" not in text
    assert "Aller au contenu" not in text


def test_on_paper_answers_folded_on_screen_are_read(page):
    page.goto("/argumentaire/carte-municipale/")
    answer = page.locator(".question > div").first.text_content().split(".")[0].strip()
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(page.pdf())).pages)
    assert "".join(answer.split()) in "".join(text.split())


# --- The second visit -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/", "/initiatives/?mesure=scolarisation", GRANDE_SYNTHE, "/recherche/?q=logement"])
def test_a_page_seen_again_is_asked_again_and_not_sent_again(page, path):
    # A page that follows the clock is another at each quarter of an hour.
    left = 900 - time.time() % 900
    time.sleep(left if left < ACTION_MS / 1000 else 0)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    asked, answered = [], []
    network.on(
        "Network.requestWillBeSentExtraInfo",
        lambda event: asked.append({k.lower(): v for k, v in event["headers"].items()}),
    )
    network.on("Network.responseReceivedExtraInfo", lambda event: answered.append(event["statusCode"]))
    first = page.goto(path)
    etag = first.header_value("etag")
    assert etag
    page.goto("about:blank")
    asked.clear()
    answered.clear()
    page.goto(path)
    assert asked[0].get("if-none-match") == etag
    assert answered[0] == 304
    # What the page is made of has a name that changes with it: it is not even asked.
    assert len(asked) == 1, asked
