"""The documents of an assembly: its own, below its page, and in the national lists."""

from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from home.models import BasePage

from .library import ResourcePage


class LocalLibraryPage(BasePage):
    """`/assemblees/<assembly>/ressources/`: what an assembly wrote or adapted."""

    intro = models.TextField(_("introduction"), blank=True)

    own_slug = "ressources"
    parent_page_types = ["assemblies.AssemblyPage"]
    subpage_types = ["resources.ResourcePage", "resources.LetterPage"]
    max_count_per_parent = 1
    kind_label = _("Ressources d’une assemblée")
    schema_type = "CollectionPage"
    # Without what copies the title to the address, which stays.
    content_panels = [FieldPanel("title"), FieldPanel("summary"), FieldPanel("intro")]
    promote_panels = [
        MultiFieldPanel(
            [FieldPanel("seo_title"), FieldPanel("search_description"), FieldPanel("social_image")],
            heading=_("Moteurs de recherche et partages"),
        ),
    ]

    class Meta:
        verbose_name = _("ressources d’une assemblée")
        verbose_name_plural = _("ressources des assemblées")

    def full_clean(self, *args, **kwargs):
        self.slug = self.own_slug
        super().full_clean(*args, **kwargs)

    def route(self, request, path_components):
        """It is made with the assembly, whose page may still be a draft, or be one again: nobody comes here meanwhile."""
        if not self.get_parent().live:
            raise Http404("The page of the assembly is not published")
        return super().route(request, path_components)

    def get_sitemap_urls(self, request=None):
        return super().get_sitemap_urls(request) if self.get_parent().live else []

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["resources"] = ResourcePage.objects.current().child_of(self).for_listing()
        return context


def make_local_library(page):
    """The library of a new assembly, below its page."""
    said = _now("Documents et lettres publiés par l’assemblée %s.") % page.title
    library = LocalLibraryPage(title=_now("Ressources de l’assemblée"), summary=said, slug=LocalLibraryPage.own_slug)
    page.add_child(instance=library)
