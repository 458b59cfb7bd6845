"""Wagtail's read API on published pages."""

from rest_framework.renderers import JSONRenderer
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import PagesAPIViewSet

MAX_OFFSET = 1_000_000


class ReadPagesAPIViewSet(PagesAPIViewSet):
    # JSON only: the browsable pages would bring styles and scripts of their own.
    renderer_classes = [JSONRenderer]
    # The same answer for everyone: no session is read.
    authentication_classes = ()

    def paginate_queryset(self, queryset):
        # A larger number does not fit the integers of a database.
        offset = self.request.GET.get("offset", "0")
        if offset.isdecimal() and int(offset[:20]) > MAX_OFFSET:
            raise BadRequestError("offset is too large")
        return super().paginate_queryset(queryset)


api_router = WagtailAPIRouter("wagtailapi")
api_router.register_endpoint("pages", ReadPagesAPIViewSet)
