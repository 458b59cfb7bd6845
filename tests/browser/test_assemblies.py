"""An assembly begins: modération creates it, its first editor is invited and publishes a debate, in twelve clicks."""

import re
import urllib.request

import pytest
from playwright.sync_api import expect

from .access import violations

MOST_CLICKS = 12
NAME = "Assemblée exemple du Lot"
EDITOR = "camille.exemple@example.org"
PASSWORD = "un-mot-de-passe-d-exemple"
DEBATE = "Cahors : débat d’exemple"


class Counted:
    """A person at the keyboard and the mouse; every click of anyone is counted."""

    clicks = 0

    def __init__(self, page):
        self.page = page

    def click(self, target):
        Counted.clicks += 1
        target.click()


@pytest.fixture
def people(open_context):
    Counted.clicks = 0
    return [Counted(open_context(reader=False).new_page()) for _person in range(2)]


def test_from_a_new_assembly_to_its_first_published_debate(people, server):
    moderator, editor = people
    page = moderator.page
    page.goto("/admin/assemblees/new/")
    page.locator("#id_username").fill("moderation")
    page.locator("#id_password").fill(server.accounts["moderation"])
    page.keyboard.press("Enter")

    page.get_by_role("textbox", name="Nom*").fill(NAME)
    page.get_by_role("textbox", name="Départements").fill("46")
    moderator.click(page.get_by_role("button", name="Créer"))
    expect(page.get_by_role("heading", level=2, name="Inviter")).to_be_visible()
    page.get_by_role("textbox", name="Prénom et nom*").fill("Camille Exemple")
    page.get_by_role("textbox", name="Adresse électronique*").fill(EDITOR)
    moderator.click(page.get_by_role("button", name="Inviter", exact=True))
    expect(page.get_by_text("invitation envoyée")).to_be_visible()

    page = editor.page
    link = re.search(r"https?://\S+/invitation/\S+/", server.mail_to(EDITOR)).group()
    Counted.clicks += 1
    page.goto(link)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    assert not violations(page)
    page.wait_for_timeout(2_100)  # faster, it would be a robot
    editor.click(page.get_by_role("button", name="Enregistrer et entrer"))
    expect(page).to_have_url(re.compile("/admin/(#.*)?$"))

    editor.click(page.get_by_role("link", name="Annoncer un débat"))
    page.get_by_role("textbox", name="Titre*").fill(DEBATE)
    page.get_by_role("textbox", name="Date*").fill("02/02/2027")
    page.get_by_role("textbox", name="Heure*").fill("18:30")
    editor.click(page.get_by_role("button", name="Choisir une commune"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Nom, code postal ou code INSEE").fill("cahors")
    editor.click(dialog.get_by_role("link", name="Cahors (46)"))
    expect(dialog).to_have_count(0)
    editor.click(page.get_by_role("button", name="Plus d'actions"))
    editor.click(page.get_by_role("button", name="Publier", exact=True))
    expect(page.get_by_role("status").filter(has_text="publié")).to_be_visible()

    assert Counted.clicks <= MOST_CLICKS
    with urllib.request.urlopen(server.url + "/agenda/", timeout=20) as answer:
        text = answer.read().decode()
    assert DEBATE.split(" : ")[1] in text
    assert "2 février 2027" in text
    # The link has served.
    page.goto(link)
    expect(page.get_by_text("Ce lien a déjà servi")).to_be_visible()
