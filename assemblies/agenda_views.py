"""The calendars of the agenda, and the file of one event."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Site

from home.models import SiteSettings
from territory.models import Departement

from .calendars import calendar_of
from .models import AssemblyPage, EventPage


@require_safe
def calendar(request):
    """All the events, those of a département or of an assembly; unknown values are ignored, as in lists."""
    events = EventPage.objects.published().for_calendars().for_listing()
    name = _("Agenda — %s") % SiteSettings.for_request(request).name
    departement = Departement.objects.filter(
        pk=request.GET.get("departement", "").replace("\x00", "")[:3].upper()
    ).first()
    if departement:
        events = events.in_departement(departement.code)
        name = f"{name}, {departement.name}"
    slug = request.GET.get("assemblee", "").replace("\x00", "")[:60]
    page = AssemblyPage.objects.published().filter(assembly__slug=slug).first() if slug else None
    if page:
        events = events.below(page.path)
        name = f"{name}, {page.title}"
    return _answer(calendar_of(events, name), "agenda.ics")


@require_safe
def event_file(request, path):
    """One event, at its own address followed by `evenement.ics`."""
    root = Site.find_for_request(request).root_page.specific
    page, _args, _kwargs = root.route(request, path.strip("/").split("/"))
    if not isinstance(page, EventPage) or page.starts_at is None or page.get_view_restrictions().exists():
        raise Http404("This page is not an event")
    return _answer(calendar_of([page], page.title), f"{page.slug}.ics")


def _answer(content, filename):
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    return response
