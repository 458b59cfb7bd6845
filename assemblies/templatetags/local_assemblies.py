from django import template

from ..models import Assembly

register = template.Library()


@register.inclusion_tag("assemblies/commune_assemblies.html")
def commune_assemblies(commune):
    """Ma commune: its assemblies, by name where they opted in."""
    covering = list(Assembly.objects.covering(commune))
    return {"assemblies": [one for one in covering if one.name_shown], "covered": bool(covering)}
