from wagtail import hooks

from . import reports
from .viewsets import ContentGroup, welcome_links

hooks.register("register_welcome_links", welcome_links)
hooks.register("register_admin_urls", reports.urls)
hooks.register("register_reports_menu_item", reports.menu_item)


@hooks.register("register_admin_viewset")
def register_viewsets():
    return ContentGroup()
