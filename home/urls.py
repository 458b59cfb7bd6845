from django.urls import path, re_path
from wagtail.contrib.sitemaps.views import sitemap

from . import views
from .api import api_router

urlpatterns = [
    path("recherche/", views.search, name="search"),
    path("api/v2/", api_router.urls),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("healthz/", views.health, name="health"),
    path("media/<path:name>", views.media, name="media"),
    re_path(r"^(?P<path>(?:[\w-]+/)+)(?P<filename>[\w-]+(?:\.a3)?\.(?:pdf|odt|docx))$", views.printed_file),
]
