"""A calm admin, in French: what our roles use, in the order they use it."""

from django.core.exceptions import PermissionDenied
from wagtail import hooks
from wagtail.users.views.bulk_actions.user_bulk_action import UserBulkAction

from .viewsets import MailViewSet, welcome_links
from .welcome import WelcomePanel

hooks.register("register_welcome_links", welcome_links)

# Entries of Wagtail's menus that serve none of our roles: pages of its own site, and reports that our lists replace.
UNUSED_HELP = {"editor-guide"}
UNUSED_REPORTS = {"workflow-tasks", "aging-pages", "page-types-usage"}


def _remove(menu_items, names):
    menu_items[:] = [item for item in menu_items if item.name not in names]


@hooks.register("construct_help_menu")
def calm_help(request, menu_items):
    _remove(menu_items, UNUSED_HELP | {item.name for item in menu_items if item.name.startswith("whats-new")})


@hooks.register("construct_reports_menu")
def calm_reports(request, menu_items):
    _remove(menu_items, UNUSED_REPORTS)


@hooks.register("construct_settings_menu")
def calm_settings(request, menu_items):
    # The address of the site follows BASE_URL; a step of a workflow is edited from its workflow.
    _remove(menu_items, {"sites", "workflow-tasks"})


@hooks.register("construct_homepage_panels")
def add_welcome(request, panels):
    panels.append(WelcomePanel())


@hooks.register("register_admin_viewset")
def register_viewsets():
    return MailViewSet()


# --- Accounts ---------------------------------------------------------------------------------------------------------
# Wagtail lets whoever manages the accounts take over a superuser's, or make one: here only a superuser may.
def _only_superusers(request, *users):
    if request.user.is_superuser:
        return
    if any(user.is_superuser for user in users) or request.POST.get("is_superuser"):
        raise PermissionDenied


@hooks.register("before_create_user")
def protect_creation(request):
    _only_superusers(request)


@hooks.register("before_edit_user")
def protect_superusers(request, user):
    _only_superusers(request, user)


@hooks.register("before_bulk_action")
def protect_superusers_in_bulk(request, action_type, objects, action):
    if isinstance(action, UserBulkAction):
        _only_superusers(request, *objects)
