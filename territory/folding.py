"""Names of places as people type them, brought to one spelling."""

import re
from collections.abc import Iterable

from anyascii import anyascii

_NOT_TEXT = re.compile(r"[^\w\s'’./()-]+")
_SHORT_SOUS = re.compile(r"\bs\s?/\s?s\b", re.IGNORECASE)
_SHORT_SUR = re.compile(r"\bs\s?/|/\s?s\b|/", re.IGNORECASE)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}

ARTICLES = frozenset(("l", "le", "la", "les"))
# Words that people leave out, or take for one another, inside a name: « Ivry Seine », « Vaulx lès Velin ».
SMALL_WORDS = ARTICLES | frozenset(["a", "au", "aux", "d", "de", "des", "du", "en", "et", "lez", "s", "sous", "sur"])

# French spelling → sound, in this order, on folded words. Not phonetics: it brings mistakes together.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"gn", "ni"),
        (r"qu|q", "k"),
        (r"[cs]ch|ch", "x"),
        (r"h", ""),
        (r"eaux?|aux?", "o"),
        (r"y", "i"),
        (r"c(?=[ei])", "s"),
        (r"c", "k"),
        (r"z", "s"),
        (r"ai|ei", "e"),
        (r"m(?=[pb])", "n"),
        (r"en", "an"),
        (r"(.)\1+", r"\1"),
        (r"(?<=..)(?:e?s|[etdxp])\b", ""),
    )
]


def fold_name(text: str) -> str:
    """Lower case words of ASCII letters and digits, one space between.

    « L’Haÿ-les-Roses » → `l hay les roses`; « St Rémy s/s Œting » → `saint remy sous oeting`.
    """
    if "/" in text:
        text = _SHORT_SUR.sub(" sur ", _SHORT_SOUS.sub(" sous ", text))
    words = _NOT_WORD.sub(" ", anyascii(_NOT_TEXT.sub(" ", text)).lower()).split()
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)


def fold_aloud(text: str) -> str:
    """As `fold_name`, with ç as it is said."""
    return fold_name(text.replace("ç", "ss").replace("Ç", "ss"))


def sound(text: str) -> str:
    """What a name sounds like, in one word: « Briançon » and « Briansson » → `brianson`."""
    return sounds_of([fold_aloud(text)])[0]


def sounds_of(folded: Iterable[str]) -> list[str]:
    """What each folded name sounds like: all in one text, one a line, which no pattern crosses."""
    lines = "".join(f"{one}\n" for one in folded)
    for pattern, replacement in _SOUNDS:
        lines = pattern.sub(replacement, lines)
    return lines.replace(" ", "").splitlines()


def without_article(words: list[str]) -> list[str]:
    """`le havre` → `havre`; a name that is an article only is left alone."""
    return words[1:] if len(words) > 1 and words[0] in ARTICLES else words
