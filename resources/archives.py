"""The ZIP: the same bytes for the same entries, its length known beforehand, any range of it read by seek.

Entries are stored, not compressed (what a kit holds is compressed already), dated 1 January 1980, readable by all: the
layout follows from names, sizes and CRC-32 alone, kept since the upload. Format: PKWARE APPNOTE 6.3, without ZIP64.
"""

import hashlib
import re
import struct
import unicodedata
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

CHUNK_BYTES = 256 * 1024
# From these values on, a ZIP needs its 64-bit extension, which not every unpacker reads.
MAX_ENTRIES = 0xFFFF - 1
MAX_BYTES = 0xFFFFFFFF - 1
# Of a whole name: Windows opens no path longer than 260 characters.
MAX_NAME_BYTES = 255

# Signatures and fields: APPNOTE 4.3.7 (before each file), 4.3.12 (directory), 4.3.16 (end).
_HEADER = struct.Struct("<4s5H3L2H")
_DIRECTORY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION = 20
_UNIX = 3 << 8
_UTF8_NAME = 1 << 11
_STORED = 0
_MIDNIGHT, _JANUARY_1980 = 0, 1 << 5 | 1
_READABLE_FILE = 0o100644 << 16

# Controls, invisible marks (among them those that reverse the reading order), halves of characters, line separators.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_FORBIDDEN = re.compile(r'[\\<>:"|?*]')
# Nothing, `.`, `..`, what Windows cuts at the end, and the names it keeps for devices.
_UNUSABLE_PART = re.compile(r"|.*[. ]|(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
_RANGE = re.compile(r"bytes=[ \t]*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))[ \t]*", re.IGNORECASE)


class RefusedName(ValueError):
    """A name that some system could not write, would write elsewhere, or over another entry."""


class TooLarge(ValueError):
    """The archive would have more than 65,534 entries, or 4 GiB or more."""


class MissingFile(Exception):
    """The file of an entry is not there, cannot be read, or has not the size said."""

    def __init__(self, name, reason):
        super().__init__(f"{name}: {reason}")
        self.name = name


@dataclass(frozen=True)
class Entry:
    """One file of an archive. `size` in bytes; `open` gives a new Django `File`, each time, when it is read.

    `name` may have folders (`Lettres/Lettre.odt`). Raises `RefusedName`, or `ValueError` where size, CRC-32 or SHA-256
    are unknown. That `crc32` and `sha256` are those of the file is not verified: unpacking does.
    """

    name: str
    size: int
    crc32: int
    sha256: str
    open: Callable[[], File] = field(repr=False, compare=False)

    def __post_init__(self):
        if (
            len(self.name.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES
            or any(unicodedata.category(character) in _UNSEEN for character in self.name)
            or _FORBIDDEN.search(self.name)
            or any(_UNUSABLE_PART.fullmatch(part) for part in self.name.split("/"))
        ):
            raise RefusedName(f"Not a name for every system: {self.name!r}")
        if (
            self.size is None
            or self.size < 0
            or self.crc32 is None
            or not 0 <= self.crc32 <= 0xFFFFFFFF
            or not re.fullmatch("[0-9a-f]{64}", self.sha256)
        ):
            raise ValueError(f"{self.name}: size, CRC-32 or SHA-256 unknown")

    @property
    def basename(self):
        return self.name.rsplit("/", 1)[-1]

    @classmethod
    def from_bytes(cls, name: str, content: bytes):
        """A file made for the archive, held in memory."""
        digest = hashlib.sha256(content).hexdigest()
        return cls(name, len(content), zlib.crc32(content), digest, lambda: ContentFile(content))

    @classmethod
    def from_document(cls, name: str, document):
        """A file of the library (`CustomDocument`), wherever it is stored."""
        stored = document.file
        return cls(
            name, document.file_size, document.crc32, document.sha256, lambda: stored.storage.open(stored.name, "rb")
        )

    def check(self):
        """Raise `MissingFile` unless the file opens and has the size said. Reads nothing of it."""
        try:
            with self.open() as file:
                size = file.size
        except OSError as error:
            raise MissingFile(self.name, error) from error
        if size != self.size:
            raise MissingFile(self.name, f"{size} bytes instead of {self.size}")

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """These bytes, a chunk at a time. Raises `MissingFile` if the file was removed or cut since it was checked."""
        try:
            with self.open() as file:
                file.seek(start)
                while start < stop:
                    chunk = file.read(min(stop - start, CHUNK_BYTES))
                    if not chunk:
                        raise MissingFile(self.name, f"ends at byte {start} instead of {self.size}")
                    start += len(chunk)
                    yield chunk
        except OSError as error:
            raise MissingFile(self.name, error) from error


class Archive:
    """A ZIP of these entries, in this order. `length` in bytes; `etag` with its quotes.

    Opens no file until `check` or `chunks`. Raises `RefusedName` where two names would be one file, or one a folder of
    the other, on a system that ignores case or Unicode normalisation; `TooLarge`.
    """

    def __init__(self, entries: Iterable[Entry]):
        self.entries = tuple(entries)
        names = [entry.name.encode() for entry in self.entries]
        self.length = _END.size + sum(
            _HEADER.size + len(name) + entry.size + _DIRECTORY.size + len(name)
            for name, entry in zip(names, self.entries, strict=True)
        )
        if len(self.entries) > MAX_ENTRIES or self.length > MAX_BYTES:
            raise TooLarge(f"{len(self.entries)} entries, {self.length} bytes")
        _refuse_clashes(entry.name for entry in self.entries)
        self._lay_out(names)

    def _lay_out(self, names):
        # What follows what: bytes as they are, or an entry for its content; and the offset where each starts.
        self._pieces, self._starts = [], []
        directory, digest, position = bytearray(), hashlib.sha256(), 0
        for name, entry in zip(names, self.entries, strict=True):
            described = (
                _VERSION, _UTF8_NAME, _STORED, _MIDNIGHT, _JANUARY_1980, entry.crc32, entry.size, entry.size,
                len(name), 0,
            )  # fmt: skip
            directory += _DIRECTORY.pack(
                b"PK\x01\x02", _UNIX | _VERSION, *described, 0, 0, 0, _READABLE_FILE, position
            )  # fmt: skip
            directory += name
            header = _HEADER.pack(b"PK\x03\x04", *described) + name
            self._pieces += header, entry
            self._starts += position, position + len(header)
            position += len(header) + entry.size
            digest.update(entry.sha256.encode())
        count = len(self.entries)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), position, 0)
        self._pieces.append(bytes(directory) + end)
        self._starts.append(position)
        digest.update(self._pieces[-1])
        self.etag = f'"{digest.hexdigest()[:40]}"'

    def check(self):
        """Raise `MissingFile` unless every file is there, with the size said."""
        for entry in self.entries:
            entry.check()

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes of `[start:stop]`, as Python slices, in chunks of about `CHUNK_BYTES`; nothing before is produced.

        Raises `MissingFile` when called; a file that changes size after that breaks the iteration with it.
        """
        self.check()
        start, stop, _step = slice(start, stop).indices(self.length)
        return _gathered(self._read(start, stop))

    def _read(self, start, stop):
        number = bisect_right(self._starts, start) - 1
        while start < stop:
            piece, offset = self._pieces[number], start - self._starts[number]
            length = piece.size if isinstance(piece, Entry) else len(piece)
            end = min(length, offset + stop - start)
            if isinstance(piece, bytes):
                yield piece[offset:end]
            else:
                yield from piece.read(offset, end)
            start += end - offset
            number += 1


def _gathered(parts):
    """The same bytes in chunks worth sending: a kit's small files and their headers go together."""
    waiting = bytearray()
    for part in parts:
        waiting += part
        if len(waiting) >= CHUNK_BYTES:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


