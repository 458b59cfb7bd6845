"""The agenda as visitors ask for it: to come or past, by place, by assembly, by words; with its map and its calendar."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode, urlsplit

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from home.asking import MAX_SHOWN_OF_A_BAD_VALUE, MAX_TEXT, FacetField, Notice, TextField
from home.caching import remembered
from home.pagination import PageLinks
from home.search import matching
from territory.lookup import resolve_commune
from territory.map import Mark, fit, project
from territory.models import Departement, Region

from .models import AssemblyPage, EventPage

PAST = "passes"
MAX_MARKS = 60


@dataclass(frozen=True)
class Place:
    """Where an event of the map is: its commune, or the main commune of a département."""

    insee: str
    name: str
    departement: str
    longitude: float | None
    latitude: float | None
    population: int


@dataclass(frozen=True)
class Local:
    """An assembly that has a page: its events stand below it in the tree."""

    slug: str
    title: str
    url: str
    path: str


def locals_of(request) -> list[Local]:
    """The assemblies that have a published page, by title."""

    def read():
        pages = AssemblyPage.objects.published().select_related("assembly").order_by("title")
        return [Local(page.assembly.slug, page.title, page.get_url(request), page.path) for page in pages]

    return remembered(request, "agenda-assemblies", read)


def with_locals(request, events):
    """The same events, each with `local`: whose agenda it stands in; None in that of the country."""
    places = locals_of(request) if events else []
    for event in events:
        event.local = next((one for one in places if event.path.startswith(one.path)), None)
    return events


def _offered(request) -> dict:
    """What the lists to choose from hold: every valid value, and the départements and régions that have events."""

    def read():
        departements = list(Departement.objects.select_related("region"))
        held = set(EventPage.objects.published().values_list("commune__departement", flat=True).distinct())
        return {
            "departement": [(one.code, str(one)) for one in departements],
            "region": list(Region.objects.values_list("code", "name")),
            "held": held | {one.region_id for one in departements if one.code in held},
        }

    return remembered(request, "agenda-places", read)


class Agenda(PageLinks, forms.Form):
    """The events of an `EventIndexPage` that a visitor asks for. A bad value is ignored, and `notices` says so."""

    q = TextField(label=gettext_lazy("Mots"))
    commune = TextField(label=gettext_lazy("Commune"))
    departement = FacetField(gettext_lazy("Département"))
    region = FacetField(gettext_lazy("Région"))
    assemblee = FacetField(gettext_lazy("Assemblée"))
    periode = FacetField(gettext_lazy("Période"))

    per_page = 20

    def __init__(self, request, index):
        super().__init__(request.GET)
        self.request = request
        self.index = index
        offered = _offered(request)
        self.fields["departement"].choices = offered["departement"]
        self.fields["region"].choices = offered["region"]
        self.fields["assemblee"].choices = [(one.slug, one.title) for one in locals_of(request)]
        self.fields["periode"].choices = [(PAST, _("Passés"))]
        self.now = timezone.now()
        self.full_clean()

    # --- What was asked -----------------------------------------------------------------------------------------------
    def chosen(self, name) -> str:
        return next(iter(self.cleaned_data[name]), "")

    @property
    def text(self) -> str:
        return self.cleaned_data["q"]

    @property
    def is_past(self) -> bool:
        return bool(self.chosen("periode"))

    @cached_property
    def own(self) -> Local | None:
        """The assembly whose agenda this is; None for that of the country."""
        return next((one for one in locals_of(self.request) if self.index.path.startswith(one.path)), None)

    @property
    def is_national(self) -> bool:
        return self.own is None

    @cached_property
    def place(self):
        """(commune found, other answers) for what was typed; (None, []) when nothing was."""
        typed = self.cleaned_data["commune"].strip()
        return resolve_commune(typed) if typed else (None, [])

    @property
    def is_filtered(self) -> bool:
        return bool(self.text or self.place[0] or any(map(self.chosen, ("departement", "region", "assemblee"))))

    @cached_property
    def notices(self) -> list[Notice]:
        return [*self._of_values(), *self._of_the_commune(), *self._of_the_page()]

    def _of_values(self):
        for field in self.fields.values():
            for value in getattr(field, "rejected", [])[:3]:
                shown = value.replace("\x00", " ")[:MAX_SHOWN_OF_A_BAD_VALUE]
                words = _("« %(value)s » : valeur inconnue ou de trop pour « %(facet)s », ignorée.")
                yield Notice(words % {"value": shown, "facet": field.label})
        if len(self.data.get("q", "")) > MAX_TEXT:
            yield Notice(_("La recherche a été réduite à ses %d premiers caractères.") % MAX_TEXT)

    def _of_the_commune(self):
        typed = self.cleaned_data["commune"].strip()
        found, others = self.place
        if typed and not found:
            words = _("Aucune commune ne ressemble à « %s » : ce filtre a été ignoré.")
            yield Notice(words % typed[:MAX_SHOWN_OF_A_BAD_VALUE])
        elif found and typed != found.insee:
            links = tuple(
                (f"{one.name} ({one.departement_code})", "?" + self.query(commune=one.insee)) for one in others[:4]
            )
            words = _("Résultats pour %(name)s (%(departement)s).")
            yield Notice(words % {"name": found.name, "departement": found.departement_name}, links)

    def _of_the_page(self):
        if self.data.get("page") and self.page_asked != self.page.number:
            yield Notice(_("Cette page n’existe pas : voici la page %d.") % self.page.number)

    # --- The answer ---------------------------------------------------------------------------------------------------
    def among(self, events):
        """Those of a queryset that the filters leave."""
        if not self.is_national:
            events = events.below(self.index.path)
        if departement := self.chosen("departement"):
            events = events.in_departement(departement)
        if region := self.chosen("region"):
            events = events.in_region(region)
        if assembly := self.chosen("assemblee"):
            path = next(one.path for one in locals_of(self.request) if one.slug == assembly)
            events = events.below(path)
        if self.place[0]:
            events = events.in_commune(self.place[0].insee)
        return matching(events, self.text) if self.text else events

    @cached_property
    def rows(self) -> list[tuple[int, Place | None]]:
        """Every event that answers, in order, with its place: counted, paged and drawn from one reading."""
        events = self.among(EventPage.objects.published())
        events = events.past(self.now) if self.is_past else events.upcoming(self.now)
        names = ("name", "departement", "longitude", "latitude", "population")
        values = events.values_list("pk", "commune", *(f"commune__{name}" for name in names))
        return [(pk, Place(insee, *place) if insee else None) for pk, insee, *place in values]

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def page_asked(self):
        try:
            return int(self.data.get("page", 1))
        except ValueError:
            return None

    @cached_property
    def page(self):
        return Paginator([pk for pk, _place in self.rows], self.per_page).get_page(max(1, self.page_asked or 1))

    @cached_property
    def items(self) -> list:
        pks = list(self.page.object_list)
        found = EventPage.objects.for_listing().in_bulk(pks)
        return with_locals(self.request, [found[pk] for pk in pks if pk in found])

    @cached_property
    def marks(self) -> list[Mark]:
        """By commune while they are few enough, else by département, each at its most populous commune that has one."""
        places = [place for _pk, place in self.rows if place and place.longitude is not None]
        level = "commune"
        counts = Counter(place.insee for place in places)
        at = {place.insee: place for place in places}
        if len(counts) > MAX_MARKS:
            level = "departement"
            counts = Counter(place.departement for place in places)
            at = {place.departement: place for place in sorted(places, key=lambda one: one.population)}
        names = dict(_offered(self.request)["departement"])
        marks = []
        for code, count in counts.items():
            place = at[code]
            point = project(place.longitude, place.latitude, place.departement)
            if point is None:
                continue
            words = ngettext("%(name)s : %(count)d rendez-vous", "%(name)s : %(count)d rendez-vous", count)
            name = place.name if level == "commune" else names[code]
            changes = {"commune": None, "departement": None} | {level: code}
            url = f"{self.index.url}?{self.query(**changes)}"
            marks.append(
                Mark(x=point[0], y=point[1], count=count, label=words % {"name": name, "count": count}, url=url)
            )
        return fit(marks)

    def options(self, name):
        """(value, label, selected) of a list to choose from: what has events, and what is chosen."""
        chosen = self.chosen(name)
        held = _offered(self.request)["held"] if name != "assemblee" else None
        return [
            (value, label, value == chosen)
            for value, label in self.fields[name].choices
            if held is None or value in held or value == chosen
        ]

    @property
    def selects(self):
        """(name, label, options) of the lists to choose from that offer something."""
        names = ("departement", "region", "assemblee") if self.is_national else ("departement",)
        lists = [(name, self.fields[name].label, self.options(name)) for name in names]
        return [one for one in lists if one[2]]

    # --- Addresses ----------------------------------------------------------------------------------------------------
    def query(self, **changes) -> str:
        """The query as cleaned, without the page; `changes` replace a parameter, None removes it."""
        found = self.place[0]
        pairs = {"q": self.text, "commune": found.insee if found else ""}
        pairs |= {name: self.chosen(name) for name in ("departement", "region", "assemblee", "periode")}
        return urlencode({name: value for name, value in (pairs | changes).items() if value})

    def page_query(self, number) -> str:
        return self.query(page=number)

    @property
    def upcoming_query(self):
        return self.query(periode=None)

    @property
    def past_query(self):
        return self.query(periode=PAST)

    @property
    def calendar_url(self) -> str:
        """The calendar that comes nearest to what is shown."""
        query = {
            "assemblee": self.own.slug if self.own else self.chosen("assemblee"),
            "departement": self.chosen("departement"),
        }
        query = urlencode({name: value for name, value in query.items() if value})
        return reverse("agenda_calendar") + (f"?{query}" if query else "")

    @property
    def subscription_url(self) -> str:
        """The same for phones and Thunderbird, which keep it up to date."""
        return f"webcal://{urlsplit(settings.BASE_URL).netloc}{self.calendar_url}"
