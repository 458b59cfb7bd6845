"""Counting downloads: one more for a page or a commune today. No visitor, address or hour is kept anywhere.

A count stands beside a download: what prevents it is logged, and the file is given all the same.
"""

import logging
import re
from contextlib import contextmanager
from functools import wraps
from zoneinfo import ZoneInfo

from django.db import Error, connection, transaction
from django.utils import timezone
from django.utils.http import parse_etags

from territory.models.places import METROPOLITAN_ZONE

from .models import DownloadCount, ResourceFile

logger = logging.getLogger(__name__)

# How long a file may wait for its count while another process writes (SQLite).
LONGEST_WAIT_MS = 1_000

_FROM_THE_START = re.compile(r"bytes\s+0+-", re.IGNORECASE)
_ASKED_FROM_THE_START = re.compile(r"bytes\s*=\s*0+-", re.IGNORECASE)


def _beside_the_download(count):
    """Undoes and logs what the database refuses (locked, read-only, full), without a trace on a transaction around."""

    @wraps(count)
    def guarded(*args, **kwargs):
        if connection.in_atomic_block and connection.needs_rollback:
            logger.warning("Download not counted: the transaction around it is broken")
            return
        try:
            with _a_short_wait(), transaction.atomic():
                count(*args, **kwargs)
        except Error as error:
            logger.warning("Download not counted: %s", error)

    return guarded


@contextmanager
def _a_short_wait():
    """SQLite waits twenty seconds for its turn to write: right for a text that is saved, too long before a file."""
    connection.ensure_connection()
    if connection.vendor != "sqlite":
        yield
        return
    sqlite = connection.connection
    with connection.wrap_database_errors:
        usual = sqlite.execute("PRAGMA busy_timeout").fetchone()[0]
        sqlite.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT_MS}")
        try:
            yield
        finally:
            sqlite.execute(f"PRAGMA busy_timeout = {usual}")


def today():
    """The day in Paris, whatever the hour of whoever downloads."""
    return timezone.localdate(timezone=ZoneInfo(METROPOLITAN_ZONE))


@_beside_the_download
def count_download(*, page=None, commune=None):
    """One more download today of `page` or of `commune`: exactly one of them, a row or its primary key.

    Counts nothing for a row that is no longer there. Raises `TypeError` for both or neither, and nothing else.
    """
    if (page is None) == (commune is None):
        raise TypeError("Exactly one of page and commune")
    if commune is None:
        _add_one(DownloadCount.page.field, page)
    else:
        _add_one(DownloadCount.commune.field, commune)


@_beside_the_download
def count_document(document):
    """One more download today of each published page that offers this file to anyone."""
    files = ResourceFile.objects.public().filter(document=document, page__live=True)
    for page in files.order_by("page").values_list("page", flat=True).distinct():
        _add_one(DownloadCount.page.field, page)


def _add_one(field, counted):
    """In one statement, so that no download is lost between reading and writing: the ORM has no such increment."""
    quote = connection.ops.quote_name
    counts, column = quote(DownloadCount._meta.db_table), quote(field.column)
    there, key = quote(field.remote_field.model._meta.db_table), quote(field.target_field.column)
    day = connection.ops.adapt_datefield_value(today())
    with connection.cursor() as cursor:
        # No name here is anyone's but ours.
        cursor.execute(
            f"INSERT INTO {counts} (day, number, {column}) SELECT %s, 1, {key} FROM {there} WHERE {key} = %s "  # noqa: S608
            f"ON CONFLICT (day, {column}) WHERE {column} IS NOT NULL DO UPDATE SET number = {counts}.number + 1",
            [day, getattr(counted, "pk", counted)],
        )


def is_a_download(request, response) -> bool:
    """Whether this answer starts to give a file to someone who asked for it.

    Not its continuation (a range from further on), a copy that the browser already had (304), nor what a browser
    fetches ahead in case it would be asked for.
    """
    if request.method not in ("GET", "POST") or _is_ahead_of_need(request):
        return False
    if response.status_code == 206:
        return bool(_FROM_THE_START.match(response.get("Content-Range", "")))
    return response.status_code == 200


def asks_for_a_download(request, etag=None) -> bool:
    """The same, where only the request is known; `etag` is the file's, to recognise who has it already."""
    if request.method not in ("GET", "POST") or _is_ahead_of_need(request):
        return False
    wanted = request.headers.get("Range")
    if wanted and not _ASKED_FROM_THE_START.match(wanted):
        return False
    # Without an ETag to tell which, who asks for what has changed since has it already.
    if "If-Modified-Since" in request.headers and "If-None-Match" not in request.headers:
        return False
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return not ("*" in known or (etag and any(one.removeprefix("W/").strip('"') == etag for one in known)))


def _is_ahead_of_need(request):
    # `Sec-Purpose: prefetch;prerender` (Fetch standard); `Purpose` is what browsers said before it.
    said = request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or ""
    return "prefetch" in said.lower()
