from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Site

from .finding import SiteSearch
from .printing import PrintedPage

# What the media view gives: pictures only. Documents go through Wagtail's view, which checks privacy.
MEDIA_FOLDERS = {"images"}
MEDIA_TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


@require_safe
def search(request):
    found = SiteSearch(request)
    return render(request, "home/search.html", {"search": found, "title": found.title})


@require_safe
def robots(request):
    return render(request, "robots.txt", {"base_url": settings.BASE_URL}, content_type="text/plain; charset=utf-8")


@require_safe
def health(request):
    """« ok » when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    response = HttpResponse("ok\n", content_type="text/plain")
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def media(request, name):
    """Pictures made for the pages. Their name holds a digest of what they show, so they are kept for good."""
    path = PurePosixPath(name)
    content_type = MEDIA_TYPES.get(path.suffix.lower())
    if not content_type or path.parts[0] not in MEDIA_FOLDERS or ".." in path.parts or "\x00" in name:
        raise Http404("Not a public file")
    if not default_storage.exists(name):
        raise Http404("No such file")
    etag = f'"{path.name}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        response = FileResponse(default_storage.open(name), content_type=content_type)
    response["ETag"] = etag
    response["Content-Security-Policy"] = "default-src 'none'"
    patch_cache_control(response, public=True, max_age=60 * 60 * 24 * 365, immutable=True)
    return response


@require_safe
def printed_file(request, path, filename):
    """The PDF, ODT or DOCX of a page, at the address of the page followed by the name of the file."""
    root = Site.find_for_request(request).root_page.specific
    page, _args, _kwargs = root.route(request, path.strip("/").split("/"))
    if not isinstance(page, PrintedPage) or page.get_view_restrictions().exists():
        raise Http404("This page is not given as a file")
    return page.serve_file(request, filename)
