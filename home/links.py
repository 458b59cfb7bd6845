"""Links sent to one person: to confirm, to correct, to withdraw.

The token is 32 bytes at random. It is in the mail and nowhere else: the database holds its digest, `private` keeps it out
of caches, search engines and the next page's referrer, `home/masking.py` out of ours. Following a link (GET) only reads; a
button (POST) spends it.
"""

import datetime
import functools
import hashlib
import logging
import secrets

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.cache import patch_cache_control

from . import jobs
from .errors import not_found
from .models import Link

logger = logging.getLogger(__name__)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def issue(purpose: str, target, *, lasts=datetime.timedelta(hours=72), single_use=True) -> str:
    """The token of a new link to an object. `lasts=None`: until it is revoked. Earlier links stay as they are."""
    token = secrets.token_urlsafe(32)
    Link.objects.create(
        purpose=purpose,
        digest=_digest(token),
        target=target,
        expires_at=None if lasts is None else timezone.now() + lasts,
        single_use=single_use,
    )
    return token


def find(purpose: str, token: str) -> Link | None:
    """The link of this token, if it still opens; reads only. Its `target` is there."""
    return _with_target(Link.objects.alive(timezone.now()), purpose, token)


def spend(purpose: str, token: str) -> Link | None:
    """Use a link: of two people who press the button together, one. Call it in the transaction of what it allows."""
    now = timezone.now()
    spent = Link.objects.alive(now).filter(purpose=purpose, digest=_digest(token)).update(used_at=now)
    return _with_target(Link.objects.all(), purpose, token) if spent else None


def find_spent(purpose: str, token: str) -> Link | None:
    """The link of this token if it has been used up: for « c’est déjà fait », said for a month."""
    spent = Link.objects.filter(single_use=True, revoked_at=None).exclude(used_at=None)
    return _with_target(spent, purpose, token)


def revoke(purpose: str, target) -> int:
    """Close every link to an object for this purpose; says how many were open."""
    now = timezone.now()
    return Link.objects.alive(now).to(target).filter(purpose=purpose).update(revoked_at=now)


def _with_target(links, purpose, token) -> Link | None:
    link = links.select_related("content_type").filter(purpose=purpose, digest=_digest(token)).first()
    return link if link is not None and link.target is not None else None


def private(view):
    """For a page whose address holds a token: kept by no cache or search engine, told to no other page.

    What it posts needs no other proof: nobody else knows the address. A browser that is told `no-referrer` does not say
    where a post comes from (`Origin: null`), which Django's protection refuses.
    """

    @functools.wraps(view)
    def wrapped(*args, **kwargs):
        try:
            response = view(*args, **kwargs)
        except Http404 as error:
            # Of the address alone: answered here, or the page would lack these headers and tell the token to the next.
            request = next(one for one in args if isinstance(one, HttpRequest))
            response = not_found(request, error)
        patch_cache_control(response, no_store=True, private=True)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    wrapped.csrf_exempt = True
    return wrapped


def purge():
    """Forget the links that have been dead for a month."""
    deleted, _rows = Link.objects.past_keeping(timezone.now()).delete()
    if deleted:
        logger.warning("Purged: %s dead links", deleted)


jobs.register("purge links", 24 * 3600, purge)
