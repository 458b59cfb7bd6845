"""French typography, applied when text is printed: editors type ordinary spaces, readers see the right ones."""

import re

NBSP = "\u00a0"
NARROW = "\u202f"

# Outside tags and entities only: an attribute such as `style="a: b"` or `&amp;` must stay as it is.
_TAG = re.compile(r"(<[^>]*>|&[#\w]+;)")
_RULES = [
    (re.compile(r"[ \u00a0]+([;!?])"), NARROW + r"\1"),
    (re.compile(r"[ \u00a0]+:(?=\s|$)"), NBSP + ":"),
    (re.compile(r"«[ \u00a0]*"), "«" + NBSP),
    (re.compile(r"[ \u00a0]*»"), NBSP + "»"),
    (re.compile(r"(?<=\d)[ \u00a0](?=\d{3}\b)"), NARROW),
    (re.compile(r"(?<=\d)[ \u00a0](?=(?:€|%|M€|km|h|kg)(?:\W|$))"), NBSP),
    (re.compile(r"(?<=\bn°) (?=\d)"), NBSP),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
]


def french(text: str) -> str:
    """Non-breaking spaces before `: ; ! ?`, inside « », in numbers and before units; real apostrophes. Keeps markup."""
    pieces = _TAG.split(text)
    for index in range(0, len(pieces), 2):
        piece = pieces[index]
        for pattern, replacement in _RULES:
            piece = pattern.sub(replacement, piece)
        pieces[index] = piece
    return "".join(pieces)


def french_number(value) -> str:
    """34963 → « 34 963 », with thin non-breaking spaces."""
    return f"{value:,}".replace(",", NARROW)
