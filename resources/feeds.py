from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from home.typography import french

from .models import InitiativePage, ResourcePage

MAX_ENTRIES = 30


class PageFeed(Feed):
    """The latest published pages of one type, as Atom."""

    feed_type = Atom1Feed
    page_model = None
    language = "fr"

    def items(self):
        return self.page_model.objects.published().for_listing().order_by("-first_published_at", "-pk")[:MAX_ENTRIES]

    def item_title(self, page):
        return french(page.title)

    def item_description(self, page):
        return french(page.summary)

    def item_link(self, page):
        return page.absolute_url

    def item_guid(self, page):
        # Stays the same when the page is renamed or moved.
        return f"{settings.BASE_URL}/#page-{page.pk}"

    item_guid_is_permalink = False

    def item_pubdate(self, page):
        return page.first_published_at

    def item_updateddate(self, page):
        return page.last_published_at

    def item_categories(self, page):
        return [measure.name for measure in page.measure_list]

    def get_feed(self, obj, request):
        feed = super().get_feed(obj, request)
        # The addresses of a feed are read far from the site: always the public one, whatever host was asked.
        feed.feed["feed_url"] = settings.BASE_URL + request.path
        feed.feed["id"] = settings.BASE_URL + str(self.link)
        feed.feed["link"] = settings.BASE_URL + str(self.link)
        return feed


class ResourceFeed(PageFeed):
    title = _("Nouvelles ressources")
    description = _("Les documents ajoutés à la bibliothèque.")
    link = "/ressources/"
    page_model = ResourcePage


class InitiativeFeed(PageFeed):
    title = _("Nouvelles initiatives")
    description = _("Ce que des communes ont fait, au fil des fiches publiées.")
    link = "/initiatives/"
    page_model = InitiativePage
