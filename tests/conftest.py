import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from wagtail.models import Page, Site

from home.caching import forget
from home.models import HomePage, SiteSettings
from home.roles import provision_roles
from resources.models import ArgumentPage, InitiativeIndexPage, Measure, MeasurePage, ResourceIndexPage

from . import factories


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, tmp_path_factory):
    """Every test sees France: the real communes, loaded once per process.

    On SQLite, gives a file of the database as it is then, for who starts another site.
    """
    with django_db_blocker.unblock():
        if not connection.introspection.table_names():
            # None of the tests that were asked for needs it.
            return None
        call_command("load_communes", verbosity=0)
        if connection.vendor != "sqlite":
            return None
        file = tmp_path_factory.getbasetemp() / "communes.sqlite3"
        with closing(sqlite3.connect(file)) as target:
            connection.connection.backup(target)
        return file


@pytest.fixture(scope="module")
def kept_for_the_module(django_db_setup, django_db_blocker):
    """What a fixture of this scope writes stays for the tests of its module, each of which undoes only its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
    forget()


@pytest.fixture(autouse=True)
def fresh_caches():
    """A test's database is undone after it, and its generation numbers come back: what was kept under them must go."""
    yield
    forget()


@pytest.fixture(scope="module")
def site_of_the_module(kept_for_the_module):
    """Written once for all the tests of a module that use `site`: half a second for each of them otherwise."""
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
    argument = factories.ArgumentPageFactory(parent=home)
    for measure in factories.five_measures():
        factories.MeasurePageFactory(parent=argument, measure=measure)
    factories.ResourceIndexPageFactory(parent=home)
    factories.InitiativeIndexPageFactory(parent=home)


@pytest.fixture
def site(site_of_the_module, db):
    """A small site: home > argumentaire (five measures), ressources, initiatives; the default Site stands on it.

    Gives `home`, `argument`, `measures` (rows), `measure_pages`, `resources`, `initiatives` and `site`.
    """
    return SimpleNamespace(
        site=Site.objects.get(is_default_site=True),
        home=HomePage.objects.get(),
        argument=ArgumentPage.objects.get(),
        measures=list(Measure.objects.order_by("number")),
        measure_pages=list(MeasurePage.objects.order_by("measure__number")),
        resources=ResourceIndexPage.objects.get(),
        initiatives=InitiativeIndexPage.objects.get(),
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
