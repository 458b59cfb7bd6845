from django.urls import path

from . import views
from .feeds import InitiativeFeed, ResourceFeed

urlpatterns = [
    path("initiatives.csv", views.initiatives_csv, name="initiatives_csv"),
    path("initiatives.geojson", views.initiatives_geojson, name="initiatives_geojson"),
    path("feeds/initiatives.atom", InitiativeFeed(), name="initiative_feed"),
    path("feeds/ressources.atom", ResourceFeed(), name="resource_feed"),
]
