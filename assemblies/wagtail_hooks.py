from wagtail import hooks

from . import proposal_viewsets, viewsets, waiting

hooks.register("register_welcome_links", viewsets.welcome_links)
hooks.register("register_welcome_links", proposal_viewsets.welcome_links)
hooks.register("register_log_actions", proposal_viewsets.register_log_actions)
hooks.register("after_publish_page", waiting.after_publishing)
hooks.register("after_bulk_action", waiting.after_publishing_many)


@hooks.register("register_admin_viewset")
def register_viewsets():
    return [viewsets.AssemblyViewSet(), proposal_viewsets.ProposalViewSet()]
