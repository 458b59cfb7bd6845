"""The elections the site starts with. One that was seeded once is never recreated nor overwritten."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import DataRelease, Election, Round

# Décret n° 2020-642 put the second round of 2020 off to 28 June.
ELECTIONS = {
    "municipales-2020": (_("Élections municipales de 2020"), [date(2020, 3, 15), date(2020, 6, 28)]),
    "municipales-2026": (_("Élections municipales de 2026"), [date(2026, 3, 15), date(2026, 3, 22)]),
}


@transaction.atomic
def seed_elections() -> int:
    """Create the elections never seeded yet, keyed by slug; how many were created.

    A `DataRelease` row remembers the key: an election that an administrator renamed or deleted does not come back.
    """
    created = 0
    for slug, (name, dates) in ELECTIONS.items():
        _release, new = DataRelease.objects.get_or_create(
            name=f"election {slug}", defaults={"digest": "", "loaded_at": timezone.now()}
        )
        if not new or Election.objects.filter(slug=slug).exists():
            continue
        election = Election.objects.create(slug=slug, name=str(name))
        for number, day in enumerate(dates, start=1):
            Round.objects.create(election=election, number=number, date=day)
        created += 1
    return created
