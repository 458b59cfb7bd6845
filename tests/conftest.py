from types import SimpleNamespace

import pytest
from django.core.management import call_command
from wagtail.models import Page, Site

from . import factories


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test sees France: the real communes, loaded once per process."""
    with django_db_blocker.unblock():
        call_command("load_communes", verbosity=0)


@pytest.fixture
def site(db):
    """A small site: home > argumentaire (five measures), ressources, initiatives; the default Site stands on it.

    Gives `home`, `argument`, `measures` (rows), `measure_pages`, `resources`, `initiatives` and `site`.
    """
    root = Page.get_first_root_node()
    welcome = list(root.get_children())
    home = factories.HomePageFactory(parent=root)
    default = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True, hostname="testserver")
    default.root_page = home
    default.save()
    for page in welcome:
        page.delete()
    home.refresh_from_db()
    measures = factories.five_measures()
    argument = factories.ArgumentPageFactory(parent=home)
    return SimpleNamespace(
        site=default,
        home=home,
        argument=argument,
        measures=measures,
        measure_pages=[factories.MeasurePageFactory(parent=argument, measure=measure) for measure in measures],
        resources=factories.ResourceIndexPageFactory(parent=home),
        initiatives=factories.InitiativeIndexPageFactory(parent=home),
    )
