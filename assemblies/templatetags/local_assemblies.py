from django import template

from ..directory import directory, directory_page

register = template.Library()


@register.inclusion_tag("assemblies/commune_assemblies.html", takes_context=True)
def commune_assemblies(context, commune):
    """Ma commune: its assemblies, by name where they opted in; else the nearest, and how to found one."""
    known = directory(context.get("request"))
    covering = known.covering(commune.insee, commune.departement_id)
    return {
        "commune": commune,
        "covering": covering,
        "named": [one for one in covering if one.name_shown],
        "others": [one for one in covering if one.is_listed and not one.name_shown],
        "nearest": None if covering else known.nearest(commune),
        "index": directory_page(context.get("request")),
    }


@register.simple_tag(takes_context=True)
def local_assembly(context, page):
    """The listed assembly that a page belongs to; None for what is national."""
    return directory(context.get("request")).holding(page.path)
