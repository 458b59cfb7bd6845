"""What editors are told when an event that they publish waits for the end of the réserve électorale."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from .models import EventPage


def tell(request, page) -> bool:
    """Say until when a page waits; False where it does not."""
    page = EventPage.objects.filter(pk=page.pk).first()
    words = page.waiting_words if page else ""
    if words:
        text = _(
            "« %(title)s » attend la fin de la réserve électorale et paraîtra de lui-même %(until)s. D’ici là, ce qui est en "
            "ligne ne change pas."
        )
        messages.warning(request, text % {"title": page.get_admin_display_title(), "until": words})
    return bool(words)


def after_publishing(request, page):
    """Instead of Wagtail's own message, that would say it is published."""
    if tell(request, page):
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


def after_publishing_many(request, action_type, objects, action):
    if action_type == "publish":
        for page in objects:
            tell(request, page)
