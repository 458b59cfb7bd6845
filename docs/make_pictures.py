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
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
PORT = int(os.environ.get("PORT") or 8765)
ADDRESS = f"http://127.0.0.1:{PORT}"
START_SECONDS = 300
COLOURS = 128
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
