import json

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import mark_safe
from wagtail.models import Site

from ..caching import remembered
from ..models import SiteSettings
from ..models.base import published

register = template.Library()


def _site_words(request):
    """What header and footer print, for a whole generation: settings and the pages under the home page."""
    site = Site.find_for_request(request)
    words = SiteSettings.for_site(site) if site else SiteSettings()
    root = site.root_page if site else None
    pages = published(root.get_children()) if root else ()
    links = [{"title": page.title, "url": page.get_url(request), "menu": page.show_in_menus} for page in pages]
    return {
        "name": words.name,
        "network": words.network,
        "footer_text": words.footer_text,
        "draft_notice": words.draft_notice,
        "content_licence": words.content_licence,
        "social_image": words.social_image,
        "menu": [link for link in links if link["menu"]],
        "footer": [link for link in links if not link["menu"]],
    }


@register.simple_tag(takes_context=True)
def site_words(context):
    request = context.get("request")
    return remembered(request, "site-words", lambda: _site_words(request))


@register.simple_tag(takes_context=True)
def breadcrumb(context):
    """The pages above this one, home first: (title, url) pairs; empty on the home page."""
    page = context.get("page")
    request = context.get("request")
    if page is None or not getattr(page, "pk", None) or page.depth <= 2:
        return []
    above = remembered(
        request,
        f"above-{page.path[: -page.steplen]}",
        lambda: [(one.title, one.get_url(request), one.depth) for one in page.get_ancestors().filter(depth__gt=1)],
    )
    return [(title if depth > 2 else "Accueil", url) for title, url, depth in above]


_LD_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def json_ld(page):
    """A page as schema.org data, in a script element; it is data, which the policy of the page does not run."""
    text = json.dumps(page.json_ld(), ensure_ascii=False).translate(_LD_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


@register.simple_tag(takes_context=True)
def sharing_image(context):
    """Absolute address, width and height of the picture shown when a page is shared."""
    page = context.get("page")
    own = page.social_image if getattr(page, "social_image_id", None) else None
    image = own or site_words(context)["social_image"]
    if image:
        rendition = image.get_rendition("fill-1200x630|format-jpeg")
        return {"url": settings.BASE_URL + rendition.url, "width": rendition.width, "height": rendition.height}
    return {"url": settings.BASE_URL + static("img/partage.png"), "width": 1200, "height": 630}


@register.filter
def is_below(url, other):
    """Whether an address is that of a page, or of one below it."""
    return bool(url) and url.startswith(other)


@register.simple_tag
def absolute(path):
    """The public address of a path of the site."""
    return settings.BASE_URL + path
