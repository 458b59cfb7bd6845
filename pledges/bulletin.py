"""The bulletin d'engagement on paper: two A4 pages, the same for every list, with or without its commune."""

from urllib.parse import urlencode

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from resources.merging import typographic, with_a
from resources.models import MeasurePage

TEMPLATE = "pledges/print/bulletin.html"
# Medium correction: readable with one seventh of it stained or folded (ISO/IEC 18004). Border: the four modules of quiet zone.
_QR = {"error": "m", "micro": False, "boost_error": False}
_BORDER = 4


def bulletin_context(page, *, commune=None, measures=None) -> dict:
    """What `TEMPLATE` prints. `page` is the `PledgeIndexPage`, `measures` its measure pages (the published ones by default)."""
    address = signing_address(commune)
    return {
        "page": page,
        "title": bulletin_title(commune),
        "measures": published_measures() if measures is None else list(measures),
        "commune": commune,
        "at_commune": with_a(commune.name) if commune else "",
        "signing_address": address,
        "qr_svg": qr_svg(address),
        "qr_png": qr_png(address),
    }


def bulletin_title(commune=None) -> str:
    title = _("Bulletin d’engagement")
    return f"{title} — {typographic(commune.name)}" if commune else title


def published_measures() -> list[MeasurePage]:
    return list(MeasurePage.objects.published().select_related("measure").order_by("measure__number"))


def signing_address(commune=None) -> str:
    """The whole address that the QR code opens; it carries the commune's code, and nothing about anyone."""
    query = "?" + urlencode({"commune": commune.pk}) if commune else ""
    return settings.BASE_URL + reverse("pledge_sign") + query


def qr_svg(address: str) -> str:
    """A QR code as a `data:` address, drawn: for PDF."""
    return segno.make(address, **_QR).svg_data_uri(scale=4, border=_BORDER, dark="#000", light="#fff")


def qr_png(address: str) -> str:
    """The same in points, 300 an inch: for the office files, which take no drawing. About 35 mm wide."""
    return segno.make(address, **_QR).png_data_uri(scale=10, border=_BORDER, dpi=300)
