from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssembliesConfig(AppConfig):
    name = "assemblies"
    verbose_name = _("Assemblées locales")

    def ready(self):
        from django.db.models.signals import m2m_changed

        from home import jobs
        from home.caching import bump, bump_when_changed

        from . import proposals
        from .models import Assembly

        bump_when_changed(Assembly)
        for relation in (Assembly.departements, Assembly.communes):
            m2m_changed.connect(bump, sender=relation.through)
        jobs.register("purge proposed events", 3600, proposals.purge)