def _refuse_clashes(names):
    # Canonical caseless matching: Unicode 3.13, definition 145.
    seen = {}
    for name in names:
        key = unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
        if key in seen:
            raise RefusedName(f"{name!r} and {seen[key]!r} would be one file")
        seen[key] = name
    for key, name in seen.items():
        while "/" in key:
            key = key.rpartition("/")[0]
            if key in seen:
                raise RefusedName(f"{seen[key]!r} would be a file and the folder of {name!r}")


def manifest(entries: Iterable[Entry]) -> str:
    """One line of SHA-256 and name for each entry, as `sha256sum --check` reads it in the unpacked folder."""
    return "".join(f"{entry.sha256}  {entry.name}\n" for entry in entries)


def archive_response(request, archive: Archive, filename: str):
    """The archive as a download that may be resumed: 200, 206, 304 or 416 (RFC 9110, 13 and 14); whole for a POST.

    Raises `MissingFile` before anything is sent. Says nothing of caching: that is the page's.
    """
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=filename),
        "Content-Length": str(archive.length),
        "Accept-Ranges": "bytes",
        "ETag": archive.etag,
        # A copy of a page: search engines are sent to the page itself.
        "X-Robots-Tag": "noindex",
    }
    whole = HttpResponse(headers=headers)
    conditional = get_conditional_response(request, etag=archive.etag, response=whole)
    if conditional is not whole:
        return conditional
    if request.method == "HEAD":
        archive.check()
        return whole
    asked = _asked_range(request, archive)
    if asked is None:
        chunks, status = archive.chunks(), 200
    elif asked:
        chunks, status = archive.chunks(asked.start, asked.stop), 206
        headers["Content-Length"] = str(len(asked))
        headers["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{archive.length}"
    else:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{archive.length}"})
    if _is_for_the_front_server(request, archive, asked):
        # It gives the bytes, and cuts the range, from the file (deploy/nginx_archives.conf).
        headers["X-Accel-Redirect"] = settings.ACCEL_ARCHIVES + stored_path(archive).name
        headers["Content-Length"] = "0"
        return HttpResponse(status=status, headers=headers)
    # Compressed again, it would lose its length, its strong ETag and so its ranges. `Content-Encoding: identity` would
    # stop Django's GZipMiddleware too, but is reserved to requests (RFC 9110, 12.5.3), and Firefox resumes nothing
    # that has a Content-Encoding: so no coding was asked for, as far as this response is concerned.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    return StreamingHttpResponse(chunks, status=status, headers=headers)


def stored_path(archive) -> Path:
    """Where the whole of it lies for the front server, if it does (`resources/offload.py` writes it)."""
    return settings.VAR_DIR / "archives" / "{}.zip".format(archive.etag.strip('"'))


def is_stored(archive) -> bool:
    try:
        return stored_path(archive).stat().st_size == archive.length
    except OSError:
        return False


def _is_for_the_front_server(request, archive, asked):
    """Whether a front server keeps the whole archive, and understands this request as we do."""
    if not settings.ACCEL_ARCHIVES or not is_stored(archive):
        return False
    # A range that is not followed here it would follow, or refuse; and it knows our ETag too late for these two.
    names = {"If-Match", "If-Unmodified-Since"} | ({"Range"} if asked is None else set())
    return not any(name in request.headers for name in names)


def _asked_range(request, archive) -> range | None:
    """The bytes asked for; empty when out of the archive; None for all of it.

    Whole as well: several ranges, a malformed one, or an `If-Range` that is not this ETag (RFC 9110, 13.1.5 and 14.2).
    """
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if not match or request.method != "GET" or request.headers.get("If-Range", archive.etag) != archive.etag:
        return None
    first, last, suffix = match.groups()
    if suffix:
        return range(max(0, archive.length - int(suffix)), archive.length)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, archive.length) if last else archive.length)
