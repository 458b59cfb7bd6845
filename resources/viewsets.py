"""The lists of initiatives, resources and measures in the admin."""

import django_filters
from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import BooleanRadioSelect
from wagtail.permissions import policy_registry

from home.admin_lists import (
    DayColumn,
    PageListView,
    PageListViewSet,
    SafeExportMixin,
    select_column,
    state_column,
    title_column,
    yes_or_no,
)
from home.welcome import WelcomeLink
from territory.models import Departement

from .models import (
    Authority,
    CalendarStep,
    InitiativePage,
    KitPage,
    LetterPage,
    Measure,
    ResourceKind,
    ResourcePage,
    Status,
)
from .models.initiatives import InitiativeCommune, InitiativeMeasure
from .models.library import Language, ResourceMeasure


# --- What the columns say ---------------------------------------------------------------------------------------------
def commune_names(page):
    return ", ".join(str(commune) for commune in page.communes)


def commune_codes(page):
    return ", ".join(commune.insee for commune in page.communes)


def measure_names(page):
    return ", ".join(measure.short_name for measure in page.measure_list)


def attention(page):
    """« À revérifier ; à compléter : moyens, résultat », or nothing."""
    said = [_now("À revérifier")] if page.is_stale else []
    if page.missing_parts:
        said.append(_now("À compléter : %s") % ", ".join(page.missing_parts))
    return " ; ".join(said)


def format_names(page):
    return ", ".join(page.format_names)


def several_filter(choices, label):
    return django_filters.MultipleChoiceFilter(choices=choices, label=label, widget=forms.CheckboxSelectMultiple)


def yes_no_filter(label, **kwargs):
    return django_filters.BooleanFilter(label=label, widget=BooleanRadioSelect, **kwargs)


class _MeasureFilter(django_filters.ModelMultipleChoiceFilter):
    """Pages that have one of the measures, through the model that links them; without a join, so without duplicates."""

    def __init__(self, through):
        self.through = through
        super().__init__(
            queryset=Measure.objects.all(), label=_("Mesure"), widget=forms.CheckboxSelectMultiple, method=self.linked
        )

    def linked(self, queryset, _name, measures):
        if not measures:
            return queryset
        return queryset.filter(pk__in=self.through.objects.filter(tag__in=measures).values("content_object"))


# --- Initiatives ------------------------------------------------------------------------------------------------------
class InitiativeFilterSet(WagtailFilterSet):
    measure = _MeasureFilter(InitiativeMeasure)
    status = several_filter(Status.choices, _("Statut"))
    authority = several_filter(Authority.choices, _("Autorité"))
    departement = django_filters.ModelChoiceFilter(
        queryset=lambda request: Departement.objects.filter(communes__initiative_links__isnull=False).distinct(),
        label=_("Département"),
        method="in_departement",
    )
    stale = yes_no_filter(_("À revérifier"), method="by_age")
    in_booklet = yes_no_filter(_("Dans le livret"))
    live = yes_no_filter(_("En ligne"))

    class Meta:
        model = InitiativePage
        fields = ()

    def in_departement(self, queryset, _name, departement):
        if departement is None:
            return queryset
        links = InitiativeCommune.objects.filter(commune__departement=departement)
        return queryset.filter(pk__in=links.values("page"))

    def by_age(self, queryset, _name, stale):
        if stale is None:
            return queryset
        old = InitiativePage.objects.stale().values("pk")
        return queryset.filter(pk__in=old) if stale else queryset.exclude(pk__in=old)


class InitiativeListView(PageListView):
    export_values = {
        "communes": commune_names,
        "insee": commune_codes,
        "measures": measure_names,
        "in_booklet": lambda page: yes_or_no(page.in_booklet),
        "attention": attention,
    }


class InitiativeViewSet(PageListViewSet):
    model = InitiativePage
    index_view_class = InitiativeListView
    name = "initiatives"
    icon = "site"
    menu_label = _("Initiatives")
    columns = (
        select_column(),
        title_column(),
        Column("communes", label=_("Communes"), accessor=commune_names),
        Column("measures", label=_("Mesures"), accessor=measure_names),
        Column("status", label=_("Statut"), accessor="get_status_display", sort_key="status"),
        DayColumn("checked_on", label=_("Vérifiée le"), sort_key="checked_on"),
        Column("attention", label=_("Attention"), accessor=attention),
        state_column(),
    )
    filterset_class = InitiativeFilterSet
    list_export = (
        "title", "communes", "insee", "measures", "get_status_display", "get_authority_display", "started", "ended",
        "in_booklet", "checked_on", "attention", "status_string", "absolute_url",
    )  # fmt: skip
    export_headings = {
        "communes": _("Communes"),
        "insee": _("Codes INSEE"),
        "measures": _("Mesures"),
        "get_status_display": _("Statut"),
        "get_authority_display": _("Autorité"),
        "attention": _("Attention"),
        "status_string": _("État"),
        "absolute_url": _("Adresse"),
    }
    export_filename = "initiatives-redaction"


# --- Resources --------------------------------------------------------------------------------------------------------
class ResourceFilterSet(WagtailFilterSet):
    kind = several_filter(ResourceKind.choices, _("Type"))
    measure = _MeasureFilter(ResourceMeasure)
    language = several_filter(Language.choices, _("Langue"))
    replaced = yes_no_filter(_("Remplacée par une autre"), field_name="replaced_by", lookup_expr="isnull", exclude=True)
    live = yes_no_filter(_("En ligne"))

    class Meta:
        model = ResourcePage
        fields = ()


