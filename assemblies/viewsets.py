"""The list of assemblies in the admin. Their private contacts are shown to whoever may see them, and never exported."""

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TitleFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button
from wagtail.permissions import policy_registry

from home.admin_lists import SafeExportMixin, yes_or_no
from home.search import fold
from home.welcome import WelcomeLink
from territory.models import Departement

from .forms import AssemblyForm
from .mergers import merge
from .models import Assembly, AssemblyPage, EventIndexPage
from .provisioning import is_empty, provision, remove

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


def provisioned(assembly):
    provision(assembly)
    assembly.refresh_from_db()
    return assembly


class AssemblyAddView(generic.CreateView):
    """A new assembly has all that is its own at once; what comes next is to invite who writes for it."""

    def save_instance(self):
        return provisioned(super().save_instance())

    def get_success_url(self):
        return reverse("assembly_access", args=[self.object.pk])


class AssemblyEditView(generic.EditView):
    def save_instance(self):
        return provisioned(super().save_instance())

    @property
    def header_more_buttons(self):
        buttons = list(super().header_more_buttons)
        access = reverse("assembly_access", args=[self.object.pk])
        buttons.append(Button(_("Qui écrit"), url=access, icon_name="group", priority=20))
        if self.user_has_permission("delete"):
            merging = reverse("assembly_merge", args=[self.object.pk])
            buttons.append(Button(_("Fusionner"), url=merging, icon_name="resubmit", priority=25))
        return buttons


class AssemblyDeleteView(generic.DeleteView):
    """Only where nothing would be lost: otherwise, the screen that merges."""

    def dispatch(self, request, *args, **kwargs):
        if self.user_has_permission("delete") and not is_empty(self.object):
            words = _now(
                "Cette assemblée a des fichiers ou des rendez-vous. Les donner à une autre, ou les supprimer d’abord."
            )
            messages.warning(request, words)
            return redirect("assembly_merge", self.object.pk)
        return super().dispatch(request, *args, **kwargs)

    def delete_action(self):
        remove(self.object)


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(label=_("Dans quelle assemblée"), queryset=Assembly.objects.all())


class MergeView(WagtailAdminTemplateMixin, FormView):
    form_class = MergeForm
    template_name = "assemblies/admin/merge.html"
    header_icon = "resubmit"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("assemblies.delete_assembly"):
            raise PermissionDenied
        self.assembly = get_object_or_404(Assembly, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return _now("Fusionner %s") % self.assembly

    def get_breadcrumbs_items(self):
        index = {"url": reverse("assemblees:index"), "label": _("Assemblées")}
        return [*self.breadcrumbs_items, index, {"url": "", "label": self.get_page_title()}]

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["into"].queryset = Assembly.objects.exclude(pk=self.assembly.pk)
        return form

    def get_context_data(self, **kwargs):
        return super().get_context_data(assembly=self.assembly, **kwargs)

    def form_valid(self, form):
        into = merge(self.assembly, form.cleaned_data["into"], self.request.user)
        words = _now("%(source)s est maintenant réunie à %(into)s.")
        messages.success(self.request, words % {"source": self.assembly, "into": into})
        return redirect("assembly_access", into.pk)


class AssemblyViewSet(ModelViewSet):
    model = Assembly
    name = "assemblees"
    icon = "group"
    menu_label = _("Assemblées")
    menu_order = 120
    add_to_admin_menu = True
    index_view_class = AssemblyListView
    add_view_class = AssemblyAddView
    edit_view_class = AssemblyEditView
    delete_view_class = AssemblyDeleteView
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


def merging_urls():
    return [path("assemblees/<int:pk>/fusionner/", MergeView.as_view(), name="assembly_merge")]


def welcome_links(user):
    """What its members do most, and the list for whoever keeps it."""
    pages = AssemblyPage.objects.filter(assembly__group__user=user).select_related("assembly").order_by("title")
    for page in pages:
        # Someone may be of several.
        name = f" ({page.assembly})" if len(pages) > 1 else ""
        agenda = EventIndexPage.objects.child_of(page).first()
        if agenda:
            add = reverse("wagtailadmin_pages:add", args=["assemblies", "eventpage", agenda.pk])
            yield WelcomeLink(_now("Annoncer un débat") + name, add, creates=True)
        yield WelcomeLink(_now("Ma page") + name, reverse("wagtailadmin_pages:edit", args=[page.pk]))
        files = f"{reverse('wagtaildocs:index')}?collection_id={page.assembly.public_files_id}"
        yield WelcomeLink(_now("Mes fichiers") + name, files)
        yield WelcomeLink(_now("Qui écrit avec moi") + name, reverse("assembly_access", args=[page.assembly_id]))
    if policy_registry.get_by_type(Assembly).user_has_permission(user, "change"):
        yield WelcomeLink(_("Les assemblées"), reverse("assemblees:index"))
