"""What visitors ask of a list, by its address: a bad value is ignored, and the page says so."""

from dataclasses import dataclass

from django import forms

MAX_TEXT = 200
MAX_SHOWN_OF_A_BAD_VALUE = 40


class TextField(forms.CharField):
    """Free text: cut rather than refused."""

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)
        self.validators = []

    def to_python(self, value):
        return super().to_python(str(value or "").replace("\x00", " ")[:MAX_TEXT])


class FacetField(forms.MultipleChoiceField):
    """Values of a facet; the unknown ones are dropped, and kept in `rejected` so that the page can say so."""

    def __init__(self, label, *, checkboxes=False):
        super().__init__(required=False, label=label)
        self.checkboxes = checkboxes
        self.rejected = []

    def clean(self, value):
        known = {key for key, _label in self.choices}
        # « 2a » is the département 2A.
        given = list(dict.fromkeys(one.upper() if one.upper() in known else one for one in value or [] if one))
        valid = [one for one in given if one in known]
        # A list to choose from shows one value: the first is kept, the others are said.
        kept = valid if self.checkboxes else valid[:1]
        self.rejected = [one for one in given if one not in kept]
        return kept


@dataclass(frozen=True)
class Notice:
    """Something the page says about the request; `links` are (text, url) pairs."""

    text: str
    links: tuple = ()
