"""What goes into an archive: the files of resources, in folders one can read, with an index for whoever is offline.

A file is public or the whole archive is refused, before its first byte.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from django.conf import settings
from django.core.cache import cache, caches
from django.db import close_old_connections, connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from home.caching import generation
from home.printing import PressBusy, busy_response, offline_style, press, printed
from home.typography import french

from .archives import Archive, Entry, MissingFile, TooLarge, archive_response, manifest
from .models import ResourceFile, ResourcePage

INDEX_NAME, LICENCE_NAME, MANIFEST_NAME = "LISEZ-MOI.html", "LICENCE.txt", "manifeste-sha256.txt"
# Of a folder and of a file: both, with « 50 - » and « (50) », stay under the 255 bytes of the longest name.
FOLDER_BYTES, FILE_BYTES = 90, 120
# How long the keys of a page's printed files are trusted.
KEPT_SECONDS = 15 * 60


class PrivateFile(Exception):
    """Something in the archive is not, or no longer, for everyone."""


@dataclass(frozen=True)
class Part:
    """One numbered thing of an archive, and its files."""

    number: int
    title: str
    entries: list = field(repr=False)
    comment: str = ""
    page: ResourcePage | None = None


# --- Names ------------------------------------------------------------------------------------------------------------
def safe_name(text: str, limit: int = FOLDER_BYTES) -> str:
    """A text as the name of a file or folder that every system can write, in at most `limit` bytes; never empty."""
    text = unicodedata.normalize("NFC", text.replace("\t", " ").replace("\n", " "))
    text = "".join(" " if unicodedata.category(one) in {"Zl", "Zp", "Zs"} else one for one in text)
    text = "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Cn"})
    text = re.sub(r'\s*[\\/<>:"|?*]\s*', " ", text)
    text = " ".join(text.split())
    text = text.encode()[:limit].decode(errors="ignore").strip(". ")
    if not text or re.fullmatch(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", text, re.IGNORECASE):
        return f"_{text}"
    return text


def safe_filename(name: str, limit: int = FILE_BYTES) -> str:
    """The same, keeping the extension."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not re.fullmatch("[A-Za-z0-9]{1,10}", extension):
        return safe_name(name, limit)
    return f"{safe_name(stem, limit - len(extension) - 1)}.{extension}"


class _Names:
    """Gives each file of a folder a name of its own, on systems that ignore case too."""

    def __init__(self):
        self.taken = set()

    def free(self, name):
        stem, dot, extension = name.rpartition(".") if "." in name else (name, "", "")
        candidate, number = name, 1
        while (key := unicodedata.normalize("NFD", candidate).casefold()) in self.taken:
            number += 1
            candidate = f"{stem} ({number}){dot}{extension}"
        self.taken.add(key)
        return candidate


# --- The files of a resource ------------------------------------------------------------------------------------------
def printed_files(pages) -> dict[int, list[tuple[str, bytes]]]:
    """{primary key: [(filename, bytes)]} of what these pages print. Raises `PressBusy`.

    A page is set again only when something was published since: a range of an archive costs no more than reading.
    """
    prefix = f"printed-{settings.RELEASE}-{generation()}"
    known = cache.get_many([f"{prefix}-{page.pk}" for page in pages])
    contents = caches["printed"].get_many([key for files in known.values() for _name, key in files])
    found, missing = {}, []
    for page in pages:
        files = known.get(f"{prefix}-{page.pk}")
        if files is not None and all(key in contents for _name, key in files):
            found[page.pk] = [(name, contents[key]) for name, key in files]
        else:
            missing.append(page)
    if missing:
        # One archive is printed at a time, and not one file of each.
        with press():
            for page in missing:
                made = _print(page.specific)
                cache.set(f"{prefix}-{page.pk}", [(name, key) for name, key, _content in made], KEPT_SECONDS)
                found[page.pk] = [(name, content) for name, _key, content in made]
    return found


def _print(page):
    return [
        (name, *printed(template, context, name.rsplit(".", 1)[-1]))
        for name in page.printed_names
        for template, context in [page.printing(name)]
    ]


def entries_of(page, folder: str, printed_ones=None) -> list[Entry]:
    """Every file of a resource that anyone may download: printed, then uploaded. Raises `PressBusy`, `MissingFile`."""
    names = _Names()
    files = printed_files([page])[page.pk] if printed_ones is None else printed_ones
    entries = [Entry.from_bytes(f"{folder}/{names.free(safe_filename(name))}", content) for name, content in files]
    rows = page.public_files if hasattr(page, "public_files") else ResourceFile.objects.public().filter(page=page)
    for row in rows:
        document = row.document
        entries.append(document_entry(f"{folder}/{names.free(safe_filename(document.filename))}", document))
    return entries


