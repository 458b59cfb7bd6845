from django import template

from ..models import ResourcePage

register = template.Library()


@register.inclusion_tag("resources/assembly_documents.html")
def assembly_documents(page, limit=6):
    """What an assembly published: the latest of its documents, and the way to all of them."""
    rows = list(ResourcePage.objects.current().descendant_of(page).for_listing()[: limit + 1])
    return {"page": page, "resources": rows[:limit], "more": len(rows) > limit}
