from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from home.public_forms import answer

from .models import AssemblyPage
from .relay import LIMIT, FullForToday, RelayForm, relay


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def write(request, slug):
    """Write to an assembly: its address is in no page, and what is typed in no table but that of the mails to send."""
    page = _page_or_404(slug)
    if not page.takes_messages:
        return render(request, "assemblies/relay_closed.html", _context(page, _("Écrire à l’assemblée : %s")))
    form = RelayForm(request.POST if request.method == "POST" else None)
    context = _context(page, _("Écrire à l’assemblée : %s"))

    def send(valid):
        relay(page.assembly, valid)
        return reverse("assembly_relay_done", args=[page.slug])

    try:
        return answer(request, form, send, "assemblies/relay.html", context, limit=LIMIT)
    except FullForToday:
        form.add_error(None, _("Cette assemblée a déjà reçu beaucoup de messages aujourd’hui. Réessayez demain."))
        response = render(request, "assemblies/relay.html", context | {"form": form}, status=429)
        patch_cache_control(response, no_store=True)
        return response


@require_safe
def written(request, slug):
    return render(request, "assemblies/relay_done.html", _context(_page_or_404(slug), _("Message envoyé : %s")))


def _page_or_404(slug):
    return get_object_or_404(AssemblyPage.objects.published().select_related("assembly"), slug=slug)


def _context(page, title):
    # Not `page`: the address of the form is its own, and not that of the assembly's page.
    return {"assembly_page": page, "index": page.get_parent(), "title": title % page.title}
