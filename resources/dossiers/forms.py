"""What a visitor may type to have a dossier filled in: every field is optional, and nothing is kept."""

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ..models.letters import Recipient
from .dossier import Wishes

MAX_RECIPIENTS = 20
MAX_NAME = 120


class RecipientsField(forms.CharField):
    """Names, one a line."""

    def __init__(self, **kwargs):
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def clean(self, value):
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        names = tuple(dict.fromkeys(line for line in lines if line))
        if len(names) > MAX_RECIPIENTS:
            raise forms.ValidationError(
                _now("%(given)d noms : un dossier en prend %(most)d au plus. Faites-en deux.")
                % {"given": len(names), "most": MAX_RECIPIENTS}
            )
        long = [name for name in names if len(name) > MAX_NAME]
        if long:
            raise forms.ValidationError(
                _now("« %(name)s… » est trop long (%(most)d caractères au plus) : un nom par ligne.")
                % {"name": long[0][:40], "most": MAX_NAME}
            )
        return names


def _line(label, help_text):
    return forms.CharField(label=label, required=False, max_length=150, help_text=help_text)


class DossierForm(forms.Form):
    destinataires = RecipientsField(
        label=_("Têtes de liste"), help_text=_("Un nom par ligne : chaque ligne donne une lettre, toutes identiques.")
    )
    date_debat = _line(_("Date du débat"), _("Par exemple « jeudi 12 mars à 18 h 30 »."))
    lieu_debat = _line(_("Lieu du débat"), _("Par exemple « salle des fêtes »."))
    signataire = _line(_("Qui signe"), _("Un nom ou un collectif. La place de la signature reste blanche."))
    documents = forms.MultipleChoiceField(
        label=_("Documents voulus"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, dossier, data=None):
        super().__init__(data, initial={"documents": [key for key, _title in titles_of(dossier)]})
        self.fields["documents"].choices = titles_of(dossier)
        if dossier.recipient == Recipient.COUNCIL:
            self.fields["destinataires"].label = _("Maire, ou groupes du conseil")

    def wishes(self) -> Wishes:
        """Of a valid form."""
        data = self.cleaned_data
        return Wishes(
            recipients=data["destinataires"],
            debate_date=data["date_debat"],
            debate_place=data["lieu_debat"],
            signatory=data["signataire"],
            pieces=tuple(data["documents"]),
        )


def titles_of(dossier):
    """(key, title) of what the dossier holds, each once; the examples under one name."""
    titles = {}
    for piece in dossier.all_pieces:
        titles.setdefault(piece.key, _("Exemples de communes") if piece.key == "exemples" else piece.title)
    return list(titles.items())
