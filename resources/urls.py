from django.urls import path

from . import views
from .dossiers import views as dossiers
from .feeds import InitiativeFeed, ResourceFeed

urlpatterns = [
    path("communes/<insee:insee>-<str:slug>/dossier/", dossiers.dossier_page, name="dossier"),
    path("communes/<insee:insee>-<str:slug>/dossier.zip", dossiers.dossier_zip, name="dossier_zip"),
    path("communes/<insee:insee>-<str:slug>/dossier.pdf", dossiers.dossier_pdf, name="dossier_pdf"),
    path("initiatives.csv", views.initiatives_csv, name="initiatives_csv"),
    path("initiatives.geojson", views.initiatives_geojson, name="initiatives_geojson"),
    path("ressources/kits/<str:slug>/kit.zip", views.kit_zip, name="kit_zip"),
    path("ressources/selection/", views.selection, name="selection"),
    path("ressources/selection.zip", views.selection_zip, name="selection_zip"),
    path("feeds/initiatives.atom", InitiativeFeed(), name="initiative_feed"),
    path("feeds/ressources.atom", ResourceFeed(), name="resource_feed"),
]
