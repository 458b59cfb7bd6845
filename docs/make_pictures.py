"""The pictures of the guides, taken from the site itself: `make pictures`.

A site of its own is started in a temporary folder, filled as `make run` fills it, and gone through as its users do. The
assembly and the people of the pictures are examples, and say so.
"""

import contextlib
import email
import email.policy
import http.client
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
PORT = int(os.environ.get("PORT") or 8765)
ADDRESS = f"http://127.0.0.1:{PORT}"
START_SECONDS = 300
COLOURS = 128
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@contextlib.contextmanager
def site(folder: Path):
    """The site and its worker, as `make run` has them, in a folder of their own."""
    environment = os.environ | {"VAR_DIR": str(folder), "PORT": str(PORT)}
    process = subprocess.Popen([sys.executable, "-m", "egm_cms.serve"], cwd=ROOT, env=environment)
    try:
        end = time.monotonic() + START_SECONDS
        while not answers() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.5)
        yield
    finally:
        process.terminate()
        process.wait()


def answers() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
    try:
        connection.request("GET", "/healthz/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def link_in_mail(folder: Path, pattern: str, seconds=60) -> str:
    """The first address of this kind in the mails that the worker has written."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for file in sorted((folder / "mail").glob("*")):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            found = re.search(pattern, message.get_content())
            if found:
                return found.group()
        time.sleep(1)
    raise TimeoutError(f"No mail holds {pattern}")


class Camera:
    """A browser in which one person works, and what is kept of it."""

    def __init__(self, browser):
        self.context = browser.new_context(
            base_url=ADDRESS, viewport={"width": 1200, "height": 820}, locale="fr-FR", color_scheme="light"
        )
        self.context.set_default_timeout(60_000)
        self.page: Page = self.context.new_page()

    def log_in(self, name, password):
        self.page.goto("/admin/")
        self.page.locator("#id_username").fill(name)
        self.page.locator("#id_password").fill(password)
        self.page.keyboard.press("Enter")
        self.page.locator(".sidebar").wait_for()

    def keep(self, name):
        """`docs/images/<name>.png`, in few colours: a guide is read on a slow line too."""
        self.page.wait_for_timeout(700)
        shot = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        shot.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)
        print(name)

    def show(self, address, name):
        self.page.goto(address)
        self.keep(name)


ASSEMBLY = "Assemblée exemple du Lot"
EDITOR = ("Camille Exemple", "camille.exemple@example.org")
PASSWORD = "un-mot-de-passe-d-exemple"  # noqa: S105


def of_the_network(camera: Camera, password: str):
    """What modération sees."""
    camera.log_in("moderation", password)
    camera.keep("guide-accueil")
    camera.show("/admin/initiatives/", "guide-listes")
    for title, name in (("Grande-Synthe", "guide-initiative"), ("Demande d’une salle", "guide-courrier")):
        camera.page.goto(f"/admin/pages/search/?q={title}")
        camera.page.get_by_role("link", name=re.compile(f"^{title}")).first.click()
        camera.page.get_by_role("tab", name="Contenu").wait_for()
        camera.keep(name)
    camera.show("/admin/kits/", "guide-kits")
    camera.show("/admin/courriels/", "guide-courriels")


def invite(camera: Camera):
    """A new assembly, then the invitation of who writes for it."""
    page = camera.page
    page.goto("/admin/assemblees/new/")
    page.get_by_role("textbox", name="Nom*").fill(ASSEMBLY)
    page.get_by_role("textbox", name="Départements").fill("46")
    camera.keep("guide-assemblee-creer")
    page.get_by_role("button", name="Créer").click()
    page.get_by_role("textbox", name="Prénom et nom*").fill(EDITOR[0])
    page.get_by_role("textbox", name="Adresse électronique*").fill(EDITOR[1])
    camera.keep("guide-assemblee-inviter")
    page.get_by_role("button", name="Inviter", exact=True).click()
    page.get_by_text("invitation envoyée").wait_for()


def of_an_assembly(camera: Camera, link: str):
    """What the person invited sees, from her link to her first debate."""
    page = camera.page
    page.goto(link)
    camera.keep("guide-invitation")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    # Sooner, it would not be a person.
    page.wait_for_timeout(2_500)
    page.get_by_role("button", name="Enregistrer et entrer").click()
    page.get_by_role("link", name="Annoncer un débat").wait_for()
    camera.keep("guide-assemblee-accueil")
    page.get_by_role("link", name="Annoncer un débat").click()
    page.get_by_role("textbox", name="Titre*").fill("Cahors : débat d’exemple")
    page.get_by_role("textbox", name="Date*").fill("02/02/2027")
    page.get_by_role("textbox", name="Heure*").fill("18:30")
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Titre*").focus()
    camera.keep("guide-debat")


def of_the_public(camera: Camera):
    for address, name in (("/", "accueil"), ("/initiatives/", "initiatives")):
        camera.show(address, name)


def main():
    with tempfile.TemporaryDirectory() as name, site(Path(name)), sync_playwright() as playwright:
        folder = Path(name)
        lines = (folder / "acces.txt").read_text().splitlines()
        passwords = dict(line.split("\t")[:2] for line in lines if "\t" in line)
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, BROWSERS))), args=ARGUMENTS
        )
        of_the_public(Camera(browser))
        network = Camera(browser)
        of_the_network(network, passwords["moderation"])
        invite(network)
        of_an_assembly(Camera(browser), link_in_mail(folder, r"http://\S+/invitation/\S+/"))
        browser.close()


if __name__ == "__main__":
    main()
