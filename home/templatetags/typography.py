from django import template
from django.utils.html import escape
from django.utils.safestring import SafeData, mark_safe
from wagtail.rich_text import expand_db_html

from .. import dates, typography
from ..dates import format_partial_date

register = template.Library()


@register.filter(is_safe=True)
def typo(value):
    """A text typed by an editor, with French spaces and apostrophes."""
    if isinstance(value, SafeData):
        return mark_safe(typography.french(value))
    # Set first, escaped after: an escaped apostrophe could not be told from another entity.
    return escape(typography.french(str(value or "")))


@register.filter
def rich(value):
    """Rich text expanded (links) and set in French typography. Wagtail has already cleaned its markup."""
    source = getattr(value, "source", value) or ""
    return mark_safe(typography.french(expand_db_html(str(source))))


@register.filter
def number(value):
    """34963 → « 34 963 »."""
    return typography.french_number(value) if value is not None else ""


@register.filter
def kilometres(value):
    """8777.4 → « 8 777 »."""
    return typography.french_number(round(value))


@register.filter
def long_date(value):
    """« 1er décembre 2026 »."""
    return dates.long_date(value)


@register.filter
def partial_date(value):
    """« 2016-03 » → « mars 2016 »; a date written in words stays as it is."""
    try:
        return format_partial_date(value)
    except ValueError:
        return value


@register.filter
def plural_of(value):
    """The number by which a French sentence chooses its form: zero takes the singular, as one does."""
    return value if value >= 2 else 1
