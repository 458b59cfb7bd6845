"""The editors' side, as its users see it: rédaction writes and submits, modération publishes, and the card is everywhere.

The browser watches the admin too: no request to another host, no violation of its policy, no error in its console.
"""

import io
import json
import re
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET

import pytest
from PIL import Image
from playwright.sync_api import expect

TITLE = "Aurillac : une carte à l’essai"
PATH = "/initiatives/aurillac-une-carte-a-lessai/"
CAMERA = "Appareil-Temoin-7"


@pytest.fixture
def log_in(open_context, server):
    """`log_in("redaction")` gives a page on the home of the admin."""

    def as_one(name):
        page = open_context(reader=False, viewport={"width": 1280, "height": 1000}).new_page()
        page.goto("/admin/")
        page.locator("#id_username").fill(name)
        page.locator("#id_password").fill(server.accounts[name])
        page.keyboard.press("Enter")
        expect(page).to_have_url(server.url + "/admin/")
        return page

    return as_one


@pytest.fixture
def read(server):
    """`read(path)` gives what an anonymous reader gets, as bytes."""

    def one(path):
        with urllib.request.urlopen(server.url + path, timeout=20) as answer:
            return answer.read()

    return one


def photograph():
    """A JPEG as a telephone makes them: with the place, the device and a note."""
    exif = Image.Exif()
    exif[0x010F] = CAMERA
    exif.get_ifd(0x8825).update({1: "N", 2: (44.0, 55.0, 33.0), 3: "E", 4: (2.0, 26.0, 26.0)})
    output = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(output, "JPEG", exif=exif, comment=CAMERA.encode())
    assert Image.open(output).getexif().get_ifd(0x8825)
    return output.getvalue()


