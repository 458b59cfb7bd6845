"""Who writes for an assembly, who is invited, what each may do: the screens of the admin."""

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from home.rights import rights_in_words
from home.throttle import within

from .invitations import invite, managed_by, may_manage, members, remind, withdraw
from .models import Assembly
from .provisioning import provision

INVITATIONS_A_DAY = 60


class InvitationForm(forms.Form):
    name = forms.CharField(label=_("Prénom et nom"), max_length=150)
    email = forms.EmailField(label=_("Adresse électronique"), max_length=150)


def managed_or_refused(user, pk):
    assembly = get_object_or_404(Assembly, pk=pk)
    if not may_manage(user, assembly):
        raise PermissionDenied
    return assembly if assembly.group_id else provision(assembly)


class AccessView(WagtailAdminTemplateMixin, FormView):
    """The members of an assembly, and the form that invites one more."""

    form_class = InvitationForm
    template_name = "assemblies/admin/access.html"
    header_icon = "group"

    def dispatch(self, request, *args, **kwargs):
        self.assembly = managed_or_refused(request.user, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return _now("Qui écrit pour %s") % self.assembly

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("who_may_what"), "label": _("Qui peut faire quoi")},
            {"url": "", "label": self.assembly.name},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(assembly=self.assembly, members=members(self.assembly), **kwargs)

    def form_valid(self, form):
        name, email = form.cleaned_data["name"], form.cleaned_data["email"]
        if within("invitation", str(self.request.user.pk), INVITATIONS_A_DAY, 24 * 3600):
            invite(self.assembly, name, email, self.request.user)
            messages.success(self.request, _now("C’est écrit à %s. Un lien reçu par courriel vaut 72 heures.") % email)
        else:
            messages.error(self.request, _now("Trop d’invitations aujourd’hui. Réessayez demain."))
        return redirect("assembly_access", self.assembly.pk)


@require_POST
def remind_member(request, pk, user):
    assembly = managed_or_refused(request.user, pk)
    member = get_object_or_404(members(assembly).filter(pending=True), pk=user)
    if within("invitation", str(request.user.pk), INVITATIONS_A_DAY, 24 * 3600):
        remind(assembly, member, request.user)
        messages.success(request, _now("L’invitation est renvoyée à %s.") % member.email)
    return redirect("assembly_access", pk)


@require_POST
def withdraw_member(request, pk, user):
    assembly = managed_or_refused(request.user, pk)
    member = get_object_or_404(members(assembly), pk=user)
    withdraw(assembly, member, request.user)
    messages.success(request, _now("%s n’écrit plus pour cette assemblée.") % (member.get_full_name() or member.email))
    # One may have left oneself.
    return redirect("assembly_access", pk) if may_manage(request.user, assembly) else redirect("wagtailadmin_home")


class WhoMayWhatView(WagtailAdminTemplateMixin, TemplateView):
    """One's assemblies with who writes for them; for whoever manages the groups, each group and its rights."""

    template_name = "assemblies/admin/who_may_what.html"
    page_title = _("Qui peut faire quoi")
    header_icon = "group"

    def dispatch(self, request, *args, **kwargs):
        if not sees_who_may_what(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        user = self.request.user
        assemblies = list(managed_by(user).select_related("group"))
        by_group = _members_of([one.group_id for one in assemblies])
        rows = [(one, by_group.get(one.group_id, [])) for one in assemblies]
        groups = Group.objects.filter(assembly=None) if user.has_perm("auth.change_group") else []
        groups = [(group, rights_in_words(group)) for group in groups]
        return super().get_context_data(rows=rows, groups=groups, **kwargs)


def _members_of(groups):
    """{group: its members}, in one query."""
    User = get_user_model()
    found = {}
    links = User.groups.through.objects.filter(group__in=[one for one in groups if one]).select_related("user")
    for link in links.order_by("user__last_name", "user__first_name", "user"):
        found.setdefault(link.group_id, []).append(link.user)
    return found


def sees_who_may_what(user):
    rights = ("auth.change_group", "assemblies.change_assembly")
    return any(map(user.has_perm, rights)) or managed_by(user).exists()


class WhoMayWhatMenuItem(MenuItem):
    def is_shown(self, request):
        return sees_who_may_what(request.user)


def menu_item():
    return WhoMayWhatMenuItem(
        _("Qui peut faire quoi"), reverse("who_may_what"), name="who-may-what", icon_name="group", order=900
    )


def urls():
    return [
        path("qui-peut-quoi/", WhoMayWhatView.as_view(), name="who_may_what"),
        path("assemblees/<int:pk>/acces/", AccessView.as_view(), name="assembly_access"),
        path("assemblees/<int:pk>/acces/<int:user>/renvoyer/", remind_member, name="assembly_remind"),
        path("assemblees/<int:pk>/acces/<int:user>/retirer/", withdraw_member, name="assembly_withdraw"),
    ]
