"""The first panel of the admin: what a person does most, one click away."""

from dataclasses import dataclass

from django.urls import reverse
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.models import TaskState


@dataclass(frozen=True)
class WelcomeLink:
    """Something an editor does often. Apps give theirs through the hook `register_welcome_links`, called with the user."""

    label: str
    url: str
    # What begins something new, rather than what lists it.
    creates: bool = False


class WelcomePanel(Component):
    """Only what this person may do; nothing where that is nothing."""

    name = "welcome"
    template_name = "home/admin/welcome.html"
    order = 50

    def get_context_data(self, parent_context):
        user = parent_context["request"].user
        links = [link for give in hooks.get_hooks("register_welcome_links") for link in give(user)]
        return {
            "creations": [link for link in links if link.creates],
            "lists": [link for link in links if not link.creates],
            "waiting": TaskState.objects.reviewable_by(user).count(),
            "waiting_url": reverse("wagtailadmin_reports:workflow") + "?status=in_progress",
        }
