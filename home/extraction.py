"""The text inside uploaded files, so that search finds it. Bounded, and silent about files it cannot read."""

import logging
import re
import zipfile

from defusedxml import ElementTree
from pypdf import PdfReader

logger = logging.getLogger(__name__)
MAX_CHARACTERS = 400_000
MAX_PAGES = 300
# An office file is a ZIP: what its text part may weigh once unpacked.
MAX_XML_BYTES = 30_000_000
_XML_PARTS = {"odt": "content.xml", "ods": "content.xml", "docx": "word/document.xml"}


def text_of(file, extension: str) -> str:
    """Text of an open PDF, ODT, ODS, DOCX, CSV or TXT file; empty when there is none or it cannot be read."""
    extension = extension.lower()
    file.seek(0)
    try:
        if extension == "pdf":
            text = _pdf_text(file)
        elif extension in _XML_PARTS:
            text = _office_text(file, _XML_PARTS[extension])
        elif extension in ("txt", "csv"):
            text = file.read(MAX_CHARACTERS * 4).decode("utf-8", "replace")
        else:
            return ""
    except Exception:
        # Any malformed upload: it stays downloadable, only not searchable inside.
        logger.info("No text could be read from %s", getattr(file, "name", "a file"), exc_info=True)
        return ""
    return re.sub(r"\s+", " ", text.replace("\x00", " "))[:MAX_CHARACTERS].strip()


def _pdf_text(file):
    pieces, length = [], 0
    for page in PdfReader(file).pages[:MAX_PAGES]:
        piece = page.extract_text()
        pieces.append(piece)
        length += len(piece)
        if length > MAX_CHARACTERS:
            break
    return " ".join(pieces)


def _office_text(file, part):
    with zipfile.ZipFile(file) as archive:
        if archive.getinfo(part).file_size > MAX_XML_BYTES:
            return ""
        with archive.open(part) as stream:
            source = stream.read(MAX_XML_BYTES + 1)
    if len(source) > MAX_XML_BYTES:
        return ""
    elements = ElementTree.fromstring(source).iter()
    return " ".join("".join(element.itertext()) for element in elements if element.tag.rsplit("}", 1)[-1] in ("p", "h"))
