"""The agenda of the country, and that of an assembly."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from home.models import BasePage


class EventIndexPage(BasePage):
    """`/agenda/`, which lists every event of the country, or the agenda below the page of an assembly."""

    intro = models.TextField(_("introduction"), blank=True)

    own_slug = "agenda"
    parent_page_types = ["home.HomePage", "assemblies.AssemblyPage"]
    subpage_types = ["assemblies.EventPage"]
    max_count_per_parent = 1
    kind_label = _("Agenda")
    schema_type = "CollectionPage"
    reserved_child_slugs = frozenset({"proposer", "confirmer"})
    # Without what copies the title to the address, which stays.
    content_panels = [FieldPanel("title"), FieldPanel("summary"), FieldPanel("intro")]
    # Its address is part of those of the events and of the calendars: nobody changes it.
    promote_panels = [FieldPanel("show_in_menus"), BasePage.promote_panels[1]]

    class Meta:
        verbose_name = _("agenda")
        verbose_name_plural = _("agendas")

    def full_clean(self, *args, **kwargs):
        self.slug = self.own_slug
        super().full_clean(*args, **kwargs)

    def get_context(self, request, *args, **kwargs):
        from ..agenda import Agenda

        context = super().get_context(request, *args, **kwargs)
        context["agenda"] = Agenda(request, self)
        return context
