"""What the library puts in the dossier of a commune."""

from django.utils.translation import gettext as _

from ..models import ArgumentPage, InitiativePage, LetterPage
from ..models.calendar import CalendarStep
from ..models.initiatives import initiatives_near
from ..models.letters import DossierUse
from .pieces import Piece

NEAR, LIKE_SIZE = 4, 2


def cover(dossier):
    yield Piece(
        key="mode-d-emploi",
        title=_("Mode d’emploi"),
        name="mode-d-emploi",
        template="resources/print/dossier_cover.html",
        context={"dossier": dossier, "title": dossier.title},
        formats=("pdf",),
    )


def letters(dossier):
    """The letters in the version of the phase and of the size: one identical letter a list, the others once."""
    recipients = dossier.wishes.recipients or ("",)
    for page in _pages(dossier, DossierUse.PER_LIST):
        for number, recipient in enumerate(recipients, 1):
            suffix = f" - {number}" if len(recipients) > 1 else ""
            yield _letter(dossier, page, "lettre", recipient, suffix)


def single_letters(dossier):
    for page in _pages(dossier, DossierUse.ONCE):
        yield _letter(dossier, page, page.slug, "", "")


def _pages(dossier, use):
    local = [assembly.pk for assembly in dossier.assemblies if assembly.is_listed]
    pages = LetterPage.objects.for_dossiers(use, dossier.phase, local)
    return [page for page in pages if page.versions_for(dossier.recipient, dossier.commune)]


def _letter(dossier, page, key, recipient, suffix):
    values = dossier.values_of_letter(page) | {"destinataire": recipient}
    return Piece(
        key=key,
        title=page.title,
        # Never the name that was typed: names of files end in histories and logs.
        name=f"{page.slug}/{page.slug}{suffix}",
        template="resources/print/letter.html",
        context={
            "page": page,
            "title": page.title,
            "letters": page.filled(dossier.recipient, values, dossier.commune),
        },
        personal=dossier.is_personal,
        screen="resources/print/letter_body.html",
    )


def argument(dossier):
    """The argumentaire, with what concerns a commune of this size only: the same for all of that size."""
    page = ArgumentPage.objects.published().first()
    if page is None:
        return
    template, context = page.printing("argumentaire.pdf")
    yield Piece(
        key="argumentaire",
        title=page.title,
        name="argumentaire/argumentaire",
        template=template,
        context=context | {"size": dossier.size.value},
        local=False,
        note=_(
            "Les cinq mesures, qui est compétent, les objections et les réponses, pour une commune de cette taille."
        ),
    )


def examples_for(commune) -> list:
    """At most six cards: those of the commune, the nearest, then those of communes of like size."""
    here = list(InitiativePage.objects.latest().in_commune(commune).for_listing()[:NEAR])
    near = here + initiatives_near(None, commune, limit=NEAR - len(here))
    like = InitiativePage.objects.published().like_size(commune).exclude(pk__in=[card.pk for card in near])
    return near + list(like.for_listing()[:LIKE_SIZE])


def examples(dossier):
    for number, card in enumerate(examples_for(dossier.commune), 1):
        yield Piece(
            key="exemples",
            title=card.title,
            name=f"exemples/{number} - {card.slug}",
            template="resources/print/example.html",
            context={"page": card, "title": card.title},
            local=False,
        )


def poster(dossier):
    yield Piece(
        key="affiche",
        title=_("Affiche du débat"),
        name="affiche/affiche-du-debat",
        template="resources/print/debate_poster.html",
        context={"dossier": dossier, "title": _("Affiche du débat"), "values": dossier.values},
        formats=("pdf", "a3.pdf", "odt", "docx", "html"),
        personal=dossier.is_personal,
        note=_("En A4 et en A3. La date et le lieu s’écrivent à la main s’ils ne sont pas donnés ci-dessus."),
    )


def calendar(dossier):
    steps = CalendarStep.objects.dated(dossier.election, dossier.phase, dossier.day)
    if steps:
        yield Piece(
            key="calendrier",
            title=_("Calendrier"),
            name="calendrier/calendrier",
            template="resources/print/calendar.html",
            context={"title": _("Calendrier"), "steps": steps, "election": dossier.election},
            screen="resources/print/calendar_body.html",
        )
