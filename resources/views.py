from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from .exports import csv_rows, geojson_pieces
from .filters import InitiativeFilters


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
