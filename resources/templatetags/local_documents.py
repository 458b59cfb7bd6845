from functools import reduce
from operator import or_

from django import template
from django.db.models import Q

from assemblies.directory import directory

from ..models import ResourcePage

register = template.Library()


@register.inclusion_tag("resources/assembly_documents.html")
def assembly_documents(page, limit=6):
    """What an assembly published: the latest of its documents, and the way to all of them."""
    rows = list(ResourcePage.objects.current().descendant_of(page).for_listing()[: limit + 1])
    return {"page": page, "resources": rows[:limit], "more": len(rows) > limit}


@register.inclusion_tag("resources/commune_documents.html", takes_context=True)
def commune_documents(context, commune, limit=3):
    """Ma commune: the latest documents of its assemblies, those that the page names. Nothing is asked without any."""
    covering = directory(context.get("request")).covering(commune.pk, commune.departement_id)
    pages = [Q(path__startswith=one.path) for one in covering if one.is_listed and one.name_shown]
    rows = ResourcePage.objects.current().filter(reduce(or_, pages)).for_listing()[:limit] if pages else ()
    return {"resources": list(rows)}
