"""What a mail program or an antivirus does with a mailed link: it reads it, a thousand times. Nothing changes, nothing is
told (TRUST.md P2).

Through every layer of the site (sessions, caches, messages), for each page that a mail leads to. `make proofs`.
"""

import io
import logging

import pytest
from django.apps import apps
from django.test import Client

from assemblies.invitations import invite
from assemblies.models import EventProposal
from assemblies.proposals import PURPOSE as PROPOSAL
from assemblies.provisioning import provision
from home import links
from home.masking import TokenFilter
from home.models import Link
from tests import factories
from tests.assemblies.test_invitations import link as invitation_address

READINGS = 1000


def everything():
    """{table: its rows}: all that the database holds."""
    return {model._meta.db_table: sorted(map(repr, model.objects.values_list())) for model in watched()}


def watched():
    # The reference data does not change, and is long to read.
    return [model for model in apps.get_models() if model._meta.app_label != "territory" and model._meta.managed]


@pytest.fixture
def addresses(roles):
    factories.AssemblyIndexPageFactory(parent=roles.home)
    assembly = provision(factories.AssemblyFactory())
    invite(assembly, "Camille Exemple", "camille.exemple@example.org", by=factories.UserFactory())
    proposal = EventProposal.objects.create(
        title="Débat d’exemple",
        date="2027-01-09",
        start_time="18:30",
        commune_id="31555",
        name="Camille",
        email="c@example.org",
    )
    return [invitation_address(), f"/agenda/confirmer/{links.issue(PROPOSAL, proposal)}/"]


def test_a_thousand_readings_change_nothing_and_tell_nothing(addresses, capsys):
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.addFilter(TokenFilter())
    logging.getLogger().addHandler(handler)
    before = everything()
    try:
        for address in addresses:
            client = Client()
            for number in range(READINGS):
                response = client.get(address) if number % 2 else client.head(address)
                assert response.status_code == 200
                assert response["Referrer-Policy"] == "no-referrer"
                assert "no-store" in response["Cache-Control"]
                assert not set(response.cookies) - {"csrftoken"}
            # A token that opens nothing is an error, which is logged.
            client.get(address[:-3] + "Zz/")
    finally:
        logging.getLogger().removeHandler(handler)
    assert everything() == before
    for address in addresses:
        assert address.split("/")[-2] not in log.getvalue()
    assert Link.objects.filter(used_at=None).count() == len(addresses)
    with capsys.disabled():
        print(f"\n{READINGS} readings of each of {len(addresses)} mailed pages: no row changed, no token in the log")
