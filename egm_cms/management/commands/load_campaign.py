import sys
from itertools import chain

from django.core.management.base import BaseCommand
from django.db import transaction
from tqdm import tqdm

from assemblies.agenda_seeding import seed_agenda, seed_events
from assemblies.provisioning import provision_all
from assemblies.seeding import seed_assemblies, seed_directory
from home.roles import provision_roles
from home.seeding import follow_base_url, seed_home, seed_plain_pages
from pledges.seeding import seed_pledges
from resources.seeding import seed_argument, seed_calendar, seed_initiatives, seed_kits, seed_letters, seed_library
from territory.models import Commune
from territory.seeding import seed_elections


class Command(BaseCommand):
    help = (
        "Met en place la campagne : pages, mesures, ressources, initiatives. Ne touche jamais à ce qui a été modifié."
    )

    def handle(self, *args, **options):
        if not Commune.objects.exists():
            self.stderr.write("Les communes ne sont pas chargées : lancer d’abord « manage.py load_communes ».")
            sys.exit(1)
        with transaction.atomic():
            seed_elections()
            seed_assemblies()
            pieces = chain(
                seed_home(),
                seed_argument(),
                seed_library(),
                seed_letters(),
                seed_calendar(),
                seed_kits(),
                seed_initiatives(),
                seed_directory(),
                seed_plain_pages(),
                seed_pledges(),
                seed_agenda(),
            )
            count = sum(1 for _piece in tqdm(pieces, desc="Campagne", unit="page", disable=options["verbosity"] == 0))
            provision_roles()
            provision_all()
            # Below the agenda of their assembly, that now exists.
            count += sum(1 for _event in seed_events())
            follow_base_url()
        if options["verbosity"]:
            self.stdout.write(
                f"Campagne en place ({count} pages de départ, celles déjà modifiées sont laissées telles quelles)."
            )
