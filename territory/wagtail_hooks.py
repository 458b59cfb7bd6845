from wagtail import hooks

from .viewsets import commune_chooser_viewset, election_viewset


@hooks.register("register_admin_viewset")
def register_viewsets():
    return [election_viewset, commune_chooser_viewset]
