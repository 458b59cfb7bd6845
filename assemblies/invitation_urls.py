from django.urls import path

from .invitation_views import accept_invitation

urlpatterns = [path("invitation/<str:token>/", accept_invitation, name="invitation")]
