"""Not too many posts from one place: counters in the database, by windows of time, without anyone's address in them."""

import datetime
import ipaddress
import logging
import time

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from . import jobs
from .models import Counter

logger = logging.getLogger(__name__)


def allowed(request, action: str, limit: int, seconds: int) -> bool:
    """Whether this visitor may post once more: `limit` times in each window of `seconds`. Reading is never counted."""
    if request.method != "POST":
        return True
    if within(action, client_network(request), limit, seconds):
        return True
    request.retry_after = seconds_left(seconds)
    return False


def within(action: str, subject: str, limit: int, seconds: int) -> bool:
    """Count one more of something about a subject (an e-mail address…), and say whether that is within the limit."""
    window = int(time.time() // seconds)
    key = salted_hmac("home.throttle", f"{action}\n{subject}\n{seconds}\n{window}", algorithm="sha256").hexdigest()
    ends = datetime.datetime.fromtimestamp((window + 1) * seconds, tz=datetime.UTC)
    return Counter.objects.count_one(key, ends) <= limit


def seconds_left(seconds: int) -> int:
    """Until the present window ends."""
    return seconds - int(time.time() % seconds)


def client_network(request) -> str:
    """The visitor's address, or for IPv6 its /64: one household holds 2⁶⁴ of them.

    Behind TRUSTED_PROXIES front servers, the address that the outermost of them saw; what a client writes itself in
    `X-Forwarded-For` is further left, and never read.
    """
    given = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        chain = [entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if entry.strip()]
        if chain:
            given = chain[-min(proxies, len(chain))]
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def minutes_left(request) -> int:
    return max(1, -(-getattr(request, "retry_after", 60) // 60))


def too_many(request):
    """« Trop d’envois », and when to come back (429)."""
    context = {"title": _("Trop d’envois en peu de temps"), "minutes": minutes_left(request)}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(getattr(request, "retry_after", 60))
    response["Cache-Control"] = "no-store"
    return response


def purge():
    """Forget the windows that have ended."""
    deleted, _rows = Counter.objects.filter(expires_at__lt=timezone.now()).delete()
    if deleted:
        logger.info("Purged: %s counters", deleted)


jobs.register("purge counters", 3600, purge)
