from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PledgesConfig(AppConfig):
    name = "pledges"
    verbose_name = _("Engagements")

    def ready(self):
        from resources.dossiers import register

        from .dossier import bulletin_pieces

        register("bulletin", 30, bulletin_pieces)
