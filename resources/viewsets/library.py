"""The lists of resources, kits and letters in the admin."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from home.admin_lists import (
    DayColumn,
    PageListView,
    PageListViewSet,
    select_column,
    state_column,
    title_column,
)

from ..models import (
    KitPage,
    LetterPage,
    ResourceKind,
    ResourcePage,
)
from ..models.library import Language, ResourceMeasure
from .columns import MeasureFilter, format_names, measure_names, several_filter, yes_no_filter


class ResourceFilterSet(WagtailFilterSet):
    kind = several_filter(ResourceKind.choices, _("Type"))
    measure = MeasureFilter(ResourceMeasure)
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
