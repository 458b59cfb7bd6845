from csp.constants import SELF
from django.conf import settings
from django.http import HttpResponseBadRequest

# Open data: any site may read it from a browser.
OPEN_DATA_SUFFIXES = (".csv", ".geojson", ".atom", ".ics", ".ods")


PREVIEW_POLICY = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"] | {"frame-ancestors": [SELF]}


class PolicyMiddleware:
    """The headers that differ between the public pages, open data and the editors' side; the rest is in the settings."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # No parameter of Wagtail's API holds a null byte, and PostgreSQL refuses to compare with one.
        if request.path.startswith("/api/v2/") and "%00" in request.META.get("QUERY_STRING", ""):
            response = HttpResponseBadRequest('{"message": "null byte in the query"}', content_type="application/json")
        else:
            response = self.get_response(request)
        if request.path.startswith("/admin/"):
            # A preview comes with the policy of the public page it shows: the same, in a frame of the editor's.
            preview = response.headers.pop("Content-Security-Policy", None)
            response._csp_config = PREVIEW_POLICY if preview else settings.ADMIN_CONTENT_SECURITY_POLICY
            response.headers.setdefault("Cache-Control", "no-store, private")
            # The preview panel shows pages in a frame.
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        if request.path.startswith("/api/") or request.path.endswith(OPEN_DATA_SUFFIXES):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
