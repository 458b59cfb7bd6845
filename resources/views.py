from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .downloads import count_download, is_a_download
from .exports import csv_rows, geojson_pieces
from .filters import InitiativeFilters
from .models import KitPage, ResourceIndexPage
from .packing import kit_archive, packed_response, selection_archive
from .picks import Picks


def _export(request, pieces, content_type, filename):
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


@require_safe
def initiatives_csv(request):
    return _export(request, csv_rows(InitiativeFilters(request)), "text/csv; charset=utf-8", "initiatives.csv")


@require_safe
def initiatives_geojson(request):
    return _export(request, geojson_pieces(InitiativeFilters(request)), "application/geo+json", "initiatives.geojson")


@require_safe
def kit_zip(request, slug):
    kit = get_object_or_404(KitPage.objects.published(), slug=slug)
    response = packed_response(request, lambda: kit_archive(kit), f"kit-{kit.slug}.zip")
    if is_a_download(request, response):
        count_download(page=kit.pk)
    return response


@require_safe
def selection(request):
    """What a visitor picked, to look over before taking it home."""
    library = ResourceIndexPage.objects.published().first()
    context = {"picks": Picks(request), "library": library, "title": _("Ma sélection")}
    return render(request, "resources/selection.html", context)


@require_safe
def selection_zip(request):
    picks = Picks(request)
    if not picks.pages:
        # The page says what is wrong with the address.
        query = request.META.get("QUERY_STRING", "")
        return redirect(reverse("selection") + (f"?{query}" if query else ""))
    response = packed_response(request, lambda: selection_archive(picks.pages, picks.notices), "ma-selection.zip")
    if is_a_download(request, response):
        for page in picks.pages:
            count_download(page=page.pk)
    return response
