"""Assemblies do not see each other's drafts and files: what Wagtail's rights leave open, closed.

Wagtail keeps each to its own page and collections where it lists and where it writes. It does not in choosers, bulk actions,
reports of types, tags and the admin's own interface; `tests/test_isolation.py` tries every address.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from django.http import Http404
from wagtail.models import Collection, CollectionViewRestriction, Page
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permissions import policy_registry

from home.choosing import choosable, visible_pages
from home.models import CustomDocument, CustomImage

from .models import Assembly, AssemblyIndexPage, AssemblyPage
from .provisioning import files_of_all


# --- Files ------------------------------------------------------------------------------------------------------------
class FilePolicy(CollectionOwnershipPermissionPolicy):
    """A right given on a collection stops at two doors below it.

    One restricted to groups is for those groups only. The collections of the assemblies are closed to an assembly that
    has a right above them all (to choose a picture of the country): it enters its own by another.
    """

    def _check_perm(self, user, actions, collection=None):
        allowed = super()._check_perm(user, actions, collection)
        if not allowed or collection is None or user.is_superuser:
            return allowed
        return self._collections_with_perm(user, actions).filter(pk=collection.pk).exists()

    def _collections_with_perm(self, user, actions):
        rights = self._get_user_permission_objects_for_actions(user, actions)
        groups = {right.group_id for right in rights}
        of_assemblies = set(Assembly.objects.filter(group__in=groups).values_list("group", flat=True))
        shelf = files_of_all() if of_assemblies else None
        collections = Collection.objects.none()
        for right in rights:
            reach = Collection.objects.descendant_of(right.collection, inclusive=True).filter(
                ~_closed_to(right.group_id)
            )
            if shelf and right.group_id in of_assemblies and not right.collection.is_descendant_of(shelf):
                reach = reach.not_descendant_of(shelf, inclusive=True)
            collections |= reach
        return collections


def _closed_to(group):
    restrictions = CollectionViewRestriction.objects.filter(restriction_type=CollectionViewRestriction.GROUPS)
    path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    above = restrictions.exclude(groups=group).annotate(path=path).filter(path__startswith=F("collection__path"))
    return Exists(above)


def file_policies():
    """(model, policy), in the place of Wagtail's."""
    for model, auth_model in ((CustomImage, "wagtailimages.Image"), (CustomDocument, "wagtaildocs.Document")):
        yield model, FilePolicy(model, auth_model=auth_model, owner_field_name="uploaded_by_user")


def hide_private_document(document, request):
    """Wagtail offers to log in: who is logged in already, and whoever guesses, is told there is nothing."""
    for restriction in document.collection.get_view_restrictions():
        if restriction.restriction_type == restriction.GROUPS and not restriction.accept_request(request):
            raise Http404("No such document")


def narrow_files_of_the_api(router):
    """The admin's interface lists every public file: here, those that one may choose."""
    for name, model in (("images", CustomImage), ("documents", CustomDocument)):
        wide = router._endpoints[name]

        class Narrow(wide):
            of = model

            def get_queryset(self):
                return super().get_queryset().filter(pk__in=choosable(self.of, self.request.user).values("pk"))

        router.register_endpoint(name, Narrow)


# --- Pages ------------------------------------------------------------------------------------------------------------
def narrow_chooser(pages, request):
    """A link leads to what everyone reads, or to what is one's own."""
    return pages & visible_pages(request.user)


def keep_page_of_assembly(request, page):
    """Its members write it; whoever made it takes it away. With it would go all that is below."""
    if isinstance(page.specific, AssemblyPage) and is_walled(request.user):
        raise PermissionDenied


def keep_pages_of_assemblies(request, action_type, objects, action):
    if action_type == "delete" and action.model is Page:
        for page in objects:
            keep_page_of_assembly(request, page)


