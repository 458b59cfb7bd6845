from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssembliesConfig(AppConfig):
    name = "assemblies"
    verbose_name = _("Assemblées locales")

    def ready(self):
        from home import jobs
        from home.caching import bump_when_changed

        from . import proposals, signals  # noqa: F401
        from .models import Assembly

        bump_when_changed(Assembly)
        jobs.register("purge proposed events", 3600, proposals.purge)
