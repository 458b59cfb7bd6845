"""What the form of an event tells its editors beside its fields."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel


class WaitingPanel(Panel):
    """Says that an approved version waits for the end of the réserve électorale, and until when."""

    def __init__(self, **kwargs):
        kwargs.setdefault("heading", _("Réserve électorale"))
        super().__init__(**kwargs)

    class BoundPanel(Panel.BoundPanel):
        template_name = "assemblies/admin/waiting.html"

        def is_shown(self):
            return bool(self.instance.pk and self.waiting_words)

        @cached_property
        def waiting_words(self):
            return self.instance.waiting_words

        def get_context_data(self, parent_context=None):
            return super().get_context_data(parent_context) | {"until": self.waiting_words}
