"""A visitor's own selection: it is `r=` in the query string, and is kept nowhere else."""

from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from home.asking import Notice

from .models import ResourceKind, ResourcePage

MAX_PICKS = 50
# Nobody has more resources; a longer number does not fit the integers of a database.
_MAX_DIGITS = 9
_MAX_SHOWN = 40


class Picks:
    """The resources that the query string names, in its order. No query is run where it names none."""

    def __init__(self, request):
        self.bad, pks = [], []
        for value in request.GET.getlist("r"):
            if value.isascii() and value.isdecimal() and len(value) <= _MAX_DIGITS:
                pks.append(int(value))
            elif value:
                self.bad.append(value)
        pks = list(dict.fromkeys(pks))
        self.asked, self.beyond = pks[:MAX_PICKS], len(pks[MAX_PICKS:])

    @cached_property
    def _rows(self):
        return ResourcePage.objects.published().for_listing().in_bulk(self.asked) if self.asked else {}

    @cached_property
    def pages(self) -> list[ResourcePage]:
        rows = (self._rows.get(pk) for pk in self.asked)
        # A kit is downloaded on its own: it would bring the same files twice.
        return [page for page in rows if page is not None and page.kind != ResourceKind.KIT]

    @cached_property
    def pks(self) -> list[int]:
        return [page.pk for page in self.pages]

    @property
    def count(self) -> int:
        return len(self.pages)

    @cached_property
    def weight(self) -> int:
        """About how many bytes its archive takes."""
        return sum(page.weight for page in self.pages)

    @property
    def maximum(self) -> int:
        return MAX_PICKS

    @cached_property
    def notices(self) -> list:
        notices = [
            Notice(_("« %s » n’est pas le numéro d’une ressource : ignoré.") % value.replace("\x00", " ")[:_MAX_SHOWN])
            for value in self.bad[:3]
        ]
        gone = [pk for pk in self.asked if pk not in self._rows]
        if gone:
            text = ngettext(
                "La ressource n° %s n’est plus en ligne : elle sort de la sélection.",
                "Les ressources n° %s ne sont plus en ligne : elles sortent de la sélection.",
                len(gone),
            )
            notices.append(Notice(text % ", ".join(str(pk) for pk in gone)))
        kits = [page for page in self._rows.values() if page.kind == ResourceKind.KIT]
        notices += [
            Notice(_("« %s » est un kit : il se télécharge à part, depuis sa page.") % page.title) for page in kits
        ]
        if self.beyond:
            notices.append(
                Notice(
                    _("Une sélection s’arrête à %(max)d documents : les %(beyond)d suivants sont laissés de côté.")
                    % {"max": MAX_PICKS, "beyond": self.beyond}
                    if self.beyond > 1
                    else _("Une sélection s’arrête à %d documents : le suivant est laissé de côté.") % MAX_PICKS
                )
            )
        return notices

    # --- Addresses --------------------------------------------------------------------------------------------------
    @property
    def pairs(self) -> list[tuple[str, int]]:
        return [("r", pk) for pk in self.pks]

    @property
    def query(self) -> str:
        return urlencode(self.pairs)

    @property
    def rows(self) -> list[tuple[ResourcePage, str]]:
        """Each page with the address of the selection without it."""
        address = reverse("selection")
        return [
            (
                page,
                f"{address}?{rest}"
                if (rest := urlencode([("r", pk) for pk in self.pks if pk != page.pk]))
                else address,
            )
            for page in self.pages
        ]
