"""The lists of what is published, in the admin."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.permissions import policy_registry

from assemblies.isolation import writes_for_assemblies_only
from home.welcome import WelcomeLink

from ..models import InitiativePage, Measure
from .calendar import CalendarStepViewSet
from .initiatives import InitiativeViewSet
from .library import KitViewSet, LetterViewSet, ResourceViewSet
from .measures import MeasureViewSet


class ContentGroup(ViewSetGroup):
    menu_label = _("Contenus")
    menu_name = "contenus"
    menu_icon = "clipboard-list"
    menu_order = 110
    items = (InitiativeViewSet, ResourceViewSet, KitViewSet, LetterViewSet, CalendarStepViewSet, MeasureViewSet)


def welcome_links(user):
    """What an editor does most with these, for the home of the admin."""
    if writes_for_assemblies_only(user):
        return
    if policy_registry.get_by_type(InitiativePage).user_has_permission(user, "add"):
        yield WelcomeLink(_("Nouvelle initiative"), reverse("initiatives:choose_parent"), creates=True)
        yield WelcomeLink(_("Nouvelle ressource"), reverse("ressources:choose_parent"), creates=True)
        yield WelcomeLink(_("Nouveau courrier"), reverse("courriers:choose_parent"), creates=True)
        yield WelcomeLink(_("Nouveau kit"), reverse("kits:choose_parent"), creates=True)
        yield WelcomeLink(_("Toutes les initiatives"), reverse("initiatives:index"))
        yield WelcomeLink(_("Toutes les ressources"), reverse("ressources:index"))
    if policy_registry.get_by_type(Measure).user_has_permission(user, "change"):
        yield WelcomeLink(_("Les mesures"), reverse("mesures:index"))
