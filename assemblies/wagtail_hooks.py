from wagtail import hooks
from wagtail.permissions import register_permission_policy

from . import access_views, invitations, isolation, proposal_viewsets, viewsets, waiting

for model, policy in isolation.file_policies():
    # Exactly: Wagtail registers its own for them, whichever comes last.
    register_permission_policy(model, policy, exact_class=True)

hooks.register("register_admin_urls", access_views.urls)
hooks.register("register_admin_urls", viewsets.merging_urls)
hooks.register("register_admin_menu_item", access_views.menu_item)
hooks.register("register_log_actions", invitations.register_log_actions)
hooks.register("construct_admin_api", isolation.narrow_files_of_the_api, order=100)
hooks.register("before_serve_document", isolation.hide_private_document, order=-1)
hooks.register("construct_main_menu", isolation.calm_menu)
hooks.register("construct_page_chooser_queryset", isolation.narrow_chooser)
hooks.register("before_delete_page", isolation.keep_page_of_assembly)
hooks.register("before_bulk_action", isolation.keep_pages_of_assemblies)

hooks.register("register_welcome_links", viewsets.welcome_links)
hooks.register("register_welcome_links", proposal_viewsets.welcome_links)
hooks.register("register_log_actions", proposal_viewsets.register_log_actions)
hooks.register("after_publish_page", waiting.after_publishing)
hooks.register("after_bulk_action", waiting.after_publishing_many)


@hooks.register("register_admin_viewset")
def register_viewsets():
    return [viewsets.AssemblyViewSet(), proposal_viewsets.ProposalViewSet()]
