"""The list of assemblies in the admin. Their private contacts are shown to whoever may see them, and never exported."""

import django_filters
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TitleFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

from home.admin_lists import SafeExportMixin, yes_or_no
from home.search import fold
from home.welcome import WelcomeLink
from territory.models import Departement

from .forms import AssemblyForm
from .models import Assembly

MAX_COMMUNES_SHOWN = 3


def departement_names(assembly):
    return ", ".join(str(departement) for departement in assembly.departements.all())


def commune_names(assembly):
    communes = [str(commune) for commune in assembly.communes.all()]
    shown = ", ".join(communes[:MAX_COMMUNES_SHOWN])
    return f"{shown}… ({len(communes)})" if len(communes) > MAX_COMMUNES_SHOWN else shown


def commune_codes(assembly):
    return ", ".join(commune.insee for commune in assembly.communes.all())


class AssemblyFilterSet(WagtailFilterSet):
    departement = django_filters.ModelChoiceFilter(
        queryset=Departement.objects.all(), label=_("Département"), method="in_departement"
    )

    class Meta:
        model = Assembly
        fields = ()

    def in_departement(self, queryset, _name, departement):
        """Those that cover it, whole or by one of its communes."""
        if departement is None:
            return queryset
        whole = departement.assemblies.values("pk")
        part = Assembly.objects.filter(communes__departement=departement).values("pk")
        return queryset.filter(Q(pk__in=whole) | Q(pk__in=part))


class AssemblyListView(SafeExportMixin, generic.IndexView):
    is_searchable = True
    export_values = {
        "departements": departement_names,
        "communes": commune_codes,
        "name_shown": lambda assembly: yes_or_no(assembly.name_shown),
    }

    def get_base_queryset(self):
        return super().get_base_queryset().prefetch_related("departements", "communes")

    def search_queryset(self, queryset):
        """By name, accents set aside: a hundred rows, read at once."""
        typed = fold(self.search_query).strip()
        if not typed:
            return queryset
        names = Assembly.objects.values_list("pk", "name")
        return queryset.filter(pk__in=[pk for pk, name in names if typed in fold(name)])


class AssemblyViewSet(ModelViewSet):
    model = Assembly
    name = "assemblees"
    icon = "group"
    menu_label = _("Assemblées")
    menu_order = 120
    add_to_admin_menu = True
    index_view_class = AssemblyListView
    copy_view_enabled = False
    ordering = "name"
    list_display = (
        "name",
        Column("departements", label=_("Départements"), accessor=departement_names),
        Column("communes", label=_("Communes"), accessor=commune_names),
        BooleanColumn("name_shown", label=_("Nom montré"), sort_key="name_shown"),
    )
    filterset_class = AssemblyFilterSet
    list_export = ("name", "slug", "departements", "communes", "printable_contact", "name_shown")
    export_headings = {"communes": _("Codes INSEE des communes")}
    export_filename = "assemblees"
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    TitleFieldPanel("name", targets=["slug"], placeholder=_("Nom de l’assemblée")),
                    FieldPanel(
                        "slug", help_text=_("Le nom dans les adresses : le changer casse les liens déjà partagés.")
                    ),
                    FieldPanel("name_shown"),
                ],
                heading=_("L’assemblée"),
            ),
            MultiFieldPanel(
                [FieldPanel("departements"), FieldPanel("communes")],
                heading=_("Territoire"),
                help_text=_("Plusieurs assemblées peuvent couvrir le même lieu."),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("printable_contact"),
                    FieldPanel("private_contact", permission="assemblies.see_private_contact"),
                ],
                heading=_("Contacts"),
            ),
        ],
        base_form_class=AssemblyForm,
    )


def welcome_links(user):
    if policy_registry.get_by_type(Assembly).user_has_permission(user, "change"):
        yield WelcomeLink(_("Les assemblées"), reverse("assemblees:index"))
