"""What the pledges add to the dossier of a commune."""

from django.utils.translation import gettext as _

from resources.dossiers import Piece

from .bulletin import TEMPLATE, bulletin_context
from .models import PledgeIndexPage


def bulletin_pieces(dossier):
    """The bulletin with the commune filled in; nothing while its page is not published."""
    page = PledgeIndexPage.objects.published().first()
    if page is None:
        return
    yield Piece(
        key="bulletin",
        title=_("Bulletin d’engagement"),
        name="bulletin/bulletin-d-engagement",
        template=TEMPLATE,
        context=bulletin_context(page, commune=dossier.commune),
    )
