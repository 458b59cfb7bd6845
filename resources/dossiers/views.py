"""The dossier of a commune: seen, as editable files, as one PDF. What is typed is posted, used and forgotten."""

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from home.printing import PressBusy, busy_response
from territory.models import Commune

from ..downloads import count_download, is_a_download
from ..packing import packed_response
from .dossier import Dossier
from .forms import DossierForm


def _view(function):
    """The post changes nothing: it needs neither token nor cookie, and what it holds is in no report of an error."""
    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(sensitive_post_parameters()(function)))


@_view
def dossier_page(request, insee, slug):
    dossier, form, elsewhere = _read(request, insee, slug, "")
    return elsewhere or _shown(request, dossier, form)


@_view
def dossier_zip(request, insee, slug):
    dossier, form, elsewhere = _read(request, insee, slug, "dossier.zip")
    if elsewhere:
        return elsewhere
    if form.is_bound and not form.is_valid():
        return _shown(request, dossier, form)
    name = f"Dossier {dossier.values['de_commune']}.zip"
    return _sent(request, packed_response(request, dossier.archive, name), dossier)


@_view
def dossier_pdf(request, insee, slug):
    dossier, form, elsewhere = _read(request, insee, slug, "dossier.pdf")
    if elsewhere:
        return elsewhere
    if form.is_bound and not form.is_valid():
        return _shown(request, dossier, form)
    try:
        key, content = dossier.pdf()
    except PressBusy:
        return busy_response()
    response = HttpResponse(content, content_type="application/pdf")
    name = f"Dossier {dossier.values['de_commune']}.pdf"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Robots-Tag"] = "noindex"
    if request.method != "POST":
        response["ETag"] = f'"{key}"'
        response = get_conditional_response(request, etag=response["ETag"], response=response)
    return _sent(request, response, dossier)


def _read(request, insee, slug, filename):
    """(dossier, form, None), or (None, None, response) for another way to write the address. Raises `Http404`."""
    commune = Commune.objects.with_places().with_code(insee)
    if commune is None:
        raise Http404(f"No commune {insee}")
    address = f"{commune.get_absolute_url()}dossier{'.' if filename else '/'}{filename.rpartition('.')[2]}"
    if request.path != address and request.method != "POST":
        return None, None, HttpResponsePermanentRedirect(address)
    dossier = Dossier(commune)
    form = DossierForm(dossier, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        dossier = Dossier(commune, form.wishes())
    return dossier, form, None


def _shown(request, dossier, form):
    context = {"dossier": dossier, "form": form, "commune": dossier.commune, "title": dossier.title}
    response = render(request, "resources/dossier.html", context)
    if form.is_bound:
        response["Cache-Control"] = "no-store"
    return response


def _sent(request, response, dossier):
    if request.method == "POST":
        response["Cache-Control"] = "no-store"
    if is_a_download(request, response):
        count_download(commune=dossier.commune)
    return response
