"""The measures in the admin."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from home.admin_lists import (
    SafeExportMixin,
)

from ..models import (
    Measure,
)


class MeasureListView(SafeExportMixin, generic.IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().with_counts()


class MeasureDeleteView(generic.DeleteView):
    """A measure in use stays: deleting it would take it off every page without a word."""

    def get(self, request, *args, **kwargs):
        return self.refusal() or super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        return self.refusal() or super().post(request, *args, **kwargs)

    def refusal(self):
        users = self.object.initiative_items.count() + self.object.resource_items.count()
        if not users and not hasattr(self.object, "page"):
            return None
        messages.error(
            self.request,
            _now("La mesure « %s » sert encore (sa page, initiatives ou ressources) : elle n’a pas été supprimée.")
            % self.object.name,
        )
        return redirect(reverse(self.index_url_name))


class MeasureViewSet(ModelViewSet):
    model = Measure
    name = "mesures"
    icon = "tag"
    menu_label = _("Mesures")
    index_view_class = MeasureListView
    delete_view_class = MeasureDeleteView
    copy_view_enabled = False
    ordering = "number"
    list_display = (
        "name",
        Column("number", label=_("Numéro"), sort_key="number"),
        Column("short_name", label=_("Nom court")),
        Column("colour", label=_("Couleur"), accessor="get_colour_display"),
        Column("initiative_count", label=_("Initiatives en ligne")),
        Column("resource_count", label=_("Ressources en ligne")),
    )
    list_export = ("number", "name", "short_name", "slug", "colour", "initiative_count", "resource_count")
    export_headings = {
        "initiative_count": _("Initiatives en ligne"),
        "resource_count": _("Ressources en ligne"),
    }
    export_filename = "mesures"
    panels = (
        MultiFieldPanel(
            [
                FieldPanel("number"),
                TitleFieldPanel(
                    "name",
                    targets=["slug"],
                    heading=_("Nom"),
                    placeholder=_("Nom de la mesure"),
                    help_text=_("Tel qu’il est écrit dans l’argumentaire et dans les filtres."),
                ),
                FieldPanel("short_name"),
                FieldPanel("colour", help_text=_("La même sur le site et sur le papier : en changer change tout.")),
            ],
            heading=_("La mesure"),
        ),
        FieldPanel(
            "slug",
            heading=_("Nom dans les adresses"),
            help_text=_("Fait partie des adresses des listes filtrées : le changer casse les liens déjà partagés."),
        ),
    )
