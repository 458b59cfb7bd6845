from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResourcesConfig(AppConfig):
    name = "resources"
    verbose_name = _("Argumentaire, ressources et initiatives")

    def ready(self):
        from home.caching import bump_when_changed

        from . import signals  # noqa: F401
        from .models import Measure

        bump_when_changed(Measure)
