"""From one template to PDF (PDF/UA), ODT and DOCX: the same bytes for the same content, on any machine, on any day.

The template gives plain HTML, `press.py` makes a file of it. What is printed once is kept by a key of its content.
"""

import hashlib
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from .typography import NARROW, NBSP

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
REFERENCE_DIR = Path(__file__).parent / "reference"
# How long a visitor waits for another's file to be printed by the same process before being asked to come back.
WAIT_SECONDS = 20
# Printing takes memory and a core: one at a time per process. Who holds it may print again: a dossier is many files.
_press = threading.RLock()
KEPT_SECONDS = 60 * 60 * 24 * 90
# What is made for one commune on one day is not asked for again much later.
KEPT_A_DAY = 60 * 60 * 24


class PressBusy(Exception):
    """Another file is being printed by this process, and takes long."""


@contextmanager
def press():
    """The press of this process, for as long as several files are made. Raises `PressBusy`."""
    if not _press.acquire(timeout=WAIT_SECONDS):
        raise PressBusy
    try:
        yield
    finally:
        _press.release()


@dataclass(frozen=True)
class FileFormat:
    """One downloadable format of a document. `size` in bytes, None when it is printed on demand."""

    filename: str
    url: str
    size: int | None = None

    @property
    def extension(self):
        return self.filename.rsplit(".", 1)[-1].lower()

    @property
    def name(self):
        return "PDF A3" if self.filename.endswith(".a3.pdf") else self.extension.upper()


class PrintedPage:
    """Mixin for a page that is also given as files: beside its address, under the names of `printed_names`."""

    printed_names = ()

    def printing(self, filename: str) -> tuple[str, dict]:
        """The template that prints this file, and its context."""
        raise NotImplementedError

    @property
    def printed_formats(self) -> list[FileFormat]:
        return [FileFormat(name, f"{self.url}{name}") for name in self.printed_names]

    def serve_file(self, request, filename):
        if filename not in self.printed_names:
            raise Http404(f"This page has no file {filename}")
        template, context = self.printing(filename)
        return file_response(request, template, context, filename)


def file_response(request, template, context, filename):
    """The printed file as an attachment with a strong validator; 503 while the press is busy."""
    extension = filename.rsplit(".", 1)[-1]
    try:
        key, content = printed(template, context, extension)
    except PressBusy:
        return busy_response()
    response = HttpResponse(content, content_type=CONTENT_TYPES[extension])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    response["ETag"] = f'"{key}"'
    # A copy of a page: search engines are sent to the page itself.
    response["X-Robots-Tag"] = "noindex"
    return response


def busy_response():
    """503 in words: what costs a core is made one at a time."""
    response = HttpResponse(
        _("Un autre document est en cours de fabrication. Réessayez dans quelques secondes."),
        content_type="text/plain; charset=utf-8",
        status=503,
    )
    response["Retry-After"] = "10"
    return response


@dataclass(frozen=True)
class Proof:
    """A document set as HTML, ready to be printed in one format. `digest` stands for all that its bytes depend on."""

    html: str
    extension: str
    digest: bytes

    @property
    def key(self) -> str:
        return self.digest.hex()[:40]


def set_proof(template: str, context: dict, extension: str) -> Proof:
    """The HTML that the press takes for a format, with the digest of its content and of the tools."""
    # The fonts of the office suites and of the PDF have no narrow non-breaking space.
    html = render_to_string(
        template,
        {
            "style": offline_style(),
            **context,
            "extension": extension,
            "site_name": settings.WAGTAIL_SITE_NAME,
        },
    ).replace(NARROW, NBSP)
    # On paper and in a file there is no site around: its addresses are given whole.
    html = html.replace('href="/', f'href="{settings.BASE_URL}/')
    digest = hashlib.sha256(f"{extension}\n{_tools_digest()}\n{html}".encode()).digest()
    return Proof(html, extension, digest)


def printed(template: str, context: dict, extension: str, *, seconds: int = KEPT_SECONDS) -> tuple[str, bytes]:
    """Render `template` as a file; return the key of its content, and its bytes. Raises `PressBusy`."""
    proof = set_proof(template, context, extension)
    return proof.key, print_proof(proof, seconds=seconds)


def print_proof(proof: Proof, *, seconds: int = KEPT_SECONDS) -> bytes:
    """The file of a proof, kept for so many seconds; with none, kept nowhere: for what a visitor typed.

    Raises `PressBusy`.
    """
    cache = caches["printed"]
    content = cache.get(proof.key) if seconds else None
    if content is None:
        with press():
            # Half a second and 40 MB that only a process that prints should spend.
            from .press import draw_pdf, write_office_file

            is_pdf = proof.extension == "pdf"
            content = draw_pdf(proof.html, proof.digest) if is_pdf else write_office_file(proof.html, proof.extension)
        if seconds:
            cache.set(proof.key, content, seconds)
    return content


def printed_together(proofs: list[Proof], *, seconds: int = KEPT_SECONDS) -> tuple[str, bytes]:
    """One PDF of several documents, each with its own page numbers; kept as `printed` says. Raises `PressBusy`."""
    digest = hashlib.sha256(b"".join(proof.digest for proof in proofs)).digest()
    key = digest.hex()[:40]
    cache = caches["printed"]
    content = cache.get(key) if seconds else None
    if content is None:
        with press():
            from .press import draw_together

            content = draw_together([proof.html for proof in proofs], digest)
        if seconds:
            cache.set(key, content, seconds)
    return key, content


@lru_cache
def offline_style():
    """The style element of a file that is read without a network."""
    return format_html("<style>{}</style>", (REFERENCE_DIR / "offline.css").read_text())


@lru_cache
def _tools_digest() -> str:
    """Changes when a tool, a style or a font does, so that nothing printed with the former is served."""
    digest = hashlib.sha256(f"{version('weasyprint')} {version('pypandoc_binary')}".encode())
    for path in sorted(path for path in REFERENCE_DIR.rglob("*") if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()
