"""Events that anyone proposes: seen by nobody before their author's address is confirmed, decided once."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from territory.models import Commune

from .assemblies import Assembly
from .events import EventPage

CONFIRMED_WITHIN = timedelta(hours=72)
KEPT_FOR = timedelta(days=90)


class EventProposalQuerySet(models.QuerySet):
    def confirmed(self):
        """Those that someone may see in the admin."""
        return self.exclude(state=EventProposal.State.UNCONFIRMED)

    def waiting(self):
        return self.filter(state=EventProposal.State.WAITING)

    def decided(self):
        return self.filter(state__in=(EventProposal.State.ACCEPTED, EventProposal.State.REFUSED))

    def visible_to(self, user):
        """Those of the territory of the assemblies whose group someone is in; all for who may change them everywhere."""
        if user.has_perm("assemblies.change_eventproposal"):
            return self.confirmed()
        mine = Assembly.objects.filter(group__user=user).values("pk")
        covered = Commune.objects.filter(Q(assemblies__in=mine) | Q(departement__assemblies__in=mine)).values("pk")
        return self.confirmed().filter(commune__in=covered)

    def forgotten(self, now):
        """Those that their author did not confirm in time, and those that nobody decided for too long."""
        unconfirmed = Q(state=EventProposal.State.UNCONFIRMED, created_at__lt=now - CONFIRMED_WITHIN)
        undecided = Q(state=EventProposal.State.WAITING, confirmed_at__lt=now - KEPT_FOR)
        return self.filter(unconfirmed | undecided)

    def with_old_contacts(self, now):
        return self.decided().filter(decided_at__lt=now - KEPT_FOR).exclude(name="", email="")


class EventProposal(models.Model):
    class State(models.TextChoices):
        UNCONFIRMED = "a_confirmer", _("Adresse à confirmer")
        WAITING = "a_decider", _("À décider")
        ACCEPTED = "retenue", _("Retenue")
        REFUSED = "refusee", _("Refusée")

    title = models.CharField(_("quoi"), max_length=150)
    details = models.TextField(_("de quoi il s’agit"), max_length=2000, blank=True)
    date = models.DateField(_("date"))
    start_time = models.TimeField(_("heure"))
    commune = models.ForeignKey(Commune, verbose_name=_("commune"), on_delete=models.PROTECT, related_name="+")
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    organisers = models.CharField(_("organisé par"), max_length=250)
    link = models.URLField(_("lien"), max_length=500, blank=True)
    name = models.CharField(_("proposé par"), max_length=120, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    state = models.CharField(_("état"), max_length=12, choices=State.choices, default=State.UNCONFIRMED, db_index=True)
    created_at = models.DateTimeField(_("proposé le"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmé le"), null=True)
    decided_at = models.DateTimeField(_("décidé le"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("décidé par"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.TextField(_("motif"), max_length=1000, blank=True)
    page = models.ForeignKey(
        EventPage, verbose_name=_("événement"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = EventProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("événement proposé")
        verbose_name_plural = _("événements proposés")

    def __str__(self):
        return self.title

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING
