"""An event as schema.org data (https://schema.org/Event)."""

from .models.event_dates import EventStatus

STATUSES = {
    EventStatus.PROPOSED: "EventScheduled",
    EventStatus.CONFIRMED: "EventScheduled",
    EventStatus.CANCELLED: "EventCancelled",
}


def event_json_ld(event, data: dict) -> dict:
    """`data`, what any page says of itself, with when, where, by whom, and what became of it."""
    status = "EventPostponed" if event.is_undated else STATUSES.get(event.status, "EventRescheduled")
    data["eventStatus"] = f"https://schema.org/{status}"
    if event.starts_at:
        data["startDate"] = event.starts_locally.isoformat()
    if event.is_moved:
        data["previousStartDate"] = event.first_moments()[0].astimezone(event.zone).isoformat()
    if event.ends_at:
        data["endDate"] = event.ends_locally.isoformat()
    places = list(_places(event))
    data["location"] = places if len(places) > 1 else places[0] if places else None
    mode = "Mixed" if len(places) > 1 else "Online" if event.online_url else "Offline"
    data["eventAttendanceMode"] = f"https://schema.org/{mode}EventAttendanceMode"
    if event.organisers:
        data["organizer"] = {"@type": "Organization", "name": event.organisers}
    if event.recording_url:
        data["recordedIn"] = {"@type": "CreativeWork", "url": event.recording_url}
    return {name: value for name, value in data.items() if value is not None}


def _places(event):
    if event.commune_id:
        yield {
            "@type": "Place",
            "name": event.place_name or event.commune.name,
            "address": {
                "@type": "PostalAddress",
                "addressLocality": event.commune.name,
                "addressRegion": event.commune.departement.name,
                "addressCountry": "FR",
            },
        }
    if event.online_url:
        yield {"@type": "VirtualLocation", "url": event.online_url}
