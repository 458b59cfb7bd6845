import pytest
from django.core.management import call_command


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test sees France: the real communes, loaded once per process."""
    with django_db_blocker.unblock():
        call_command("load_communes", verbosity=0)
