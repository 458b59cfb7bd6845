"""The pages for what goes wrong. They lean on nothing that may itself be broken."""

import logging

from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)
RETRY_SECONDS = 30


class UnavailableMiddleware:
    """A database that does not answer is said to be busy (503), with a time to come back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            return self.get_response(request)
        except OperationalError:
            return unavailable(request)

    def process_exception(self, request, exception):
        return unavailable(request) if isinstance(exception, OperationalError) else None


def unavailable(request):
    logger.exception("The database does not answer")
    response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request, exception=None):
    return render(request, "400.html", {"title": _("Demande illisible")}, status=400)


def permission_denied(request, exception=None):
    return render(request, "403.html", {"title": _("Accès refusé")}, status=403)


def not_found(request, exception=None):
    return render(request, "404.html", {"title": _("Page introuvable")}, status=404)


def server_error(request):
    # No context processor and no query: the database may be what failed.
    return HttpResponse(render_to_string("500.html"), status=500)
