from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.forms.choosers import BaseFilterForm

from .lookup import MAX_LENGTH, find_communes

DEFAULT_LIMIT = 10
MAX_LIMIT = 50


class CommuneSearchForm(forms.Form):
    """What someone types to find a commune. Nothing typed is an error: at worst, nothing is found."""

    q = forms.CharField(
        label=gettext_lazy("Commune, code postal ou code INSEE"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": MAX_LENGTH, "autocomplete": "off"}),
    )
    limit = forms.IntegerField(required=False, min_value=1, max_value=MAX_LIMIT, widget=forms.HiddenInput)

    def typed(self) -> str:
        return self._sensible().get("q") or ""

    def wanted(self) -> int:
        """How many answers, from 1 to 50; 10 where nothing sensible was asked."""
        return self._sensible().get("limit") or DEFAULT_LIMIT

    def _sensible(self) -> dict:
        self.is_valid()
        return getattr(self, "cleaned_data", {})


class CommuneChooserForm(BaseFilterForm):
    """The search field of the communes' chooser: the same look-up as visitors', best answers first."""

    q = forms.CharField(
        label=gettext_lazy("Nom, code postal ou code INSEE"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Par exemple « Saint-Denis 93 » ou « 05100 »")}),
    )

    def filter(self, objects):
        typed = self.cleaned_data.get("q")
        if not typed:
            return objects
        self.is_searching = True
        self.search_query = typed
        rank = {found.insee: position for position, found in enumerate(find_communes(typed, MAX_LIMIT))}
        return sorted(objects.filter(pk__in=rank), key=lambda commune: rank[commune.pk])


class ElectionForm(WagtailAdminModelForm):
    """The rounds of an election agree with one another."""

    def clean(self):
        cleaned = super().clean()
        rounds = self.formsets.get("rounds") if hasattr(self, "formsets") else None
        if rounds is not None and rounds.is_valid():
            kept = [
                form.cleaned_data for form in rounds.forms if form.cleaned_data and form not in rounds.deleted_forms
            ]
            dates = {row["number"]: row["date"] for row in kept if row.get("number") and row.get("date")}
            if 2 in dates and 1 not in dates:
                self.add_error(None, _("Un second tour sans premier tour : ajouter le premier, ou corriger le numéro."))
            elif 2 in dates and dates[2] <= dates[1]:
                self.add_error(None, _("Le second tour doit avoir lieu après le premier."))
        return cleaned
