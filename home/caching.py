"""Validators and cached pages for readers, around one number: the generation of what is published.

The number stands in the database and rises with each publication, so a page cached under it can never be stale, in any
process. A reader's page is the same for everyone (no cookie, no token), which is what makes this safe; an address that
holds a writing form or belongs to editors is left alone (`is_for_readers`).
"""

import hashlib
from threading import RLock

from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control

PRIVATE_PREFIXES = ("/admin/", "/documents/", "/healthz/", "/media/", "/static/", "/_util/")
# Cached in memory up to this size; a longer body is sent with its validator only.
MAX_CACHED_BYTES = 400_000


def generation() -> int:
    """The number of the present publication."""
    from .models import Generation

    number = Generation.objects.filter(pk=1).values_list("number", flat=True).first()
    return number or 0


def bump(**kwargs):
    """Something that readers see has changed. Part of the action's own transaction."""
    from .models import Generation

    if not Generation.objects.filter(pk=1).update(number=F("number") + 1):
        Generation.objects.get_or_create(pk=1)


def bump_when_changed(*models):
    """Raise the generation whenever a row of these models is saved or deleted."""
    for model in models:
        post_save.connect(bump, sender=model, dispatch_uid=f"bump-save-{model.__name__}")
        post_delete.connect(bump, sender=model, dispatch_uid=f"bump-delete-{model.__name__}")


class _Kept:
    """What this process has built for one generation, as it is: nothing is copied, so nothing kept may be changed."""

    def __init__(self):
        self.lock = RLock()
        # One pair, replaced at once: a thread never sees the values of another generation under a new number.
        self.current = (None, {})

    def of(self, number):
        current = self.current
        if number != current[0]:
            with self.lock:
                if number != self.current[0]:
                    self.current = (number, {})
                current = self.current
        return current[1] if current[0] == number else {}

    def forget(self):
        self.current = (None, {})


_kept = _Kept()


def remembered(request, key, build):
    """The value of `build()`, the same for every reader, kept by this process until something is published."""
    number = getattr(request, "generation", None)
    values = _kept.of(generation() if number is None else number)
    if key not in values:
        with _kept.lock:
            if key not in values:
                values[key] = build()
    return values[key]


def forget():
    """Drop everything this process keeps: pages and what they are made of."""
    cache.clear()
    _kept.forget()


def is_for_readers(request) -> bool:
    # Wagtail previews a draft by a dummy request for the page's own address, which must not meet what readers keep.
    if getattr(request, "is_dummy", False):
        return False
    return request.method in ("GET", "HEAD") and not request.path.startswith(PRIVATE_PREFIXES)


class ReaderCacheMiddleware:
    """Answers `If-None-Match`, and keeps whole pages in memory for the next reader.

    The key holds the quarter of an hour: what a page says follows the clock (the phase changes when the polls close).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_for_readers(request) or len(request.get_full_path()) > 1500:
            return self.get_response(request)
        request.generation = generation()
        key = self.key(request)
        etag = f'"{key}"'
        kept = cache.get(key)
        if kept is not None:
            status, headers, body = kept
            response = HttpResponse(body, status=status)
            for name, value in headers:
                response[name] = value
            return get_conditional_response(request, etag=etag, response=response) or response
        response = self.get_response(request)
        if not self.is_shareable(request, response):
            return response
        if not response.has_header("ETag"):
            response["ETag"] = etag
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        if not response.streaming and len(response.content) <= MAX_CACHED_BYTES and response["ETag"] == etag:
            cache.set(key, (response.status_code, list(response.items()), response.content), 3600)
        return get_conditional_response(request, etag=response["ETag"], response=response) or response

    @staticmethod
    def key(request):
        now = timezone.localtime()
        parts = (
            settings.SECRET_KEY[:8],
            settings.RELEASE,
            str(request.generation),
            f"{now:%Y-%m-%dT%H}-{now.minute // 15}",
            request.get_host(),
            request.get_full_path(),
        )
        return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()

    @staticmethod
    def is_shareable(request, response):
        return (
            response.status_code == 200
            and not response.cookies
            and not response.has_header("Set-Cookie")
            and "no-store" not in response.get("Cache-Control", "")
            and "private" not in response.get("Cache-Control", "")
        )
