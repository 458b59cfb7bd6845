from django.http import Http404, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .forms import CommuneSearchForm
from .lookup import Found, find_communes
from .models import Commune, CommuneSize


@require_safe
def api_communes(request):
    """Communes that a text may mean, best first, for the suggestions of the commune fields and for anyone."""
    form = CommuneSearchForm(request.GET)
    found = find_communes(form.typed(), form.wanted())
    response = JsonResponse(
        {"results": [_as_open_data(one) for one in found]}, json_dumps_params={"ensure_ascii": False}
    )
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _as_open_data(found: Found) -> dict:
    return {
        "insee": found.insee,
        "nom": found.name,
        "departement": found.departement_name,
        "region": found.region_name,
        "population": found.population,
        "codes_postaux": list(found.postal_codes),
        "url": found.url,
    }


@require_safe
def commune_index(request):
    """Find a commune; straight to its page when what was typed names one and only one."""
    form = CommuneSearchForm(request.GET or None)
    query = form.typed()
    results = find_communes(query, 20)
    exact = [found for found in results if found.exact]
    if len(exact) == 1:
        return redirect(exact[0].url)
    context = {"title": _("Les communes"), "form": form, "query": query, "results": results, "sizes": list(CommuneSize)}
    return render(request, "territory/commune_index.html", context)


@require_safe
def commune_bare(request, insee):
    return _to_canonical(request, _commune_or_404(insee))


@require_safe
def commune(request, insee, slug):
    """« Ma commune »; an old code, a wrong slug or small letters lead to the one address of the commune."""
    commune = _commune_or_404(insee)
    if request.path != commune.get_absolute_url():
        return _to_canonical(request, commune)
    context = {"commune": commune, "title": commune.name}
    return render(request, "territory/commune_page.html", context)


def _commune_or_404(insee) -> Commune:
    commune = Commune.objects.with_places().with_code(insee)
    if commune is None:
        raise Http404(_("Aucune commune n’a le code %(code)s.") % {"code": insee})
    return commune


def _to_canonical(request, commune):
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(commune.get_absolute_url() + (f"?{query}" if query else ""))
