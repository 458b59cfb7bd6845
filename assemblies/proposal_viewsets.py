"""The queue of proposed events: an assembly sees those of its territory, modération all of them; nobody else any."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy

from home.admin_lists import DayColumn
from home.welcome import WelcomeLink

from .models import Assembly, EventProposal
from .proposals import AlreadyDecidedError, NoAgendaError, accept, refuse

MAX_REASON = 1000


class ProposalPolicy(ModelPermissionPolicy):
    """Whoever is of an assembly, or may change proposals everywhere, sees and decides; nobody writes nor deletes one."""

    def user_has_permission(self, user, action):
        if action not in ("view", "decide") or not user.is_active:
            return False
        return super().user_has_permission(user, "change") or Assembly.objects.filter(group__user=user).exists()

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user, action, instance):
        visible = EventProposal.objects.visible_to(user).filter(pk=instance.pk)
        return self.user_has_permission(user, action) and visible.exists()

    def instances_user_has_any_permission_for(self, user, actions):
        if not self.user_has_any_permission(user, actions):
            return EventProposal.objects.none()
        return EventProposal.objects.visible_to(user)


register_permission_policy(EventProposal, ProposalPolicy(EventProposal))


def decider(proposal):
    return get_user_display_name(proposal.decided_by) if proposal.decided_by else "—"


class ProposalListView(generic.IndexView):
    def get_base_queryset(self):
        return EventProposal.objects.visible_to(self.request.user).select_related("commune", "decided_by")


class DecideView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """One proposal, whoever made it, and the two answers to give. Reading the contact is logged."""

    model = EventProposal
    permission_required = "decide"
    template_name = "assemblies/admin/decide.html"
    http_method_names = ("get", "head", "post")
    header_icon = "calendar-check"
    _show_breadcrumbs = True

    def get_page_title(self):
        return self.proposal.title

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("propositions:index"), "label": _("Événements proposés")},
            {"url": "", "label": self.proposal.title},
        ]

    def dispatch(self, request, *args, **kwargs):
        visible = EventProposal.objects.visible_to(request.user).select_related("commune__departement", "decided_by")
        self.proposal = get_object_or_404(visible, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        if self.proposal.email:
            log(self.proposal, "assemblies.read_contact", user=request.user)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            proposal=self.proposal, decider=decider(self.proposal), max_reason=MAX_REASON, **kwargs
        )

    def post(self, request, *args, **kwargs):
        decisions = {"retenir": self.accept, "refuser": self.refuse}
        decide = decisions.get(request.POST.get("decision"))
        if decide:
            try:
                decide()
            except AlreadyDecidedError:
                self.proposal.refresh_from_db()
                words = _now("Déjà décidé par %s : cette décision tient.")
                messages.warning(request, words % decider(self.proposal))
            except NoAgendaError:
                messages.error(request, _now("L’agenda n’a pas encore de page : la créer d’abord."))
        return redirect("propositions:decide", self.proposal.pk)

    def accept(self):
        accept(self.proposal, self.request.user)
        messages.success(
            self.request,
            _now(
                "Retenu : un brouillon est dans l’agenda, que la modération publiera. La personne qui l’a proposé est prévenue."
            ),
        )

    def refuse(self):
        refuse(self.proposal, self.request.user, self.request.POST.get("reason", "").strip()[:MAX_REASON])
        messages.success(self.request, _now("Refusé. La personne qui l’a proposé est prévenue."))


class ProposalViewSet(ModelViewSet):
    model = EventProposal
    name = "propositions"
    icon = "calendar-check"
    menu_label = _("Propositions")
    menu_order = 125
    add_to_admin_menu = True
    add_to_reference_index = False
    index_view_class = ProposalListView
    copy_view_enabled = False
    # Of the form to change one, that nobody reaches.
    form_fields = ()
    ordering = ("-state", "date")
    list_filter = ("state",)
    list_display = (
        TitleColumn("title", label=_("Quoi"), get_url=lambda row: reverse("propositions:decide", args=[row.pk])),
        DayColumn("date", label=_("Date"), sort_key="date"),
        Column("commune", label=_("Commune")),
        Column("state", label=_("État"), accessor="get_state_display", sort_key="state"),
        Column("decided_by", label=_("Décidé par"), accessor=decider),
        DateColumn("confirmed_at", label=_("Reçu"), sort_key="confirmed_at"),
    )

    def get_urlpatterns(self):
        kept = [one for one in super().get_urlpatterns() if one.name in ("index", "index_results")]
        return [*kept, path("<int:pk>/", DecideView.as_view(), name="decide")]


def welcome_links(user):
    if policy_registry.get_by_type(EventProposal).user_has_permission(user, "decide"):
        yield WelcomeLink(_("Les événements proposés"), reverse("propositions:index"))


def register_log_actions(actions):
    actions.register_action("assemblies.read_contact", _("Lire un contact"), _("Contact lu"))
    actions.register_action("assemblies.decide_proposal", _("Décider d’une proposition"), _("Proposition décidée"))
