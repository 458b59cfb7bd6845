from wagtail import hooks

from .viewsets import ContentGroup


@hooks.register("register_admin_viewset")
def register_viewsets():
    return ContentGroup()
