"""From one template to PDF (PDF/UA), ODT and DOCX: the same bytes for the same content, on any machine, on any day.

The template gives plain HTML. WeasyPrint draws the PDF with `reference/document.css`; pandoc writes the office files with
the styles of `reference/reference.odt` and `.docx`. What is printed once is kept by a key of its content.
"""

import hashlib
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pypandoc
import weasyprint
from django.conf import settings
from django.core.cache import caches
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from .typography import NARROW, NBSP

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
REFERENCE_DIR = Path(__file__).parent / "reference"
PANDOC_SECONDS = 40
# How long a visitor waits for another's file to be printed by the same process before being asked to come back.
WAIT_SECONDS = 20
# Printing takes memory and a core: one at a time per process.
_press = threading.Lock()


class PressBusy(Exception):
    """Another file is being printed by this process, and takes long."""


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
        response = HttpResponse(
            _("Un autre document est en cours de fabrication. Réessayez dans quelques secondes."),
            content_type="text/plain; charset=utf-8",
            status=503,
        )
        response["Retry-After"] = "10"
        return response
    response = HttpResponse(content, content_type=CONTENT_TYPES[extension])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    response["ETag"] = f'"{key}"'
    # A copy of a page: search engines are sent to the page itself.
    response["X-Robots-Tag"] = "noindex"
    return response


def printed(template: str, context: dict, extension: str) -> tuple[str, bytes]:
    """Render `template` as a file; return the key of its content, and its bytes. Raises `PressBusy`."""
    # The fonts of the office suites and of the PDF have no narrow non-breaking space.
    html = render_to_string(
        template, {**context, "extension": extension, "site_name": settings.WAGTAIL_SITE_NAME}
    ).replace(NARROW, NBSP)
    digest = hashlib.sha256(f"{extension}\n{_tools_digest()}\n{html}".encode())
    key = digest.hexdigest()[:40]
    cache = caches["printed"]
    content = cache.get(key)
    if content is None:
        if not _press.acquire(timeout=WAIT_SECONDS):
            raise PressBusy
        try:
            content = _pdf(html, digest.digest()) if extension == "pdf" else _office_file(html, extension)
        finally:
            _press.release()
        cache.set(key, content)
    return key, content


def _pdf(html, identifier):
    document = weasyprint.HTML(string=html, url_fetcher=_NoFetching(), base_url="file:///")
    return document.write_pdf(
        stylesheets=[_stylesheet()],
        font_config=_fonts(),
        pdf_variant="pdf/ua-1",
        pdf_identifier=identifier[:16],
    )


class _NoFetching(URLFetcher):
    """Inline images only: what is printed never makes a request nor reads the disk."""

    def fetch(self, url, headers=None):
        if url.startswith("data:"):
            return super().fetch(url, headers)
        raise ValueError(f"Not fetched for printing: {url[:80]}")


def _office_file(html, extension):
    with tempfile.TemporaryDirectory(prefix="egm-print-") as folder:
        output = Path(folder) / f"document.{extension}"
        subprocess.run(
            [
                pypandoc.get_pandoc_path(),
                "--sandbox",
                "--from=html-smart",
                f"--to={extension}",
                f"--reference-doc={REFERENCE_DIR / f'reference.{extension}'}",
                "--metadata=lang:fr-FR",
                # The title comes from <title>: what follows begins one level higher.
                "--shift-heading-level-by=-1",
                f"--output={output}",
            ],
            input=html.encode(),
            # The dates inside the archive: without it two runs would differ.
            env={"SOURCE_DATE_EPOCH": "1577836800", "LC_ALL": "C.UTF-8"},
            timeout=PANDOC_SECONDS,
            check=True,
            capture_output=True,
        )
        return output.read_bytes()


@lru_cache
def _stylesheet():
    return weasyprint.CSS(filename=REFERENCE_DIR / "document.css", font_config=_fonts())


@lru_cache
def _fonts():
    return FontConfiguration()


@lru_cache
def _tools_digest() -> str:
    """Changes when a tool, a style or a font does, so that nothing printed with the former is served."""
    digest = hashlib.sha256(f"{weasyprint.__version__} {pypandoc.__version__}".encode())
    for path in sorted(path for path in REFERENCE_DIR.rglob("*") if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()
