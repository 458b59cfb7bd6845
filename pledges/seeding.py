"""First content of the pledges: see `home/seeding.py` for the rule."""

from pathlib import Path

from home.models import HomePage
from home.seeding import body, once, publish_under, read_toml

from .models import PledgeIndexPage

CONTENT = Path(__file__).parent / "content"


def seed_pledges():
    """The page of the bulletin. Yields its name."""
    home = HomePage.objects.first()
    if home is None:
        return
    if once("page:engagements"):
        text = read_toml(CONTENT / "pages.toml")["engagements"]
        publish_under(
            home,
            PledgeIndexPage(
                title=text["title"],
                slug=PledgeIndexPage.own_slug,
                summary=text["summary"],
                body=body(text["body"]),
                show_in_menus=True,
            ),
        )
    yield "engagements"
