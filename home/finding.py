"""The site's search page: pages, communes, and a way on when nothing is found."""

from functools import cached_property
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from rapidfuzz import process
from rapidfuzz.distance import OSA
from wagtail.models import Page

from territory.lookup import find_communes

from .caching import remembered
from .models import BasePage
from .models.base import published
from .pagination import PageLinks
from .search import fold, in_title, matching, stems

MAX_TEXT = 200
PER_PAGE = 15


class SiteSearch(PageLinks):
    """What was typed, and what answers it: all the words first, else any of them, else a likely spelling."""

    def __init__(self, request):
        self.request = request
        given = request.GET.get("q", "").replace("\x00", " ").strip()
        self.text = given[:MAX_TEXT]
        self.is_cut = len(given) > MAX_TEXT

    @property
    def title(self):
        return _("Recherche : %s") % self.text if self.text else _("Recherche")

    @cached_property
    def pages(self):
        """Visible pages, as their own type."""
        return published(Page.objects.exclude(depth__lte=1))

    @cached_property
    def way(self) -> str:
        """How the answer was found: `all` words, `any` word, `spelling` corrected, or `none`."""
        if not stems(self.text):
            return "none"
        if matching(self.pages, self.text).exists():
            return "all"
        if self.corrected:
            return "spelling"
        if len(stems(self.text)) > 1 and matching(self.pages, self.text, any_word=True).exists():
            return "any"
        return "none"

    @cached_property
    def corrected(self) -> str:
        """The same query with each unknown word replaced by the nearest one of the site; empty if that finds nothing."""
        words = remembered(self.request, "search-words", self._site_words)
        corrected = []
        for word in fold(self.text).split():
            if word in words or len(word) < 4:
                corrected.append(word)
                continue
            best = process.extractOne(word, words.keys(), scorer=OSA.distance, score_cutoff=1 if len(word) < 6 else 2)
            corrected.append(words[best[0]] if best else word)
        text = " ".join(corrected)
        if fold(text) == fold(self.text) or not matching(self.pages, text).exists():
            return ""
        return text

    @staticmethod
    def _site_words() -> dict[str, str]:
        """{folded word: word as written} of titles and summaries."""
        words = {}
        for model in BasePage.__subclasses__():
            for title, summary in model.objects.published().values_list("title", "summary"):
                for word in f"{title} {summary}".replace("’", " ").replace("'", " ").split():
                    cleaned = word.strip('.,;:!?«»()–—"“”').lower()
                    if len(cleaned) > 3:
                        words.setdefault(fold(cleaned), cleaned)
        return words

    @cached_property
    def results(self) -> list[int]:
        """Primary keys: titles that match first; then what the site puts first (a measure before its examples), the latest."""
        if self.way == "none":
            return []
        text, any_word = self.corrected if self.way == "spelling" else self.text, self.way == "any"
        first = {
            ContentType.objects.get_for_model(model).pk for model in BasePage.__subclasses__() if model.found_first
        }
        rows = matching(self.pages, text, any_word=any_word).order_by("-last_published_at", "pk")
        summaries = remembered(self.request, "first-summaries", self._first_summaries)

        def rank(row):
            pk, title, kind, path = row
            titled = in_title(title, text, any_word=any_word)
            if kind not in first:
                return not titled, True, False, ""
            # Those are few: a word of the summary counts more than one of the text, then the order of the tree.
            return not titled, False, not in_title(summaries.get(pk, ""), text, any_word=any_word), path

        ranked = sorted(rows.values_list("pk", "title", "content_type_id", "path"), key=rank)
        return [row[0] for row in ranked]

    @staticmethod
    def _first_summaries() -> dict[int, str]:
        models = (model for model in BasePage.__subclasses__() if model.found_first)
        return {pk: summary for model in models for pk, summary in model.objects.values_list("pk", "summary")}

    @cached_property
    def page(self):
        return Paginator(self.results, PER_PAGE).get_page(self.request.GET.get("page", "1")[:9])

    @cached_property
    def items(self):
        """This page of results as their own types, in one query a type."""
        order = {pk: place for place, pk in enumerate(self.page.object_list)}
        return sorted(Page.objects.filter(pk__in=order).specific(), key=lambda one: order[one.pk])

    @cached_property
    def communes(self):
        """Those whose name begins as typed; a likely spelling of one only where no page answers."""
        found = find_communes(self.text, limit=4) if self.text else []
        if self.way == "none":
            return found
        typed = fold(self.text)
        return [one for one in found if one.exact or fold(one.name).startswith(typed)]

    def page_query(self, number):
        return urlencode({"q": self.text, "page": number})
