from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("Site")

    def ready(self):
        from . import signals  # noqa: F401
        from .caching import bump_when_changed
        from .models import CustomDocument, CustomImage, SiteSettings
        from territory.models import Election, Round, RoundHours

        bump_when_changed(CustomDocument, CustomImage, SiteSettings, Election, Round, RoundHours)
