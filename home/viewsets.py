"""The list of mails in the admin: what left, what waits and why. Neither what they say nor to whom, and nothing to write."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy

from .models import OutgoingMail
from .welcome import WelcomeLink


class MailPolicy(ModelPermissionPolicy):
    """Mails are seen and tried again; nobody, not even a superuser, writes, changes or deletes one."""

    def user_has_permission(self, user, action):
        return action in ("view", "retry") and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user, action, instance):
        return self.user_has_permission(user, action)


register_permission_policy(OutgoingMail, MailPolicy(OutgoingMail))


def next_attempt(mail):
    return mail.next_attempt_at if mail.state == OutgoingMail.State.WAITING else None


class MailListView(generic.IndexView):
    template_name = "home/admin/mail_index.html"

    def get_base_queryset(self):
        # The contents may be heavy, and are never shown.
        return super().get_base_queryset().defer("content")

    @cached_property
    def header_buttons(self):
        if not self.user_has_permission("retry") or not OutgoingMail.objects.abandoned().exists():
            return []
        label = _("Réessayer tous les courriels abandonnés")
        return [HeaderButton(label, url=reverse("courriels:retry_all"), icon_name="rotate")]


class MailInspectView(generic.InspectView):
    page_title = _("Courriel")

    def get_object(self, queryset=None):
        return get_object_or_404(OutgoingMail.objects.defer("content"), pk=self.pk)

    @cached_property
    def header_buttons(self):
        if self.object.state == OutgoingMail.State.SENT or not self.user_has_permission("retry"):
            return []
        return [HeaderButton(_("Réessayer"), url=reverse("courriels:retry", args=[self.object.pk]), icon_name="rotate")]


class RetryView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Asks, then has one mail, or all that were given up, tried at the next round."""

    model = OutgoingMail
    permission_required = "retry"
    template_name = "home/admin/retry_mail.html"
    page_title = _("Réessayer")
    http_method_names = ("get", "head", "post")
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("courriels:index"), "label": _("Courriels")},
            {"url": "", "label": self.page_title},
        ]

    def mails(self):
        pk = self.kwargs.get("pk")
        if pk is None:
            return OutgoingMail.objects.abandoned()
        return OutgoingMail.objects.filter(pk=pk).exclude(state=OutgoingMail.State.SENT)

    def get_context_data(self, **kwargs):
        return super().get_context_data(number=self.mails().count(), index_url=reverse("courriels:index"), **kwargs)

    def post(self, request, **kwargs):
        number = self.mails().try_again()
        if number:
            said = ngettext("%(number)s courriel va repartir.", "%(number)s courriels vont repartir.", number)
            messages.success(request, said % {"number": number})
        else:
            messages.warning(request, _now("Rien à faire repartir : ces courriels sont déjà partis."))
        return redirect("courriels:index")


class MailViewSet(ModelViewSet):
    model = OutgoingMail
    name = "courriels"
    icon = "mail"
    menu_label = _("Courriels")
    menu_order = 460
    add_to_admin_menu = True
    add_to_reference_index = False
    index_view_class = MailListView
    inspect_view_class = MailInspectView
    inspect_view_enabled = True
    copy_view_enabled = False
    # Of the form to change one, that nobody reaches.
    form_fields = ()
    list_per_page = 50
    list_filter = ("state",)
    list_display = (
        "subject",
        Column("masked_recipient", label=_("Destinataire")),
        "state",
        Column("attempts", label=_("Essais"), sort_key="attempts"),
        Column("last_error", label=_("Dernière erreur")),
        DateColumn("next_attempt_at", label=_("Prochain essai"), accessor=next_attempt, sort_key="next_attempt_at"),
        DateColumn("created_at", label=_("Écrit"), sort_key="created_at"),
    )
    inspect_view_fields = (
        "subject",
        "masked_recipient",
        "state",
        "attempts",
        "last_error",
        "next_attempt_at",
        "created_at",
        "sent_at",
        "message_id",
    )

    def get_urlpatterns(self):
        kept = [one for one in super().get_urlpatterns() if one.name in ("index", "index_results", "inspect")]
        return [
            *kept,
            path("reessayer/", RetryView.as_view(), name="retry_all"),
            path("reessayer/<int:pk>/", RetryView.as_view(), name="retry"),
        ]


def welcome_links(user):
    """Only when something is wrong: mails that did not arrive."""
    if not policy_registry.get_by_type(OutgoingMail).user_has_permission(user, "view"):
        return
    number = OutgoingMail.objects.abandoned().count()
    if number:
        said = ngettext("%(number)s courriel n’est pas arrivé", "%(number)s courriels ne sont pas arrivés", number)
        yield WelcomeLink(said % {"number": number}, f"{reverse('courriels:index')}?state=abandonne")
