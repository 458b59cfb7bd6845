"""The pages for what goes wrong. They lean on nothing that may itself be broken."""

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def bad_request(request, exception=None):
    return render(request, "400.html", {"title": _("Demande illisible")}, status=400)


def permission_denied(request, exception=None):
    return render(request, "403.html", {"title": _("Accès refusé")}, status=403)


def not_found(request, exception=None):
    return render(request, "404.html", {"title": _("Page introuvable")}, status=404)


def server_error(request):
    # No context processor and no query: the database may be what failed.
    return HttpResponse(render_to_string("500.html"), status=500)
