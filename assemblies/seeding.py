"""The assemblies the site starts with, and their pages. What was seeded once is never recreated nor overwritten."""

from pathlib import Path

from django.db import transaction
from django.db.models import Q

from home.models import HomePage
from home.seeding import body, once, publish_under, read_toml, stream

from .models import Assembly, AssemblyIndexPage, AssemblyPage

CONTENT = Path(__file__).parent / "content"
# slug: (name, départements). No contact, and the name stays hidden until the assembly asks for it.
ASSEMBLIES = {"egm-31": ("EGM 31", ["31"])}


@transaction.atomic
def seed_assemblies() -> int:
    """Create the assemblies never seeded yet; how many were created."""
    created = 0
    for slug, (name, departements) in ASSEMBLIES.items():
        if not once(f"assembly:{slug}") or Assembly.objects.filter(Q(slug=slug) | Q(name=name)).exists():
            continue
        Assembly.objects.create(slug=slug, name=name).departements.set(departements)
        created += 1
    return created


def seed_directory():
    """The directory, and the page of each of those assemblies. Yields a name for each piece."""
    home = HomePage.objects.first()
    if home is None:
        return
    content = read_toml(CONTENT / "pages.toml")
    if once("page:assemblees"):
        texts = content["index"]
        publish_under(home, AssemblyIndexPage(slug=AssemblyIndexPage.own_slug, show_in_menus=True, **texts))
    yield "assemblees"
    index = AssemblyIndexPage.objects.first()
    for row in content["assembly"]:
        if once(f"assembly-page:{row['slug']}") and index:
            _publish_page(index, row)
        yield row["slug"]


def _publish_page(index, row):
    assembly = Assembly.objects.filter(slug=row["slug"], page=None).first()
    if assembly is None:
        return
    page = AssemblyPage(
        assembly=assembly,
        body=body(row["body"]),
        sources=stream("source", row["source"]),
        **{name: row[name] for name in ("title", "slug", "summary", "label", "founded_on", "checked_on")},
    )
    publish_under(index, page)
