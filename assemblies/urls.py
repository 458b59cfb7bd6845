from django.urls import path

from . import views

urlpatterns = [
    path("assemblees/<slug:slug>/ecrire/", views.write, name="assembly_relay"),
    path("assemblees/<slug:slug>/ecrire/merci/", views.written, name="assembly_relay_done"),
]