class ResourceListView(PageListView):
    export_values = {"measures": measure_names, "formats": format_names}


class ResourceViewSet(PageListViewSet):
    model = ResourcePage
    index_view_class = ResourceListView
    name = "ressources"
    icon = "doc-full-inverse"
    menu_label = _("Ressources")
    columns = (
        select_column(),
        title_column(),
        Column("kind", label=_("Type"), accessor="get_kind_display", sort_key="kind"),
        Column("measures", label=_("Mesures"), accessor=measure_names),
        Column("formats", label=_("Formats"), accessor=format_names),
        DayColumn("checked_on", label=_("Vérifiée le"), sort_key="checked_on"),
        state_column(),
    )
    filterset_class = ResourceFilterSet
    list_export = (
        "title", "get_kind_display", "measures", "formats", "get_language_display", "publisher", "licence",
        "published_on", "checked_on", "status_string", "absolute_url",
    )  # fmt: skip
    export_headings = {
        "get_kind_display": _("Type"),
        "measures": _("Mesures"),
        "formats": _("Formats"),
        "get_language_display": _("Langue"),
        "status_string": _("État"),
        "absolute_url": _("Adresse"),
    }
    export_filename = "ressources-redaction"


# --- Kits -------------------------------------------------------------------------------------------------------------
def kit_state(kit):
    """What keeps a kit from being downloaded, or nothing."""
    if not kit.item_count:
        return _now("Vide : rien à télécharger")
    return _now("Bloqué : une pièce n’est pas publique") if kit.is_blocked else ""


class KitListView(ResourceListView):
    export_values = {"measures": measure_names, "attention": kit_state}

    def annotate_queryset(self, pages):
        return super().annotate_queryset(pages).with_state()


class KitViewSet(ResourceViewSet):
    model = KitPage
    index_view_class = KitListView
    name = "kits"
    icon = "folder-open-inverse"
    menu_label = _("Kits")
    columns = (
        select_column(),
        title_column(),
        Column("item_count", label=_("Pièces"), sort_key="item_count"),
        Column("measures", label=_("Mesures"), accessor=measure_names),
        DayColumn("checked_on", label=_("Vérifié le"), sort_key="checked_on"),
        Column("attention", label=_("Attention"), accessor=kit_state),
        state_column(),
    )
    list_export = ("title", "item_count", "measures", "checked_on", "attention", "status_string", "absolute_url")
    export_headings = {
        "item_count": _("Pièces"),
        "measures": _("Mesures"),
        "attention": _("Attention"),
        "status_string": _("État"),
        "absolute_url": _("Adresse"),
    }
    export_filename = "kits-redaction"


# --- Letters and calendar ----------------------------------------------------------------------------------------------
class LetterViewSet(ResourceViewSet):
    model = LetterPage
    name = "courriers"
    icon = "mail"
    menu_label = _("Courriers")
    columns = (
        select_column(),
        title_column(),
        Column("dossier_use", label=_("Dans les dossiers"), accessor="get_dossier_use_display", sort_key="dossier_use"),
        Column("measures", label=_("Mesures"), accessor=measure_names),
        DayColumn("checked_on", label=_("Vérifié le"), sort_key="checked_on"),
        state_column(),
    )
    export_filename = "courriers-redaction"


class CalendarStepListView(SafeExportMixin, generic.IndexView):
    pass


class CalendarStepViewSet(ModelViewSet):
    """The calendar that kits and dossiers print, in days from the vote."""

    model = CalendarStep
    name = "calendrier"
    icon = "calendar-alt"
    menu_label = _("Calendrier")
    index_view_class = CalendarStepListView
    copy_view_enabled = False
    ordering = ("phase", "anchor", "days")
    list_filter = ("phase",)
    list_display = (
        "title",
        Column("phase", label=_("Phase"), accessor="get_phase_display", sort_key="phase"),
        Column("days", label=_("Jours"), sort_key="days"),
        Column("anchor", label=_("Depuis le"), accessor="get_anchor_display"),
    )
    list_export = ("phase", "anchor", "days", "title", "text")
    export_filename = "calendrier"
    form_fields = ("phase", "anchor", "days", "title", "text")


# --- Measures ---------------------------------------------------------------------------------------------------------
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


class ContentGroup(ViewSetGroup):
    menu_label = _("Contenus")
    menu_name = "contenus"
    menu_icon = "clipboard-list"
    menu_order = 110
    items = (InitiativeViewSet, ResourceViewSet, KitViewSet, LetterViewSet, CalendarStepViewSet, MeasureViewSet)


def welcome_links(user):
    """What an editor does most with these, for the home of the admin."""
    if policy_registry.get_by_type(InitiativePage).user_has_permission(user, "add"):
        yield WelcomeLink(_("Nouvelle initiative"), reverse("initiatives:choose_parent"), creates=True)
        yield WelcomeLink(_("Nouvelle ressource"), reverse("ressources:choose_parent"), creates=True)
        yield WelcomeLink(_("Toutes les initiatives"), reverse("initiatives:index"))
        yield WelcomeLink(_("Toutes les ressources"), reverse("ressources:index"))
    if policy_registry.get_by_type(Measure).user_has_permission(user, "change"):
        yield WelcomeLink(_("Les mesures"), reverse("mesures:index"))
