import datetime
from email.utils import parseaddr

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# How long before a mail is tried again, by number of attempts; the last one holds for all the following.
BACK_OFF_MINUTES = (1, 2, 4, 8, 15)
GIVE_UP_AFTER = datetime.timedelta(days=3)
KEEP_SENT = datetime.timedelta(days=30)
KEEP_ABANDONED = datetime.timedelta(days=90)


def back_off(attempts: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=BACK_OFF_MINUTES[min(attempts, len(BACK_OFF_MINUTES)) - 1])


def in_three_days():
    return timezone.now() + GIVE_UP_AFTER


class MailQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=OutgoingMail.State.WAITING)

    def abandoned(self):
        return self.filter(state=OutgoingMail.State.ABANDONED)

    def due(self, now):
        return self.waiting().filter(next_attempt_at__lte=now).order_by("next_attempt_at", "pk")

    def past_keeping(self, now):
        """What is no more of use to anyone: sent a month ago, or given up three months ago."""
        sent = Q(state=OutgoingMail.State.SENT, sent_at__lt=now - KEEP_SENT)
        return self.filter(sent | Q(state=OutgoingMail.State.ABANDONED, give_up_at__lt=now - KEEP_ABANDONED))

    def claim(self, mail, now) -> bool:
        """Take a mail that is due, by one conditional UPDATE: of several workers, one. False: another has it.

        It is due again after its back-off whatever happens, so that a worker killed while sending loses nothing.
        """
        attempts = mail.attempts + 1
        claimed = self.due(now).order_by().filter(pk=mail.pk, attempts=mail.attempts)
        if not claimed.update(attempts=attempts, next_attempt_at=now + back_off(attempts)):
            return False
        mail.attempts = attempts
        return True

    def try_again(self) -> int:
        """Have mails that wait or were given up tried at the next round, for three days more; says how many."""
        tried = self.exclude(state=OutgoingMail.State.SENT)
        return tried.update(
            state=OutgoingMail.State.WAITING,
            attempts=0,
            next_attempt_at=timezone.now(),
            give_up_at=in_three_days(),
        )


class OutgoingMail(models.Model):
    """One e-mail for one address, whole, until it is delivered; then only that it was.

    One address a row: what the server says of an address holds for the row, and is never lost among others.
    """

    class State(models.TextChoices):
        WAITING = "attente", _("en attente")
        SENT = "parti", _("parti")
        ABANDONED = "abandonne", _("abandonné")

    message_id = models.CharField(max_length=255, unique=True)
    recipient = models.CharField(_("destinataire"), max_length=500, blank=True)
    sender = models.CharField(_("expéditeur"), max_length=500)
    subject = models.CharField(_("objet"), max_length=255, blank=True)
    content = models.BinaryField(help_text="The MIME message, its Message-ID in it; emptied on delivery.")
    state = models.CharField(_("état"), max_length=12, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(_("essais"), default=0)
    next_attempt_at = models.DateTimeField(_("prochain essai"), default=timezone.now)
    give_up_at = models.DateTimeField(default=in_three_days)
    created_at = models.DateTimeField(_("écrit le"), default=timezone.now)
    sent_at = models.DateTimeField(_("parti le"), null=True, blank=True)
    last_error = models.CharField(_("dernière erreur"), max_length=300, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("courriel")
        verbose_name_plural = _("courriels")
        ordering = ("-created_at", "-pk")
        default_permissions = ("view",)
        permissions = (("retry_outgoingmail", _("Peut faire repartir les courriels")),)
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="mail_by_state_and_next_attempt")]

    def __str__(self):
        return self.subject or self.message_id

    @property
    @admin.display(description=_("destinataire"))
    def masked_recipient(self) -> str:
        """« d…@exemple.fr »: enough to tell a person on the telephone that their mail has left."""
        name, at, domain = parseaddr(self.recipient)[1].rpartition("@")
        return f"{name[:1]}…@{domain}" if at else "—"

    def note_sent(self):
        """Delivered: neither what it said nor to whom is of use any more."""
        self._note(state=self.State.SENT, sent_at=timezone.now(), content=b"", recipient="", last_error="")

    def note_failure(self, reason: str, *, for_good=False):
        """Kept for its next attempt, unless the refusal is for good or three days have passed."""
        now = timezone.now()
        address = parseaddr(self.recipient)[1]
        # What the mail server says often holds the address.
        changes = {"last_error": (reason.replace(address, self.masked_recipient) if address else reason)[:300]}
        if for_good or now >= self.give_up_at:
            changes |= {"state": self.State.ABANDONED, "give_up_at": now}
        # Not of a mail that was tried again meanwhile, by another worker or by someone in the admin.
        self._note(only=Q(state=self.State.WAITING, attempts=self.attempts), **changes)

    def _note(self, only=Q(), **changes):  # noqa: B008
        OutgoingMail.objects.filter(only, pk=self.pk).update(**changes)
        for name, value in changes.items():
            setattr(self, name, value)
