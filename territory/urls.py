from django.urls import path, register_converter

from . import views


class InseeCodeConverter:
    """`05023`, `2A004`; small letters are taken, and the view redirects to capitals."""

    regex = "[0-9][0-9ABab][0-9]{3}"

    def to_python(self, value):
        return value.upper()

    def to_url(self, value):
        return str(value)


register_converter(InseeCodeConverter, "insee")

urlpatterns = [
    path("api/communes/", views.api_communes, name="api_communes"),
    path("communes/", views.commune_index, name="communes"),
    path("communes/<insee:insee>/", views.commune_bare, name="commune_bare"),
    path("communes/<insee:insee>-<str:slug>/", views.commune, name="commune"),
]
