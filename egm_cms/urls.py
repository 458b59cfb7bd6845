"""The addresses of the site (a contract: see docs/addresses.md). Each app names its own; Wagtail's pages come last."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("territory.urls")),
    path("", include("assemblies.urls")),
    path("", include("assemblies.agenda_urls")),
    path("", include("assemblies.invitation_urls")),
    path("", include("resources.urls")),
    path("", include("pledges.urls")),
    path("", include("home.urls")),
    path("", include(wagtail_urls)),
]

handler400 = "home.errors.bad_request"
handler403 = "home.errors.permission_denied"
handler404 = "home.errors.not_found"
handler500 = "home.errors.server_error"
