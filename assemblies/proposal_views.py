"""Propose an event, and confirm one's address."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from home import links
from home.public_forms import answer

from .models import EventIndexPage
from .proposals import LIMIT, PURPOSE, ProposalForm, confirm, propose


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def propose_event(request):
    form = ProposalForm(request.POST if request.method == "POST" else None)

    def act(valid):
        propose(valid)
        return reverse("event_proposed")

    return answer(request, form, act, "assemblies/propose.html", _context(_("Proposer un rendez-vous")), limit=LIMIT)


@require_safe
def proposed(request):
    return render(request, "assemblies/proposed.html", _context(_("Il reste à confirmer")))


@links.private
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_event(request, token):
    """Reading changes nothing: a mail program that follows links confirms nothing. The button does."""
    done = request.method == "POST" and confirm(token)
    state = "done" if done else _state_of(token)
    link = links.find(PURPOSE, token) if state == "open" else None
    context = _context(_("Confirmer la proposition")) | {"state": state, "proposal": link and link.target}
    return render(request, "assemblies/confirm_proposal.html", context, status=404 if state == "unknown" else 200)


def _state_of(token) -> str:
    if links.find(PURPOSE, token):
        return "open"
    return "spent" if links.find_spent(PURPOSE, token) else "unknown"


def _context(title):
    index = EventIndexPage.objects.published().filter(depth__lte=3).first()
    return {"title": title, "index": index}