# --- The wall ---------------------------------------------------------------------------------------------------------
# Arguments of an address, and of a question, that are the number of a page.
PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk")
PAGE_PARAMETERS = ("target_pages[]", "destination", "new_parent_page")
# Views that tell of everyone's work, and the right that opens them all the same.
CLOSED = {
    "wagtailadmin_pages:type_use": None,
    "wagtailadmin_pages:type_use_results": None,
    "wagtailadmin_reports:page_types_usage": None,
    "wagtailadmin_reports:page_types_usage_results": None,
    "wagtailadmin_reports:site_history": "home.change_user",
    "wagtailadmin_reports:site_history_results": "home.change_user",
    # Acts without the hooks of the screens.
    "wagtailadmin_api:pages:action": None,
    "wagtailadmin_tag_autocomplete": None,
    "wagtailadmin_tag_model_autocomplete": None,
}
BULK_MODELS = {
    ("wagtailcore", "page"): Page,
    ("home", "customimage"): CustomImage,
    ("home", "customdocument"): CustomDocument,
}


def is_walled(user) -> bool:
    """Whether someone works on no page but an assembly's, or on none: neither rédaction nor modération."""
    if user.is_superuser:
        return False
    pages = [right.page for right in policy_registry.get_by_type(Page).get_cached_permissions_for_user(user)]
    # Home, its rooms, the directory: no page of an assembly is as high.
    if any(page.depth < 4 for page in pages):
        return False
    directory = AssemblyIndexPage.objects.values_list("path", flat=True).first() if pages else ""
    return all(directory and page.path.startswith(directory) for page in pages)


def writes_for_assemblies_only(user) -> bool:
    return is_walled(user) and policy_registry.get_by_type(Page).user_has_permission(user, "add")


def calm_menu(request, menu_items):
    """No list of the country's contents, no report on them."""
    if writes_for_assemblies_only(request.user):
        menu_items[:] = [item for item in menu_items if item.name not in ("contenus", "reports")]


class WallMiddleware:
    """In the admin, what someone may not see is not found by its number either, whatever the view makes of it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        match = request.resolver_match
        if not match.route.startswith("admin/") or not request.user.is_authenticated:
            return
        rows = [(model, keys) for model, keys in named(request, match) if keys]
        # Most addresses name nothing: they cost no query.
        if (rows or match.view_name in CLOSED) and is_walled(request.user):
            self.hold(request, match, rows)

    def hold(self, request, match, rows):
        if match.view_name in CLOSED and not (
            CLOSED[match.view_name] and request.user.has_perm(CLOSED[match.view_name])
        ):
            raise PermissionDenied
        for model, given in rows:
            # A number too long for the database is nobody's: the view says so.
            keys = {int(key) for key in given if str(key).isdecimal() and len(str(key)) < 19}
            if choosable(model, request.user).filter(pk__in=keys).count() < len(keys):
                raise Http404
            if model is Page and "all" in given:
                refuse_all_of_others(request)


def refuse_all_of_others(request):
    """« All » are those of a list: Wagtail names those one may not touch, so the list has to be one's own."""
    parent = request.GET.get("childOf", "")
    own = policy_registry.get_by_type(Page).explorable_instances(request.user)
    if not (parent.isdecimal() and own.filter(pk=parent).exists()):
        raise Http404


def named(request, match):
    """(model, primary keys) that an address names."""
    kwargs, asked = match.kwargs, request.GET
    keys = [kwargs[name] for name in PAGE_ARGUMENTS if name in kwargs]
    keys += [key for name in PAGE_PARAMETERS for key in asked.getlist(name)]
    if match.view_name in ("wagtailadmin_choose_page_chosen_multiple", "wagtailadmin_pages:revisions_compare"):
        keys += [*asked.getlist("id"), *([kwargs["pk"]] if "pk" in kwargs else [])]
    yield Page, keys
    if match.view_name == "wagtail_bulk_action":
        model = BULK_MODELS.get((kwargs["app_label"].lower(), kwargs["model_name"].lower()))
        if model:
            yield model, asked.getlist("id")
