"""What dossiers share is printed ahead by `manage.py work`, so that the first to ask for one does not wait for all of it."""

from home.caching import generation
from territory.models import Commune
from territory.models.places import CommuneSize

from .dossier import Dossier

_printed_for = None


def print_ahead():
    """Once for each publication; what is kept already is not printed again. Raises `PressBusy`."""
    global _printed_for
    number = generation()
    if number == _printed_for:
        return
    for size in (CommuneSize.VILLAGE, CommuneSize.METROPOLE):
        commune = Commune.objects.of_size(size).with_places().order_by("-population").first()
        for piece in Dossier(commune).pieces if commune else ():
            if not piece.local:
                list(piece.files())
    _printed_for = number
