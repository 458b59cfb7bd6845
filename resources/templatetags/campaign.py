"""What the pages of several floors show of measures, resources and initiatives: one tag, one question."""

from django import template
from django.template.loader import render_to_string

from home.caching import remembered

from ..maps import initiative_marks
from ..merging import FIELDS, with_a
from ..models import InitiativePage, MeasurePage, ResourcePage
from ..models.initiatives import initiatives_near
from ..models.measures import measures_in_order

register = template.Library()


@register.filter
def at_commune(name):
    """« à Lyon », « au Mans », « aux Abymes »."""
    return with_a(name)


@register.inclusion_tag("components/five_measures.html", takes_context=True)
def five_measures(context, level=2):
    request = context.get("request")
    return {"measures": measures_in_order(request), "level": level}


@register.inclusion_tag("components/cards.html", takes_context=True)
def booklet_initiatives(context, limit=3):
    cards = InitiativePage.objects.latest().filter(in_booklet=True).for_listing()[:limit]
    return {"cards": remembered(context.get("request"), "booklet-initiatives", lambda: list(cards)), "level": 3}


@register.inclusion_tag("components/resources.html", takes_context=True)
def new_resources(context, limit=3):
    rows = ResourcePage.objects.current().for_listing()[:limit]
    return {"resources": remembered(context.get("request"), "new-resources", lambda: list(rows)), "level": 3}


@register.inclusion_tag("components/cards.html", takes_context=True)
def measure_initiatives(context, measure, limit=6):
    cards = InitiativePage.objects.latest().about(measure).for_listing()[:limit]
    key = f"initiatives-of-{measure.pk}"
    return {"cards": remembered(context.get("request"), key, lambda: list(cards)), "level": 3}


@register.inclusion_tag("components/resources.html", takes_context=True)
def measure_resources(context, measure, limit=6):
    rows = ResourcePage.objects.current().about(measure).for_listing()[:limit]
    key = f"resources-of-{measure.pk}"
    return {"resources": remembered(context.get("request"), key, lambda: list(rows)), "level": 3}


@register.inclusion_tag("resources/commune_initiatives.html", takes_context=True)
def commune_initiatives(context, commune):
    """Ma commune: the cards here, the nearest, and those of communes of like size."""
    here = list(InitiativePage.objects.latest().in_commune(commune).for_listing())
    near = initiatives_near(context.get("request"), commune, limit=3)
    shown = [card.pk for card in here + near]
    like = list(InitiativePage.objects.published().like_size(commune).exclude(pk__in=shown).for_listing()[:3])
    return {"commune": commune, "here": here, "near": near, "like_size": like}


@register.inclusion_tag("resources/commune_measures.html", takes_context=True)
def commune_measures(context, commune):
    """What to ask of this commune: the five measures, in the variant of its size."""
    rows = MeasurePage.objects.published().select_related("measure").order_by("measure__number")
    pages = remembered(context.get("request"), "measure-pages", lambda: list(rows))
    return {"commune": commune, "pages": [(page, page.variants_for(commune)) for page in pages]}


@register.inclusion_tag("territory/map.html", takes_context=True)
def initiative_map(context, filters=None, caption="", whole_url=""):
    """The map of a selection of initiatives (all of them by default); with `whole_url`, one link instead of one a mark."""
    return {"marks": initiative_marks(context.get("request"), filters), "caption": caption, "whole_url": whole_url}


@register.simple_tag
def merge_fields():
    """(name, meaning) of the fields of letters."""
    return list(FIELDS.items())


@register.simple_tag(takes_context=True)
def five_measure_names(context):
    return [measure.name for measure in measures_in_order(context.get("request"))]


@register.simple_tag
def dossier_screen(piece):
    """A piece of a dossier, as its page shows it."""
    return render_to_string(piece.screen, piece.context)
