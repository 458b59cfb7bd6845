"""Where files are made: WeasyPrint draws PDFs with `reference/document.css`, pandoc writes ODT and DOCX with the styles of
`reference/reference.odt` and `.docx`. Nothing here depends on the day, the machine or the process.
"""

import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import pypandoc
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from .printing import REFERENCE_DIR

PANDOC_SECONDS = 40


def draw_pdf(html: str, identifier: bytes) -> bytes:
    """A PDF/UA-1 file, tagged; `identifier` (16 bytes or more) takes the place of a random one."""
    document = weasyprint.HTML(string=html, url_fetcher=NoFetching(), base_url="file:///")
    return document.write_pdf(
        stylesheets=[_stylesheet()],
        font_config=_fonts(),
        pdf_variant="pdf/ua-1",
        pdf_identifier=identifier[:16],
    )


class NoFetching(URLFetcher):
    """Inline images only: what is printed never makes a request nor reads the disk."""

    def fetch(self, url, headers=None):
        if url.startswith("data:"):
            return super().fetch(url, headers)
        raise ValueError(f"Not fetched for printing: {url[:80]}")


def write_office_file(html: str, extension: str) -> bytes:
    """An `odt` or `docx` file. Raises `subprocess.SubprocessError` when pandoc fails or takes too long."""
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
