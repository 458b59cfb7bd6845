from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.models import Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet

from ..forms import BasePageCopyForm, BasePageForm
from ..search import FoldedAutocompleteField, FoldedSearchField


def published(pages):
    """Those that anyone may see: live, and not below a page kept private. In the same query (`public()` takes another)."""
    path = ExpressionWrapper(OuterRef("path"), output_field=models.CharField())
    private = PageViewRestriction.objects.annotate(path=path).filter(path__startswith=F("page__path"))
    return pages.filter(~Exists(private), live=True)


class PublishedQuerySet(PageQuerySet):
    def published(self):
        return published(self)


class BasePage(Page):
    """What every page of the site shares: how it is listed, shared and found."""

    summary = models.TextField(
        _("résumé"),
        max_length=300,
        blank=True,
        help_text=_("Une ou deux phrases. Elles paraissent dans les listes, les moteurs de recherche et les partages."),
    )
    social_image = models.ForeignKey(
        "home.CustomImage",
        verbose_name=_("image de partage"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Montrée quand la page est partagée. Sans elle, l’image du site est utilisée."),
    )

    # Slugs that Django serves itself at this place of the tree, and that a child page may not take.
    reserved_child_slugs = frozenset()
    # The one of them at which pages of this type stand themselves.
    own_slug = ""
    # schema.org type of the page; a subclass may give a richer description through `json_ld`.
    schema_type = "WebPage"
    # Whether search results put these pages before the others that match as well.
    found_first = False
    # How the page is called in search results and lists.
    kind_label = _("Page")

    search_fields = [
        *Page.search_fields,
        FoldedSearchField("title"),
        FoldedAutocompleteField("title"),
        FoldedSearchField("summary"),
    ]

    base_form_class = BasePageForm
    copy_form_class = BasePageCopyForm
    content_panels = [*Page.content_panels, FieldPanel("summary")]
    promote_panels = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("show_in_menus")],
            heading=_("Adresse et menu"),
            help_text=_("Changer l’adresse garde l’ancienne : elle redirige vers la nouvelle."),
        ),
        MultiFieldPanel(
            [FieldPanel("seo_title"), FieldPanel("search_description"), FieldPanel("social_image")],
            heading=_("Moteurs de recherche et partages"),
        ),
    ]

    objects = PageManager.from_queryset(PublishedQuerySet)()

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        # Known as soon as the page has a place in the tree, before its first save: `add_child` gives it one.
        parent = self.get_parent() if self.path else None
        if parent is not None:
            self.refuse_reserved_slug(parent)

    def refuse_reserved_slug(self, parent):
        """Raise a `ValidationError` where the site itself answers at this address."""
        if self.slug and self.slug == self.own_slug:
            return
        if self.slug in getattr(parent.specific_class, "reserved_child_slugs", ()):
            message = _("L’adresse « %(slug)s » est déjà celle d’une page du site : en choisir une autre.")
            raise ValidationError({"slug": message % {"slug": self.slug}})

    @property
    def sharing_description(self):
        return self.search_description or self.summary

    @property
    def absolute_url(self):
        return settings.BASE_URL + (self.url or "")

    def json_ld(self) -> dict:
        """The page as schema.org data."""
        data = {
            "@context": "https://schema.org",
            "@type": self.schema_type,
            "name": self.title,
            "url": self.absolute_url,
            "inLanguage": "fr",
        }
        if self.sharing_description:
            data["description"] = self.sharing_description
        if self.first_published_at:
            data["datePublished"] = self.first_published_at.date().isoformat()
        if self.last_published_at:
            data["dateModified"] = self.last_published_at.date().isoformat()
        return data

    def get_sitemap_urls(self, request=None):
        return [{"location": self.absolute_url, "lastmod": self.last_published_at or self.latest_revision_created_at}]


def notice(text):
    """A reminder for editors on top of a page's form."""
    return HelpPanel(content=f"<p>{text}</p>")