# --- Rédaction writes and submits, modération publishes ---------------------------------------------------------------
def write(page):
    """Fill in the form of a new initiative, from the home of the admin."""
    page.get_by_role("link", name="Nouvelle initiative").click()
    page.get_by_role("textbox", name="Titre*").fill(TITLE)
    page.get_by_role("textbox", name="Résumé").fill("La ville essaie une carte de résident·e.")

    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="Choisir une commune").click()
    dialog.get_by_role("textbox", name="Nom, code postal ou code INSEE").fill("orillac")
    dialog.get_by_role("link", name="Aurillac (15)").click()
    expect(page.get_by_role("region", name="Commune 1")).to_contain_text("Aurillac")
    page.get_by_role("checkbox", name="3. Carte municipale de résident·e").check()

    page.get_by_role("region", name="L’expérience").get_by_role("textbox").first.click()
    page.keyboard.type("Un millier de cartes-témoins a été remis.")
    page.get_by_label("Statut*").select_option("En cours")

    provenance = page.get_by_role("region", name="Provenance")
    provenance.get_by_role("button", name="Insérer un bloc").click()
    source = provenance.get_by_role("region", name="Source")
    source.get_by_role("textbox", name="Ce que dit la source*").fill("Délibération du conseil municipal")
    source.get_by_role("textbox", name="Adresse").fill("https://exemple.fr/deliberation")

    page.get_by_role("region", name="Photo").get_by_role("button", name="Choisir une image").click()
    dialog.get_by_role("tab", name="Transférer").click()
    dialog.get_by_label("Fichier*").set_input_files(
        {"name": "marche.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    dialog.get_by_role("textbox", name="Titre*").fill("Place du marché")
    dialog.get_by_role("textbox", name="Description").fill("La place du marché, vide")
    dialog.get_by_role("button", name="Transférer").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("region", name="Photo")).to_contain_text("Place du marché")


def test_an_initiative_goes_from_its_draft_to_every_public_page(log_in, open_context, read, server):
    redaction = log_in("redaction")
    write(redaction)

    redaction.get_by_role("button", name="Afficher/masquer la prévisualisation").click()
    preview = redaction.frame_locator("iframe").first
    expect(preview.get_by_role("heading", level=1)).to_have_text(re.compile("Aurillac"))
    expect(preview.get_by_role("region", name="Sources")).to_contain_text("Délibération du conseil municipal")
    expect(preview.get_by_role("img", name="La place du marché, vide")).to_be_visible()

    redaction.get_by_role("button", name="Plus d'actions").click()
    actions = redaction.get_by_role("navigation", name="Actions (pied de page)")
    expect(actions.get_by_role("button", name="Publier")).to_have_count(0)
    actions.get_by_role("button", name="Soumettre à Relecture").click()
    expect(redaction.get_by_role("status").filter(has_text="soumise pour modération")).to_be_visible()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        read(PATH)

    moderation = log_in("moderation")
    moderation.get_by_role("region", name="En attente de votre vérification").get_by_role("link", name=TITLE).click()
    expect(moderation.get_by_role("textbox", name="Titre*")).to_have_value(TITLE)
    moderation.get_by_role("button", name="Plus d'actions").click()
    moderation.get_by_role("button", name="Approuver", exact=True).click()
    moderation.wait_for_url("**/admin/pages/*/")

    it_shows_everywhere(open_context().new_page(), read)
    its_photo_says_nothing_more(read)


def it_shows_everywhere(page, read):
    page.goto(PATH)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Aurillac"))
    expect(page.get_by_text("Un millier de cartes-témoins")).to_be_visible()
    expect(page.get_by_role("region", name="Sources").get_by_role("link")).to_have_attribute(
        "href", "https://exemple.fr/deliberation"
    )
    photo = page.get_by_role("img", name="La place du marché, vide")
    assert photo.evaluate("one => one.complete && one.naturalWidth > 0")

    page.goto("/initiatives/?mesure=carte-municipale")
    expect(page.locator(".card").filter(has_text="Aurillac")).to_have_count(1)
    expect(page.get_by_role("link", name="Aurillac : 1 initiative")).to_have_count(1)
    page.goto("/communes/15014-aurillac/")
    expect(page.get_by_role("region", name="À Aurillac")).to_contain_text("une carte à l’essai")
    for words in ("cartes temoins", "aurillac", "une carte à l'essai"):
        page.goto("/recherche/?q=" + words)
        expect(page.locator(f'main a[href="{PATH}"]')).to_have_count(1)

    assert PATH in read("/initiatives.csv?commune=15014").decode("utf-8-sig")
    features = json.loads(read("/initiatives.geojson?commune=15014"))["features"]
    assert [PATH in json.dumps(feature) for feature in features] == [True]
    entries = ET.fromstring(read("/feeds/initiatives.atom")).findall("{http://www.w3.org/2005/Atom}entry")
    assert PATH in ET.tostring(entries[0]).decode()
    assert PATH in read("/sitemap.xml").decode()


def its_photo_says_nothing_more(read):
    found = set(re.findall(r"/media/images/[\w.-]+", read(PATH).decode()))
    assert len(found) >= 2, "a page offers its photo in several formats"
    for path in found:
        body = read(path)
        assert CAMERA.encode() not in body
        assert not dict(Image.open(io.BytesIO(body)).getexif()), path


# --- Every screen that editors use ------------------------------------------------------------------------------------
SCREENS = {
    "redaction": ["/admin/", "/admin/images/", "/admin/images/add/", "/admin/documents/", "/admin/documents/multiple/add/",
                  "/admin/initiatives/", "/admin/ressources/", "/admin/account/"],
    "moderation": ["/admin/", "/admin/mesures/", "/admin/assemblees/", "/admin/reports/workflow/", "/admin/initiatives/?q=aurillac"],
    "admin": ["/admin/elections/", "/admin/users/", "/admin/groups/", "/admin/redirects/", "/admin/workflows/list/",
              "/admin/reports/site-history/", "/admin/collections/", "/admin/settings/home/sitesettings/"],
}  # fmt: skip
ENGLISH = re.compile(r"\b(Search|Save|Edit|Delete|Add|Settings|Users|Home|Upload|Published|Draft|View|More|Filter)\b")


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_is_in_french_and_asks_nobody_else(log_in, name):
    page = log_in(name)
    english = {}
    for path in SCREENS[name]:
        answer = page.goto(path, wait_until="load")
        assert answer.status == 200, path
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        # As a screen reader hears it: names of buttons included.
        english[path] = ENGLISH.findall(page.locator("main").aria_snapshot())
    # Written in English in Wagtail's own template (wagtailadmin/home.html, the hidden button of the search).
    if english.get("/admin/") == ["Search"]:
        del english["/admin/"]
    assert not {path: words for path, words in english.items() if words}


# The types whose forms have widgets of their own; the others are of the same parts.
FORMS = [
    "home.HomePage",
    "resources.MeasurePage",
    "resources.LetterPage",
    "resources.KitPage",
    "resources.ResourcePage",
]


def test_pages_can_be_explored_and_edited(log_in, read):
    """Their form, with all that its widgets ask for."""
    page = log_in("admin")
    rows = json.loads(read("/api/v2/pages/?limit=100&fields=_,id,type"))["items"]
    by_type = {row["meta"]["type"]: row["id"] for row in rows}
    for folder in ("", f"{by_type['home.HomePage']}/", f"{by_type['resources.ResourceIndexPage']}/"):
        assert page.goto(f"/admin/pages/{folder}").status == 200
    for kind in FORMS:
        assert page.goto(f"/admin/pages/{by_type[kind]}/edit/").status == 200, kind
        expect(page.get_by_role("tab", name="Contenu")).to_be_visible()
        expect(page.get_by_role("navigation", name="Actions (pied de page)")).to_be_visible()
