"""What visitors ask of a list: a lenient form (a bad value is ignored and said), and its answer."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from home.asking import MAX_SHOWN_OF_A_BAD_VALUE, MAX_TEXT, FacetField, Notice, TextField
from home.pagination import PageLinks
from home.search import in_title, matching

from ..facets import Selection
from ..models import Measure


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    selected: bool
    # Name of the palette, for a measure.
    colour: str = ""


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    options: list
    checkboxes: bool

    @property
    def offered(self):
        """The options worth offering: those that leave something, and those already chosen."""
        return [option for option in self.options if option.count or option.selected]


class ListFilters(PageLinks, forms.Form):
    """A filtered list. Subclasses name their facets, their table and their rows."""

    q = TextField(label=gettext_lazy("Mots"))

    # A multiple of two and three: full rows at every width.
    per_page = 18
    sorts: dict

    def __init__(self, request, data=None):
        super().__init__(request.GET if data is None else data)
        self.request = request
        self.table = self.facet_table(request)
        for name, field in self.facet_fields().items():
            field.choices = self.table.choices[name]
        self.full_clean()

    # --- what was asked ---------------------------------------------------------------------------------------------
    @property
    def text(self) -> str:
        return self.cleaned_data.get("q", "")

    @cached_property
    def sort(self) -> str:
        asked = self.data.get("tri", "")
        return asked if asked in self.sorts else next(iter(self.sorts))

    def facet_fields(self):
        return {name: field for name, field in self.fields.items() if isinstance(field, FacetField)}

    @cached_property
    def chosen(self) -> dict[str, list[str]]:
        return {name: self.cleaned_data[name] for name in self.facet_fields() if self.cleaned_data[name]}

    @property
    def is_filtered(self) -> bool:
        return bool(self.chosen or self.text)

    @cached_property
    def notices(self) -> list[Notice]:
        notices = []
        for name, field in self.facet_fields().items():
            notices += [
                Notice(
                    _("« %(value)s » : valeur inconnue ou de trop pour « %(facet)s », ignorée.")
                    % {
                        "value": value.replace("\x00", " ")[:MAX_SHOWN_OF_A_BAD_VALUE],
                        "facet": field.label or name,
                    }
                )
                for value in field.rejected[:3]
            ]
        if self.data.get("tri") and self.data["tri"] not in self.sorts:
            notices.append(Notice(_("Ce tri n’existe pas : la liste garde son ordre habituel.")))
        if len(self.data.get("q", "")) > MAX_TEXT:
            notices.append(Notice(_("La recherche a été réduite à ses %d premiers caractères.") % MAX_TEXT))
        if self.page_asked != self.page.number and self.data.get("page"):
            notices.append(Notice(_("Cette page n’existe pas : voici la page %d.") % self.page.number))
        return notices

    # --- the answer -------------------------------------------------------------------------------------------------
    @cached_property
    def selection(self) -> Selection:
        within = None
        if self.text:
            within = self.table.among(self.found_by_text.values_list("pk", flat=True))
        return Selection(self.table, self.chosen, within)

    @cached_property
    def found_by_text(self):
        return matching(self.rows(), self.text)

    @cached_property
    def pks(self) -> list[int]:
        """All the selected rows, sorted."""
        pks = self.selection.pks()
        if pks and self.text and not self.data.get("tri"):
            titles = self.table.sort_keys["titre"]
            pks.sort(key=lambda pk: not in_title(titles[pk], self.text))
        elif self.sort in self.table.sort_keys:
            pks.sort(key=self.table.sort_keys[self.sort].__getitem__)
        return pks

    @property
    def count(self) -> int:
        return len(self.selection)

    @property
    def page_asked(self):
        try:
            return int(self.data.get("page", 1))
        except ValueError:
            return None

    @cached_property
    def page(self):
        return Paginator(self.pks, self.per_page).get_page(max(1, self.page_asked or 1))

    @cached_property
    def items(self) -> list:
        """The cards of this page of the list, in order."""
        return self.in_order(list(self.page.object_list))

    def in_order(self, pks):
        rows = {row.pk: row for row in self.rows().for_listing().filter(pk__in=pks)}
        return [rows[pk] for pk in pks if pk in rows]

    def chunks(self, size=500):
        """All the selected rows, a few at a time: for exports."""
        for start in range(0, len(self.pks), size):
            yield from self.in_order(self.pks[start : start + size])

    @cached_property
    def facets(self) -> list[Facet]:
        facets = []
        for name, field in self.facet_fields().items():
            counts = self.selection.counts(name)
            chosen = self.chosen.get(name, [])
            colours = self.table.colours if name == "mesure" else {}
            options = [
                Option(value, str(label), counts.get(value, 0), value in chosen, colours.get(value, ""))
                for value, label in field.choices
            ]
            facets.append(Facet(name, field.label, options, field.checkboxes))
        return facets

    @property
    def has_other_facets(self):
        """Whether something is chosen among the facets that are folded away."""
        return any(facet.name in self.chosen for facet in self.facets if not facet.checkboxes) or "tri" in self.data

    @cached_property
    def sort_options(self):
        return [Option(value, str(label), 0, value == self.sort) for value, label in self.sorts.items()]

    # --- addresses --------------------------------------------------------------------------------------------------
    def pairs(self, **changes):
        """The query as cleaned (key, value) pairs, without the page; `changes` replace a parameter, None removes it."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [(name, value) for name, values in self.chosen.items() for value in values]
        if self.data.get("tri") in self.sorts and self.data["tri"] != next(iter(self.sorts)):
            pairs.append(("tri", self.sort))
        pairs = [(name, value) for name, value in pairs if name not in changes]
        return pairs + [(name, value) for name, value in changes.items() if value is not None]

    @property
    def unfiltered_query(self) -> str:
        """What stays in the address when every filter is cleared."""
        return ""

    def query(self, **changes) -> str:
        return urlencode(self.pairs(**changes))

    @cached_property
    def chips(self):
        """What is filtered, each with the address of the list without it."""
        chips = []
        if self.text:
            chips.append((f"« {self.text} »", "?" + self.query(q=None)))
        for name, values in self.chosen.items():
            for value in values:
                rest = [(key, one) for key, one in self.pairs() if (key, one) != (name, value)]
                chips.append((self.label_of(name, value), "?" + urlencode(rest)))
        return chips

    def page_query(self, number) -> str:
        return self.query(page=number)

    def label_of(self, facet, value) -> str:
        return str(dict(self.table.choices[facet]).get(value, value))


def measure_choices():
    return [(measure.slug, str(measure)) for measure in Measure.objects.all()]
