"""Names of places as people type them, brought to one spelling."""

import re

from anyascii import anyascii

_SHORT_SOUS = re.compile(r"\bs\s?/\s?s\b", re.IGNORECASE)
_SHORT_SUR = re.compile(r"\bs\s?/|/\s?s\b|/", re.IGNORECASE)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def fold_name(text: str) -> str:
    """Lower case words of ASCII letters and digits, one space between.

    « L’Haÿ-les-Roses » → `l hay les roses`; « St Rémy s/s Œting » → `saint remy sous oeting`.
    """
    if "/" in text:
        text = _SHORT_SUR.sub(" sur ", _SHORT_SOUS.sub(" sous ", text))
    words = _NOT_WORD.sub(" ", anyascii(text).lower()).split()
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)
