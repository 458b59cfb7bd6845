"""Search that finds the same things on SQLite and PostgreSQL, typed with or without accents.

The text of a page is folded (accents and ligatures off, lower case) and stemmed in French before it is indexed; what a
visitor types goes through the same function. Neither database has to know French.
"""

import re
from functools import lru_cache

import snowballstemmer
from anyascii import anyascii
from django.utils.html import strip_tags
from wagtail.search import index
from wagtail.search.query import Or, PlainText

_stemmer = snowballstemmer.stemmer("french")
_WORD = re.compile(r"[a-z0-9]+")
# Words that carry no meaning in a query; folded like everything else.
_STOP_WORDS = frozenset(
    [
        "a",
        "au",
        "aux",
        "avec",
        "ce",
        "ces",
        "cette",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "elle",
        "en",
        "est",
        "et",
        "il",
        "ils",
        "je",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "leurs",
        "ma",
        "mes",
        "mon",
        "n",
        "ne",
        "nos",
        "notre",
        "nous",
        "on",
        "ou",
        "par",
        "pas",
        "pour",
        "qu",
        "que",
        "qui",
        "quoi",
        "s",
        "sa",
        "se",
        "ses",
        "si",
        "son",
        "sont",
        "sur",
        "ta",
        "te",
        "tes",
        "ton",
        "tu",
        "un",
        "une",
        "vos",
        "votre",
        "vous",
        "y",
    ]
)
# A visitor's query is cut here: nobody types more, and robots do.
MAX_QUERY_WORDS = 12


def fold(text: str) -> str:
    """Lower case without accents or ligatures: « Œting, Éole » → `oeting, eole`."""
    # The middle dot of inclusive writing joins: « résident·e » is read as « résidente », and found as « résident ».
    return anyascii(text.replace("·", "").replace("\x00", " ")).lower()


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    # Plural and feminine first: without its accent, the stemmer does not know that « isolées » is « isolé », nor that
    # « vélos » is « vélo ».
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 4 and word.endswith("ee"):
        word = word[:-1]
    return _stemmer.stemWord(word)


def stems(text: str) -> list[str]:
    """The stems of a text, in its order, without the words that carry no meaning."""
    return [_stem(word) for word in _WORD.findall(fold(text)) if word not in _STOP_WORDS]


def index_text(value: str) -> str:
    """What is put in the index for a text: folded words (for the admin's prefix search), and their stems."""
    plain = strip_tags(value.replace("<", " <"))
    return f"{' '.join(_WORD.findall(fold(plain)))} {' '.join(stems(plain))}"


class FoldedSearchField(index.SearchField):
    """A search field whose value is folded and stemmed."""

    def get_value(self, obj):
        return index_text(str(super().get_value(obj) or ""))


class FoldedAutocompleteField(index.AutocompleteField):
    """For the admin's search as one types, with or without accents."""

    def get_value(self, obj):
        value = str(super().get_value(obj) or "")
        return f"{value} {fold(value)}"


def words_of(text: str) -> list[str]:
    """The stems of a query, each once, and no more than a person types."""
    return list(dict.fromkeys(stems(text)))[:MAX_QUERY_WORDS]


def in_title(title: str, text: str, *, any_word: bool = False) -> bool:
    """Whether a title has all the words of a query (or any). The databases do not agree on searching one field alone."""
    words, found = words_of(text), set(stems(title))
    return any(word in found for word in words) if any_word else found.issuperset(words)


def matching(queryset, text: str, *, any_word: bool = False):
    """The rows of `queryset` that contain all the words of `text` (or any of them), unordered; all of it for no word.

    The answer is a lazy queryset that can be filtered, counted and sliced further, in one query.
    """
    words = words_of(text)
    if not words:
        return queryset
    query = Or([PlainText(word) for word in words]) if any_word and len(words) > 1 else PlainText(" ".join(words))
    found = queryset.model._default_manager.all().search(query, order_by_relevance=False)
    return queryset.filter(pk__in=found.get_queryset().order_by().values("pk"))
