from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from home.asking import MAX_SHOWN_OF_A_BAD_VALUE, Notice
from territory.lookup import resolve_commune

from .forms import SigningForm
from .models import PledgeIndexPage


@require_safe
def sign(request):
    """Where the bulletin's QR code leads. While signing is not open: how to answer on paper."""
    typed = SigningForm(request.GET).typed()
    commune, others = resolve_commune(typed) if typed else (None, [])
    context = {
        "title": _("Signer le bulletin d’engagement"),
        "index": PledgeIndexPage.objects.published().first(),
        "place": commune,
        "notices": list(_notices(typed, commune, others)),
    }
    return render(request, "pledges/sign.html", context)


def _notices(typed, commune, others):
    if typed and commune is None:
        shown = typed[:MAX_SHOWN_OF_A_BAD_VALUE]
        yield Notice(_("Aucune commune ne ressemble à « %s » : la page vaut pour toutes.") % shown)
    elif commune is not None and typed.upper() != commune.insee:
        links = tuple(
            (f"{one.name} ({one.departement_code})", f"{reverse('pledge_sign')}?{urlencode({'commune': one.insee})}")
            for one in others[:4]
        )
        words = _("Commune comprise : %(name)s (%(departement)s).")
        yield Notice(words % {"name": commune.name, "departement": commune.departement_name}, links)
