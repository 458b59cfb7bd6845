"""Debates and other events: the agenda of the country, and that of an assembly."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from home.models import BasePage


class EventIndexPage(BasePage):
    """`/agenda/`, for the whole country, or the agenda below the page of an assembly."""

    intro = models.TextField(_("introduction"), blank=True)

    own_slug = "agenda"
    parent_page_types = ["home.HomePage", "assemblies.AssemblyPage"]
    subpage_types = ["assemblies.EventPage"]
    max_count_per_parent = 1
    kind_label = _("Agenda")
    schema_type = "CollectionPage"
    reserved_child_slugs = frozenset({"proposer"})
    content_panels = [FieldPanel("title"), FieldPanel("summary"), FieldPanel("intro")]

    class Meta:
        verbose_name = _("agenda")
        verbose_name_plural = _("agendas")


class EventPage(BasePage):
    """A debate, a meeting: when, where, who is invited, and what became of it."""

    parent_page_types = ["assemblies.EventIndexPage"]
    subpage_types = []
    kind_label = _("Événement")
    schema_type = "Event"

    class Meta:
        verbose_name = _("événement")
        verbose_name_plural = _("événements")
