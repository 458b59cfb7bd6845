from wagtail import hooks

from .viewsets import AssemblyViewSet, welcome_links

hooks.register("register_welcome_links", welcome_links)


@hooks.register("register_admin_viewset")
def register_viewset():
    return AssemblyViewSet()
