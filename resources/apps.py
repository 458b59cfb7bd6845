from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResourcesConfig(AppConfig):
    name = "resources"
    verbose_name = _("Argumentaire, ressources et initiatives")

    def ready(self):
        from django.conf import settings

        from assemblies.provisioning import register_room
        from home import jobs
        from home.caching import bump_when_changed

        from . import dossiers, offload, signals  # noqa: F401
        from .dossiers import ahead, contents
        from .models import CalendarStep, Measure
        from .models.local_library import make_local_library

        bump_when_changed(Measure, CalendarStep)
        register_room(make_local_library)
        dossiers.register("cover", 0, contents.cover)
        dossiers.register("letters", 10, contents.letters)
        dossiers.register("single letters", 20, contents.single_letters)
        # 30: the bulletin of the pledges.
        dossiers.register("argument", 40, contents.argument)
        dossiers.register("examples", 50, contents.examples)
        dossiers.register("poster", 60, contents.poster)
        dossiers.register("calendar", 70, contents.calendar)
        jobs.register("print what dossiers share", 60, ahead.print_ahead)
        if settings.ACCEL_ARCHIVES:
            jobs.register("keep archives for the front server", 60, offload.keep_archives)
