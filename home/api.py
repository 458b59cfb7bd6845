"""Wagtail's read API on published pages."""

from rest_framework.renderers import JSONRenderer
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet


class ReadPagesAPIViewSet(PagesAPIViewSet):
    # JSON only: the browsable pages would bring styles and scripts of their own.
    renderer_classes = [JSONRenderer]
    # The same answer for everyone: no session is read.
    authentication_classes = ()


api_router = WagtailAPIRouter("wagtailapi")
api_router.register_endpoint("pages", ReadPagesAPIViewSet)
