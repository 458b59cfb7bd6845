from django.urls import path, re_path

from . import agenda_views, proposal_views

urlpatterns = [
    path("agenda.ics", agenda_views.calendar, name="agenda_calendar"),
    path("agenda/proposer/", proposal_views.propose_event, name="event_proposal"),
    path("agenda/proposer/merci/", proposal_views.proposed, name="event_proposed"),
    path("agenda/confirmer/<str:token>/", proposal_views.confirm_event, name="event_proposal_confirm"),
    re_path(r"^(?P<path>(?:[\w-]+/)+)evenement\.ics$", agenda_views.event_file, name="event_file"),
]
