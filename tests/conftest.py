from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.test import Client
from wagtail.models import Page, Site

from home.caching import forget
from home.models import SiteSettings
from home.roles import provision_roles

from . import factories


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test sees France: the real communes, loaded once per process."""
    with django_db_blocker.unblock():
        call_command("load_communes", verbosity=0)


@pytest.fixture(autouse=True)
def fresh_caches():
    """A test's database is undone after it, and its generation numbers come back: what was kept under them must go."""
    yield
    forget()


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
    # Made at the first reading otherwise, which would count as a publication.
    SiteSettings.for_site(default)
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


@pytest.fixture
def roles(site):
    """The small site with its three groups and its workflow; gives the site."""
    provision_roles()
    return site


@pytest.fixture
def log_in(roles):
    """`log_in("Rédaction")` gives a client; `log_in("superuser")` too, and `log_in(None)` one that is nobody's."""

    def as_one(role):
        client = Client()
        if role is not None:
            superuser = role == "superuser"
            user = factories.UserFactory(is_superuser=superuser, role=None if superuser else role)
            client.force_login(user)
            client.user = user
        return client

    return as_one
