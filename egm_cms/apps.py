from django.apps import AppConfig


class EgmCmsConfig(AppConfig):
    """The wiring: settings, addresses, static files and the commands that concern every app."""

    name = "egm_cms"
    verbose_name = "Site de campagne"
