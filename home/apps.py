from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("Site")

    def ready(self):
        from territory.models import DataRelease, Election, Round, RoundHours

        # What they register: receivers, and the jobs of `manage.py work`.
        from . import links, outbox, signals, throttle  # noqa: F401
        from .caching import bump_when_changed
        from .models import CustomDocument, CustomImage, SiteSettings

        bump_when_changed(CustomDocument, CustomImage, SiteSettings, DataRelease, Election, Round, RoundHours)
