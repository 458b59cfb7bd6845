"""Events as iCalendar (RFC 5545): what phones, Thunderbird and other agendas subscribe to or import.

Every hour carries the clock of its place, with its rules. An event keeps its UID for ever; what changes in it raises its
SEQUENCE. The same events give the same bytes.
"""

from datetime import timedelta

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from home.typography import french

from .models import EventStatus

PRODUCT = "-//Communes accueillantes//Agenda//FR"
REFRESHED_EVERY = timedelta(hours=6)

STATUSES = {EventStatus.CONFIRMED: "CONFIRMED", EventStatus.PROPOSED: "TENTATIVE", EventStatus.CANCELLED: "CANCELLED"}


def calendar_of(events, name: str) -> bytes:
    """The calendar of these events, in their order."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for event in events:
        calendar.add_component(_entry(event))
    # Nothing but the hours of the events decides of what is written of their clocks.
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _entry(event) -> Event:
    entry = Event()
    published = event.last_published_at or event.latest_revision_created_at
    entry.add("uid", str(event.uid))
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", published)
    entry.add("last-modified", published)
    entry.add("dtstart", event.starts_locally)
    if event.ends_at:
        entry.add("dtend", event.ends_locally)
    entry.add("summary", _title(event))
    # Put off without a date: gone from the day it was announced for. The same entry comes back with its new date.
    entry.add("status", "CANCELLED" if event.is_undated else STATUSES.get(event.status, "CONFIRMED"))
    entry.add("location", event.place if event.commune_id else event.online_url)
    entry.add("description", _description(event))
    entry.add("url", event.absolute_url)
    entry.add("categories", [event.get_kind_display()])
    return entry


def _title(event) -> str:
    prefix = f"{event.get_status_display()} : " if event.is_undated or event.is_cancelled else ""
    return french(prefix + event.title)


def _description(event) -> str:
    paragraphs = [
        " — ".join(filter(None, (event.status_words, event.status_note))),
        _("D’abord annoncé : %s.") % event.first_when if event.is_moved else "",
        strip_tags(event.summary),
        _("Organisé par : %s") % event.organisers if event.organisers else "",
        _("Accès : %s") % event.access if event.access else "",
        _("À distance : %s") % event.online_url if event.online_url else "",
        event.absolute_url,
    ]
    return french("\n\n".join(filter(None, paragraphs)))