def document_entry(name, document) -> Entry:
    """Raises `MissingFile` where the file was never read: its sums are unknown, and it is likely not there."""
    try:
        return Entry.from_document(name, document)
    except ValueError as error:
        raise MissingFile(name, error) from error


def _parts(contents) -> list[Part]:
    """Numbered parts of [(resource or document, comment)]."""
    files = printed_files([content for content, _comment in contents if isinstance(content, ResourcePage)])
    parts = []
    for number, (content, comment) in enumerate(contents, 1):
        label = f"{number} - {safe_name(content.title)}"
        if isinstance(content, ResourcePage):
            entries = entries_of(content, label, files[content.pk])
            parts.append(Part(number, content.title, entries, comment, content))
        else:
            extension = f".{content.file_extension}" if content.file_extension else ""
            entry = document_entry(safe_filename(label + extension), content)
            parts.append(Part(number, content.title, [entry], comment))
    return parts


# --- Archives ---------------------------------------------------------------------------------------------------------
def pack(entries, *, title: str, template: str, context: dict, licence: str = "") -> Archive:
    """An index, these entries, the text of the licences if any, and the list of the sums."""
    entries = list(entries)
    html = render_to_string(
        template,
        {
            "title": title,
            "style": offline_style(),
            "site_name": settings.WAGTAIL_SITE_NAME,
            "base_url": settings.BASE_URL,
            "extension": "html",
            "entries": entries,
            "manifest_name": MANIFEST_NAME,
            "licence_name": LICENCE_NAME if licence else "",
            **context,
        },
    )
    html = html.replace('href="/', f'href="{settings.BASE_URL}/')
    whole = [Entry.from_bytes(INDEX_NAME, html.encode()), *entries]
    if licence:
        whole.append(Entry.from_bytes(LICENCE_NAME, licence.encode()))
    return Archive([*whole, Entry.from_bytes(MANIFEST_NAME, manifest(whole).encode())])


def _licences(parts) -> str:
    """Who may do what with each part."""
    lines = [_("Licence de chaque document de cette archive"), ""]
    for part in parts:
        lines.append(f"{part.number}. {part.title}")
        if part.page:
            lines += [
                f"   {_('Éditeur :')} {part.page.publisher or _('non précisé')}",
                f"   {_('Licence :')} {part.page.licence or _('non précisée : demander avant de republier')}",
                f"   {part.page.absolute_url}",
            ]
        else:
            lines.append(f"   {_('Licence :')} {_('non précisée : demander avant de republier')}")
        lines.append("")
    return french("\n".join(lines))


def _archive(contents, *, title, context) -> Archive:
    parts = _parts(contents)
    entries = [entry for part in parts for entry in part.entries]
    return pack(
        entries,
        title=title,
        template="resources/print/pack_index.html",
        context={"parts": parts, "size": sum(entry.size for entry in entries), **context},
        licence=_licences(parts),
    )


def kit_archive(kit) -> Archive:
    """Raises `PrivateFile`, `MissingFile`, `PressBusy`, `TooLarge`."""
    if not kit.is_downloadable:
        raise PrivateFile
    contents = [(content, item.comment) for item, content in kit.parts]
    return _archive(contents, title=kit.title, context={"page": kit, "address": kit.absolute_url})


def selection_archive(pages, notices=()) -> Archive:
    """Of published resources, in this order. Raises `MissingFile`, `PressBusy`, `TooLarge`."""
    contents = [(page, page.summary) for page in pages]
    return _archive(contents, title=_("Ma sélection"), context={"notices": notices, "address": settings.BASE_URL})


def packed_response(request, build, filename):
    """The archive that `build()` gives, or in words why there is none: nothing is sent of one that is not whole."""
    try:
        response = archive_response(request, build(), filename)
        if response.streaming:
            response.streaming_content = _without_database(response.streaming_content)
        return response
    except PressBusy:
        return busy_response()
    except PrivateFile:
        return _said(_("Une pièce de cette archive n’est pas publique : l’archive n’est pas donnée."), 403)
    except MissingFile:
        response = _said(
            _("Un fichier de cette archive manque sur le serveur. Réessayez plus tard, ou signalez-le."), 503
        )
        response["Retry-After"] = "600"
        return response
    except TooLarge:
        return _said(_("Cette archive serait trop grande. Téléchargez ses documents un par un."), 403)


def _without_database(chunks):
    """The connection goes back before the first byte: a pool has fewer than there are slow downloads."""
    # Within a transaction, which is a test's, it is still needed.
    if not connection.in_atomic_block:
        close_old_connections()
    yield from chunks


def _said(text, status):
    response = HttpResponse(french(text), content_type="text/plain; charset=utf-8", status=status)
    response["Cache-Control"] = "no-store"
    return response
