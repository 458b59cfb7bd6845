"""What the pages of several floors show of measures, resources and initiatives: one tag, one question."""

from django import template
from django.urls import reverse

from home.caching import remembered

from ..maps import initiative_marks
from ..models import InitiativePage, Measure, MeasurePage, ResourcePage
from ..models.initiatives import initiatives_near

register = template.Library()


@register.inclusion_tag("components/five_measures.html", takes_context=True)
def five_measures(context, level=2):
    measures = remembered(
        context.get("request"),
        "five-measures",
        lambda: list(Measure.objects.with_counts().with_page().filter(page__live=True)),
    )
    return {"measures": measures, "level": level, "request": context.get("request")}


@register.inclusion_tag("components/cards.html")
def booklet_initiatives(limit=3):
    cards = InitiativePage.objects.live().public().filter(in_booklet=True).for_listing()
    return {"cards": cards.order_by("-first_published_at", "-pk")[:limit], "level": 3}


@register.inclusion_tag("components/resources.html")
def new_resources(limit=4):
    rows = ResourcePage.objects.live().public().filter(replaced_by=None).for_listing()
    return {"resources": rows.order_by("-first_published_at", "-pk")[:limit], "level": 3}


@register.inclusion_tag("components/cards.html")
def measure_initiatives(measure, limit=6):
    cards = InitiativePage.objects.live().public().about(measure).for_listing()
    return {"cards": cards.order_by("-first_published_at", "-pk")[:limit], "level": 3}


@register.inclusion_tag("components/resources.html")
def measure_resources(measure, limit=6):
    rows = ResourcePage.objects.live().public().filter(replaced_by=None).about(measure).for_listing()
    return {"resources": rows.order_by("-first_published_at", "-pk")[:limit], "level": 3}


@register.inclusion_tag("resources/commune_initiatives.html")
def commune_initiatives(commune):
    """Ma commune: the cards here, the nearest, and those of communes of like size."""
    here = list(InitiativePage.objects.live().public().in_commune(commune).for_listing())
    near = initiatives_near(commune, limit=3)
    shown = [card.pk for card in here + near]
    like = list(InitiativePage.objects.live().public().like_size(commune).exclude(pk__in=shown).for_listing()[:3])
    return {"commune": commune, "here": here, "near": near, "like_size": like}


@register.inclusion_tag("resources/commune_measures.html")
def commune_measures(commune):
    """What to ask of this commune: the five measures, in the variant of its size."""
    pages = MeasurePage.objects.live().select_related("measure").order_by("measure__number")
    return {"commune": commune, "pages": [(page, page.variants_for(commune)) for page in pages]}


@register.inclusion_tag("territory/map.html", takes_context=True)
def initiative_map(context, filters=None, caption=""):
    """The map of a selection of initiatives (all of them by default)."""
    marks = initiative_marks(filters, getattr(context.get("request"), "generation", None))
    return {"marks": marks, "caption": caption, "list_url": reverse("initiatives_csv")}
