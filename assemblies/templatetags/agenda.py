"""What the pages of several floors show of the agenda: one tag, one question."""

from django import template
from django.utils import timezone

from home.caching import remembered

from ..agenda import with_locals
from ..models import EventIndexPage, EventPage

register = template.Library()


def _agenda_url(request) -> str:
    """The address of the agenda of the country; empty while it has no page."""

    def read():
        page = EventIndexPage.objects.published().order_by("depth").first()
        return page.get_url(request) if page else ""

    return remembered(request, "agenda-url", read)


@register.inclusion_tag("assemblies/next_events.html", takes_context=True)
def next_events(context, limit=3):
    """The next events of the country. Kept for a generation: only the clock chooses among them."""
    request, now = context.get("request"), timezone.now()
    # Twice as many as shown: some will be over before anything else is published.
    coming = remembered(
        request,
        "next-events",
        lambda: with_locals(request, list(EventPage.objects.published().upcoming(now).for_listing()[: limit * 4])),
    )
    events = [event for event in coming if event.is_undated or not event.is_over(now)][:limit]
    return {"events": events, "agenda_url": _agenda_url(request), "request": request}


@register.inclusion_tag("assemblies/commune_events.html", takes_context=True)
def commune_events(context, commune, near=3, past=3):
    """Ma commune: the events to come here, then elsewhere in the département, and the past ones here."""
    request, now = context.get("request"), timezone.now()
    rows = EventPage.objects.published().in_departement(commune.departement_id).for_listing()
    coming = with_locals(request, list(rows.upcoming(now)[:50]))
    here = [event for event in coming if event.commune_id == commune.pk]
    return {
        "commune": commune,
        "here": here,
        "near": [event for event in coming if event.commune_id != commune.pk][:near],
        "past": with_locals(request, list(rows.in_commune(commune.pk).past(now)[:past])),
        "agenda_url": _agenda_url(request),
        "request": request,
    }


@register.inclusion_tag("assemblies/assembly_events.html", takes_context=True)
def assembly_events(context, assembly, limit=6):
    """The agenda of an assembly that has a page: to come, then past."""
    request, now = context.get("request"), timezone.now()
    page = context.get("page") if getattr(context.get("page"), "assembly_id", None) == assembly.pk else assembly.page
    rows = EventPage.objects.published().below(page.path).for_listing()
    return {
        "assembly": assembly,
        "coming": list(rows.upcoming(now)[:limit]),
        "past": list(rows.past(now)[:limit]),
        "agenda_url": f"{page.get_url(request)}agenda/",
        "request": request,
    }
