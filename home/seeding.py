"""First content. Each piece has a key: seeded once, it belongs to the editors, and is never recreated or overwritten."""

import json
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.text import slugify
from wagtail.models import Page, Site

from .models import HomePage, HomePhase, PlainPage, SeededKey, SiteSettings

CONTENT = Path(__file__).parent / "content"


def once(key: str) -> bool:
    """True the first time a key is met, and never again, whatever editors did since."""
    _row, created = SeededKey.objects.get_or_create(key=key)
    return created


def read_toml(path: Path) -> dict:
    with path.open("rb") as file:
        return tomllib.load(file)


def stream(name: str, rows) -> str:
    """Rows of a content file as the JSON of a StreamField of `name` blocks."""
    return json.dumps([{"type": name, "value": row} for row in rows])


def body(blocks) -> str:
    """`[{type, value}]` of a content file as the JSON of a body."""
    return json.dumps([{"type": block["type"], "value": block["value"]} for block in blocks])


def publish_under(parent, page):
    """Add a page and publish it with its first revision; an editor's page at the same address is left alone."""
    page.slug = page.slug or slugify(page.title)
    if parent.get_children().filter(slug=page.slug).exists():
        return None
    parent.add_child(instance=page)
    page.save_revision(log_action=True).publish()
    return page


def seed_home():
    """The home page, as root of the site. Yields a line for each thing done."""
    if once("page:home"):
        text = read_toml(CONTENT / "pages.toml")["home"]
        root = Page.get_first_root_node()
        # Wagtail's own « Welcome » page.
        welcome = root.get_children().filter(content_type__model="page", content_type__app_label="wagtailcore").first()
        home = HomePage(title=text["title"], slug="accueil", lead=text["lead"], summary=text["lead"])
        home.phases = [
            HomePhase(phase=phase, title=row["title"], text=row["text"], sort_order=order)
            for order, (phase, row) in enumerate(text["phase"].items())
        ]
        publish_under(root, home)
        site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
        site.root_page, site.site_name = home, settings.WAGTAIL_SITE_NAME
        site.save()
        SiteSettings.for_site(site)
        if welcome:
            welcome.specific.delete()
    yield "accueil"


def seed_plain_pages():
    """The campaign and the legal pages."""
    home = HomePage.objects.first()
    if home is None:
        return
    for row in read_toml(CONTENT / "pages.toml")["page"]:
        if once(f"page:{row['slug']}"):
            publish_under(
                home,
                PlainPage(
                    title=row["title"],
                    slug=row["slug"],
                    summary=row.get("summary", ""),
                    show_in_menus=row.get("in_menu", False),
                    body=body(row["body"]),
                    checked_on=row.get("checked_on"),
                ),
            )
        yield row["slug"]


def follow_base_url():
    """The site's own name follows BASE_URL, so that absolute addresses are right after a change of port or host."""
    address = urlsplit(settings.BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).exclude(hostname=address.hostname, port=port).first()
    if site:
        site.hostname, site.port = address.hostname, port
        site.save()
