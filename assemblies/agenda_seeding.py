"""First content of the agenda: see `home/seeding.py` for the rule."""

from pathlib import Path

from home.models import HomePage
from home.seeding import once, publish_under, read_toml, stream
from territory.models import Commune, Election

from .models import EventIndexPage, EventPage

CONTENT = Path(__file__).parent / "content" / "agenda.toml"
NAMES = (
    "title", "slug", "summary", "kind", "date", "start_time", "status", "place_name", "organisers", "invited", "body",
    "label",
)  # fmt: skip


def seed_agenda():
    """The agenda of the country. Yields its name."""
    home = HomePage.objects.first()
    if home is None:
        return
    if once("page:agenda"):
        publish_under(home, EventIndexPage(slug="agenda", show_in_menus=True, **read_toml(CONTENT)["agenda"]))
    yield "agenda"


def seed_events():
    """The first events, in the agenda of their assembly where its page is public, else in that of the country."""
    for row in read_toml(CONTENT)["event"]:
        index = _agenda_of(row["assembly"]) or EventIndexPage.objects.filter(depth=3).first()
        if index is not None and once(f"event:{row['slug']}"):
            publish_under(
                index,
                EventPage(
                    commune=Commune.objects.filter(pk=row["commune"]).first(),
                    election=Election.objects.filter(slug=row["election"]).first(),
                    sources=stream("source", row["source"]),
                    **{name: row[name] for name in NAMES},
                ),
            )
        yield row["slug"]


def _agenda_of(slug):
    agendas = EventIndexPage.objects.published().filter(depth__gt=3)
    return next((page for page in agendas if _holds(page.get_parent(), slug)), None)


def _holds(parent, slug) -> bool:
    page = parent.specific
    return page.live and page.assembly.slug == slug
