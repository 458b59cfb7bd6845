"""Where files are made: WeasyPrint draws PDFs with `reference/document.css`, pandoc writes ODT and DOCX with the styles of
`reference/reference.odt` and `.docx`. Nothing here depends on the day, the machine or the process.
"""

import subprocess
from functools import lru_cache

import pypandoc
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from .printing import REFERENCE_DIR

PANDOC_SECONDS = 40


def draw_pdf(html: str, identifier: bytes) -> bytes:
    """A PDF/UA-1 file, tagged; `identifier` (16 bytes or more) takes the place of a random one."""
    return _write(_lay_out(html), identifier)


def draw_together(documents: list[str], identifier: bytes) -> bytes:
    """One PDF/UA-1 file of several documents, in order; the first gives its title and language."""
    laid_out = [_lay_out(html) for html in documents]
    return _write(laid_out[0].copy([page for document in laid_out for page in document.pages]), identifier)


def _lay_out(html):
    document = weasyprint.HTML(string=html, url_fetcher=NoFetching(), base_url="file:///")
    return document.render(stylesheets=[_stylesheet()], font_config=_fonts())


def _write(document, identifier):
    return document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier[:16])


class NoFetching(URLFetcher):
    """Inline images only: what is printed never makes a request nor reads the disk."""

    def fetch(self, url, headers=None):
        if url.startswith("data:"):
            return super().fetch(url, headers)
        raise ValueError(f"Not fetched for printing: {url[:80]}")


def write_office_file(html: str, extension: str) -> bytes:
    """An `odt` or `docx` file. Raises `subprocess.SubprocessError` when pandoc fails or takes too long."""
    # Through its standard output: what a visitor typed for a letter is never written on the disk.
    run = subprocess.run(
        [
            pypandoc.get_pandoc_path(),
            "--sandbox",
            "--from=html-smart",
            f"--to={extension}",
            f"--reference-doc={REFERENCE_DIR / f'reference.{extension}'}",
            "--metadata=lang:fr-FR",
            # The title comes from <title>: what follows begins one level higher.
            "--shift-heading-level-by=-1",
            "--output=-",
        ],
        input=html.encode(),
        # The dates inside the archive: without it two runs would differ.
        env={"SOURCE_DATE_EPOCH": "1577836800", "LC_ALL": "C.UTF-8"},
        timeout=PANDOC_SECONDS,
        check=True,
        capture_output=True,
    )
    return run.stdout


@lru_cache
def _stylesheet():
    return weasyprint.CSS(filename=REFERENCE_DIR / "document.css", font_config=_fonts())


@lru_cache
def _fonts():
    return FontConfiguration()
