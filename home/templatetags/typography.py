from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from wagtail.rich_text import expand_db_html

from .. import typography

register = template.Library()


@register.filter(is_safe=True)
def typo(value):
    """A text typed by an editor, with French spaces and apostrophes."""
    return mark_safe(typography.french(str(conditional_escape(value or ""))))


@register.filter
def rich(value):
    """Rich text expanded (links) and set in French typography. Wagtail has already cleaned its markup."""
    source = getattr(value, "source", value) or ""
    return mark_safe(typography.french(expand_db_html(str(source))))


@register.filter
def number(value):
    """34963 → « 34 963 »."""
    return typography.french_number(value) if value is not None else ""
