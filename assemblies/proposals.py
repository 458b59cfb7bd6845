"""From a form that anyone may fill in to a draft of the agenda: proposed, confirmed by mail, decided once, forgotten."""

import logging

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, linebreaks
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.coreutils import find_available_slug
from wagtail.log_actions import log

from home import links, outbox
from home.public_forms import Limit, PublicForm
from territory.models import Commune

from .forms import CommunesField, UnknownPlaceError
from .models import EventIndexPage, EventPage, EventProposal

logger = logging.getLogger(__name__)
PURPOSE = "event-proposal"
LIMIT = Limit("event-proposal", 5, 3600)


class AlreadyDecidedError(Exception):
    """Someone else decided first."""


class NoAgendaError(Exception):
    """The agenda of the country has no page to put an event below."""


class CommuneField(forms.CharField):
    """A commune as people type it; several that bear the name are named, and one of them is to be written."""

    def __init__(self, **kwargs):
        super().__init__(max_length=100, **kwargs)

    def clean(self, value):
        typed = super().clean(value)
        try:
            return Commune.objects.with_places().get(pk=CommunesField().finder()(typed.replace("\x00", " ")))
        except UnknownPlaceError as error:
            raise ValidationError(str(error)) from error


class ProposalForm(PublicForm):
    title = forms.CharField(label=_("Quoi"), max_length=150, help_text=_("« Débat avec les listes sur l’accueil »."))
    date = forms.DateField(label=_("Jour"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    start_time = forms.TimeField(label=_("Heure"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    commune = CommuneField(
        label=_("Commune"), help_text=_("Nom, code postal ou code INSEE. Précisez le département si besoin.")
    )
    place = forms.CharField(label=_("Lieu"), max_length=200, required=False, help_text=_("Jamais un lieu d’accueil."))
    organisers = forms.CharField(label=_("Organisé par"), max_length=250)
    details = forms.CharField(
        label=_("De quoi il s’agit"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("N’écrivez ni nom, ni adresse, ni situation administrative d’une personne aidée."),
    )
    link = forms.URLField(label=_("Lien"), max_length=500, required=False, assume_scheme="https")
    name = forms.CharField(label=_("Votre nom"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Votre adresse électronique"),
        help_text=_("Jamais publiée. Vous y recevrez un lien à confirmer, puis notre réponse."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["commune"].widget.attrs |= {
            "data-communes": reverse("api_communes"), "data-submit": "no", "autocomplete": "off",
        }  # fmt: skip

    def clean_date(self):
        day = self.cleaned_data["date"]
        if day < timezone.localdate():
            raise ValidationError(_now("Ce jour est passé."))
        return day


# --- By whoever proposes ------------------------------------------------------------------------------------------------
def propose(form: ProposalForm) -> EventProposal:
    """Keep what is proposed, unseen, and write to its author."""
    names = (
        "title", "date", "start_time", "commune", "place", "organisers", "details", "link", "name", "email",
    )  # fmt: skip
    proposal = EventProposal.objects.create(**{name: form.cleaned_data[name] for name in names})
    token = links.issue(PURPOSE, proposal)
    address = settings.BASE_URL + reverse("event_proposal_confirm", args=[token])
    outbox.write("event_proposal_confirm", proposal.email, {"proposal": proposal, "address": address})
    return proposal


@transaction.atomic
def confirm(token: str) -> EventProposal | None:
    """Put it in the queue: once, by whoever holds the link."""
    link = links.spend(PURPOSE, token)
    if link is None:
        return None
    proposal = link.target
    EventProposal.objects.filter(pk=proposal.pk, state=EventProposal.State.UNCONFIRMED).update(
        state=EventProposal.State.WAITING, confirmed_at=timezone.now()
    )
    return proposal


# --- By an assembly or modération ---------------------------------------------------------------------------------------
@transaction.atomic
def accept(proposal: EventProposal, user) -> EventPage:
    """A draft of the agenda of the country, submitted to whoever publishes; its author is told."""
    _decide(proposal, user, EventProposal.State.ACCEPTED)
    index = EventIndexPage.objects.order_by("depth").first()
    if index is None or index.depth > 3:
        raise NoAgendaError
    page = EventPage(
        title=proposal.title,
        slug=find_available_slug(index, _free_slug(proposal, index)),
        date=proposal.date,
        start_time=proposal.start_time,
        commune=proposal.commune,
        place_name=proposal.place,
        online_url="",
        organisers=proposal.organisers,
        body=_body(proposal),
        live=False,
        owner=user,
    )
    index.add_child(instance=page)
    page.save_revision(user=user, log_action=True)
    workflow = page.get_workflow()
    if workflow is not None:
        workflow.start(page, user)
    proposal.page = page
    proposal.save(update_fields=["page"])
    _answer(proposal, "event_proposal_accepted")
    return page


@transaction.atomic
def refuse(proposal: EventProposal, user, reason: str = ""):
    _decide(proposal, user, EventProposal.State.REFUSED, reason)
    _answer(proposal, "event_proposal_refused")


def _decide(proposal, user, state, reason=""):
    """The first decision holds, of two made at once too. Raises `AlreadyDecidedError`."""
    decided = EventProposal.objects.waiting().filter(pk=proposal.pk)
    if not decided.update(state=state, decided_by=user, decided_at=timezone.now(), reason=reason):
        raise AlreadyDecidedError
    proposal.refresh_from_db()
    log(proposal, "assemblies.decide_proposal", user=user, data={"state": state})


def _answer(proposal, template):
    if proposal.email:
        outbox.write(template, proposal.email, {"proposal": proposal})


def _free_slug(proposal, index):
    slug = slugify(f"{proposal.title} {proposal.commune.name}")[:80].strip("-") or "rendez-vous"
    return f"rendez-vous-{slug}" if slug in index.reserved_child_slugs else slug


def _body(proposal):
    """What was typed as rich text: nothing in it is markup."""
    text = linebreaks(escape(proposal.details)) if proposal.details else ""
    if proposal.link:
        text += f'<p><a href="{escape(proposal.link)}">{escape(proposal.link)}</a></p>'
    return text


# --- By itself ----------------------------------------------------------------------------------------------------------
def purge():
    """Forget what was not confirmed, what nobody decided, and who proposed what was decided long ago."""
    now = timezone.now()
    deleted, _rows = EventProposal.objects.forgotten(now).delete()
    erased = EventProposal.objects.with_old_contacts(now).update(name="", email="")
    if deleted or erased:
        logger.warning("Purged: %s proposed events, contacts of %s", deleted, erased)
