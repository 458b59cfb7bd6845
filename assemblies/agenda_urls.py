from django.urls import path, re_path

from . import agenda_views as views

urlpatterns = [
    path("agenda.ics", views.calendar, name="agenda_calendar"),
    re_path(r"^(?P<path>(?:[\w-]+/)+)evenement\.ics$", views.event_file, name="event_file"),
]
