"""Forms that anyone may post, without an account: robots are slowed, nobody loses what they typed.

A trap that people do not see, a signed time (neither at once nor a day later), a count by address. A form that is refused
comes back filled in, with a fresh time: sending it again is enough.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.core import signing
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from . import throttle

FASTEST_SECONDS = 2
SLOWEST_SECONDS = 24 * 3600
_signer = signing.TimestampSigner(salt="home.public_forms")


def stamp() -> str:
    """The time at which a form is shown, that nobody else can write."""
    return _signer.sign("shown")


class PublicForm(forms.Form):
    """Base of those forms; drawn by `components/public_form.html`, answered by `answer`."""

    trap = forms.CharField(label=_("Laisser ce champ vide"), required=False)
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)
    # Said in the summary above the form, and by these fields never.
    hidden_names = ("trap", "stamp")

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["trap"].widget.attrs |= {"autocomplete": "off", "tabindex": "-1"}
        # A draft of the address is not kept by the browser: it would bring back an old time.
        self.fields["stamp"].widget.attrs["autocomplete"] = "off"

    def shown_fields(self):
        """What people fill in."""
        return [self[name] for name in self.fields if name not in self.hidden_names]

    @property
    def trap_field(self):
        """As it is drawn: always empty, so that a form caught by mistake goes through at its second sending."""
        return self.fields["trap"].widget.render(self.add_prefix("trap"), "", {"id": self["trap"].id_for_label})

    @property
    def stamp_field(self):
        return self.fields["stamp"].widget.render(
            self.add_prefix("stamp"), stamp(), {"id": self["stamp"].id_for_label, "autocomplete": "off"}
        )

    def _post_clean(self):
        # Not in `clean`, that a form below may redefine without calling this one.
        super()._post_clean()
        for refusal in (self._refusal_of_time(), self._refusal_of_trap()):
            if refusal:
                self.add_error(None, refusal)

    def _refusal_of_time(self) -> str:
        given = self.cleaned_data.get("stamp", "")
        try:
            _signer.unsign(given, max_age=SLOWEST_SECONDS)
        except signing.SignatureExpired:
            return _now("Cette page est restée ouverte plus d’un jour. Vérifiez vos réponses, puis envoyez de nouveau.")
        except signing.BadSignature:
            return _now("Ce formulaire n’a pas été reconnu. Vérifiez-le, puis envoyez de nouveau.")
        try:
            _signer.unsign(given, max_age=FASTEST_SECONDS)
        except signing.SignatureExpired:
            return ""
        return _now("C’est allé trop vite pour être une personne. Envoyez de nouveau.")

    def _refusal_of_trap(self) -> str:
        if not self.cleaned_data.get("trap") and not self.has_error("trap"):
            return ""
        return _now(
            "Un champ que l’on ne voit pas a été rempli, comme le font les robots. "
            "Si vous n’en êtes pas un, envoyez de nouveau."
        )


@dataclass(frozen=True)
class Limit:
    """So many posts of a kind, in so many seconds, from one address."""

    action: str
    number: int = 10
    seconds: int = 3600


def answer(
    request,
    form: PublicForm,
    act: Callable[[PublicForm], str],
    template: str,
    context: dict | None = None,
    *,
    limit: Limit,
):
    """The answer to a page that holds a form, made by the caller with `request.POST or None`.

    A valid post calls `act(form)` in a transaction, which returns the address to go to; anything else shows the page,
    whose context has `form`. Counted before it is read, never kept by a cache.
    """
    status, wait = 200, None
    if request.method == "POST":
        if not throttle.allowed(request, limit.action, limit.number, limit.seconds):
            status, wait = 429, request.retry_after
            form.full_clean()
            form.add_error(None, too_many_words(throttle.minutes_left(request)))
        elif form.is_valid():
            with transaction.atomic():
                target = act(form)
            return _unkept(redirect(target))
    response = render(request, template, {**(context or {}), "form": form}, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return _unkept(response)


def too_many_words(minutes: int) -> str:
    return _now("Trop d’envois en peu de temps depuis votre connexion. Réessayez dans %(minutes)d min.") % {
        "minutes": minutes
    }


def _unkept(response):
    patch_cache_control(response, no_store=True)
    return response
