"""The assemblies the site starts with. One that was seeded once is never recreated nor overwritten."""

from django.db import transaction
from django.db.models import Q

from home.seeding import once

from .models import Assembly

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
