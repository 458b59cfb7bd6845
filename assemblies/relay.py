"""Writing to an assembly whose address nobody sees: the message is a queued mail, kept nowhere else."""

from django import forms
from django.utils.translation import gettext_lazy as _

from home import outbox, throttle
from home.public_forms import Limit, PublicForm

MAX_MESSAGE = 3000
# From one address; and to one assembly, so that nobody buries its mailbox from many.
LIMIT = Limit("assembly relay", 5, 3600)
MESSAGES_A_DAY, DAY = 50, 24 * 3600


class FullForToday(Exception):
    """The assembly has been sent as many messages as it takes in a day."""


class MessageField(forms.CharField):
    """Text whose ends of line count for one character, as browsers count them."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class LineField(forms.CharField):
    """Text on one line, whatever is sent."""

    def to_python(self, value):
        return " ".join(super().to_python(value).split())


class RelayForm(PublicForm):
    name = LineField(label=_("Votre nom"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Votre adresse électronique"),
        max_length=254,
        help_text=_("L’assemblée la reçoit, pour vous répondre. Le site ne la garde pas."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    message = MessageField(
        label=_("Votre message"),
        max_length=MAX_MESSAGE,
        help_text=_(
            "N’écrivez ni nom, ni adresse, ni situation administrative d’une personne aidée. 3 000 caractères au plus."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
    )


def relay(assembly, form):
    """Queue the message, in the transaction of the caller. Raises `FullForToday`."""
    if not throttle.within("assembly relay a day", str(assembly.pk), MESSAGES_A_DAY, DAY):
        raise FullForToday
    typed = form.cleaned_data
    # Its subject stays in the outbox once the mail has left: nothing of what was typed is in it.
    outbox.write("assembly_relay", assembly.private_contact, {"assembly": assembly, **typed}, reply_to=[typed["email"]])
