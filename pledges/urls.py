from django.urls import path

from . import views

urlpatterns = [
    path("engagements/signer/", views.sign, name="pledge_sign"),
]
