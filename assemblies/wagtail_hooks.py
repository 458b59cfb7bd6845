from wagtail import hooks

from . import waiting
from .viewsets import AssemblyViewSet, welcome_links

hooks.register("register_welcome_links", welcome_links)
hooks.register("after_publish_page", waiting.after_publishing)
hooks.register("after_bulk_action", waiting.after_publishing_many)


@hooks.register("register_admin_viewset")
def register_viewset():
    return AssemblyViewSet()
