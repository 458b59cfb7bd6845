"""Letters with merge fields: written once by editors, in versions, and filled in for a commune by its dossier."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import PageManager

from home.models import BasePage
from home.search import FoldedSearchField
from territory.models import Commune, CommuneSize, Election, Phase

from ..merging import BLANK, FIELDS, commune_values, merge, merge_text, problems, typographic
from .library import ResourceKind, ResourcePage, ResourceQuerySet, provenance_panel

# What takes the place of a name that is not known must keep its preposition.
WITHOUT_COMMUNE = {
    "de_commune": f"de {BLANK}",
    "a_commune": f"à {BLANK}",
    "du_departement": f"du département {BLANK}",
    "dans_departement": f"dans le département {BLANK}",
}


class Recipient(models.TextChoices):
    """Whom a version speaks to: it follows from the phase of the campaign."""

    CANDIDATES = "candidats", _("aux listes, avant le vote")
    COUNCIL = "conseil", _("au conseil en place")

    @classmethod
    def in_phase(cls, phase):
        return cls.CANDIDATES if phase in (Phase.BEFORE, Phase.BETWEEN) else cls.COUNCIL


class VersionSize(models.TextChoices):
    ANY = "toutes", _("toute commune")
    SMALL = "petite", _("moins de 2 000 habitant·es")
    TOWN = "ville", _("2 000 habitant·es et plus")

    @classmethod
    def of(cls, commune):
        return cls.SMALL if commune.size == CommuneSize.VILLAGE else cls.TOWN


class DossierUse(models.TextChoices):
    PER_LIST = "liste", _("Un exemplaire pour chaque liste (ou pour la mairie)")
    ONCE = "une", _("Un seul exemplaire")


def refuse_bad_fields(text: str):
    """Raise a `ValidationError` that says what to write, where a merge field is unknown or broken."""
    found = problems(text)
    if found:
        raise ValidationError(found)


class _MergedText:
    """Mixin for a block whose merge fields are checked when the page is saved, as a draft too."""

    def clean(self, value):
        cleaned = super().clean(value)
        refuse_bad_fields(getattr(cleaned, "source", cleaned) or "")
        return cleaned


class MergedCharBlock(_MergedText, blocks.CharBlock):
    pass


class MergedRichTextBlock(_MergedText, blocks.RichTextBlock):
    pass


class LetterVersionBlock(blocks.StructBlock):
    recipient = blocks.ChoiceBlock(
        label=_("S’adresse"),
        choices=Recipient.choices,
        help_text=_("Le site prend la version qui convient à la phase de la campagne."),
    )
    size = blocks.ChoiceBlock(
        label=_("Pour"),
        choices=VersionSize.choices,
        default=VersionSize.ANY,
        help_text=_("Une version propre à une taille l’emporte sur celle de toute commune."),
    )
    subject = MergedCharBlock(label=_("Objet"), max_length=200)
    text = MergedRichTextBlock(
        label=_("Texte"),
        features=["bold", "italic", "ol", "ul", "link"],
        help_text=_("De « Madame, Monsieur, » à la formule de politesse : le site imprime le reste autour."),
    )

    class Meta:
        label = _("Version")
        icon = "mail"


class LetterQuerySet(ResourceQuerySet):
    def for_dossiers(self, use, phase, assemblies=()):
        """Those that enter the dossiers of a phase in one way: of these assemblies (primary keys), then the national ones.

        What another assembly wrote is left out. Within each, in the order of the tree.
        """
        letters = self.current().with_assembly().filter(dossier_use=use).order_by("path")
        ranks = {pk: rank for rank, pk in enumerate([*assemblies, None])}
        fitting = [one for one in letters if one.assembly_id in ranks and (not one.phases or phase in one.phases)]
        return sorted(fitting, key=lambda one: ranks[one.assembly_id])


class LetterPage(ResourcePage):
    """A letter of the library, in versions by phase and by size of commune."""

    versions = StreamField(
        [("version", LetterVersionBlock())],
        verbose_name=_("versions"),
        min_num=1,
        help_text=_("Une par destinataire ; une par taille de commune si ce que l’on demande y diffère."),
    )
    dossier_use = models.CharField(
        _("dans le dossier d’une commune"),
        max_length=10,
        choices=DossierUse.choices,
        blank=True,
        help_text=_("Vide : le courrier reste dans la bibliothèque et n’entre dans aucun dossier."),
    )
    preview_commune = models.ForeignKey(
        Commune,
        verbose_name=_("commune d’essai"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Ne sert qu’à la prévisualisation, qui remplit le courrier pour elle. Jamais publiée."),
    )

    objects = PageManager.from_queryset(LetterQuerySet)()

    parent_page_types = ["resources.ResourceIndexPage", "resources.LocalLibraryPage"]
    subpage_types = []
    kind_label = _("Courrier")
    template = "resources/letter_page.html"
    search_fields = [*ResourcePage.search_fields, FoldedSearchField("versions_text")]
    content_panels = [
        *BasePage.content_panels,
        HelpPanel(template="resources/admin/merge_fields.html", heading=_("Champs à fusionner")),
        FieldPanel("versions"),
        MultiFieldPanel(
            [FieldPanel("dossier_use"), FieldPanel("preview_commune")],
            heading=_("Dossier et essai"),
        ),
        MultiFieldPanel(
            [FieldPanel("measures"), FieldPanel("audiences"), FieldPanel("phases"), FieldPanel("language")],
            heading=_("Classement"),
        ),
        provenance_panel("place", "published_on"),
    ]
    preview_modes = [
        (Recipient.CANDIDATES.value, _("Aux listes, pour la commune d’essai")),
        (Recipient.COUNCIL.value, _("Au conseil, pour la commune d’essai")),
        ("", _("La page publique")),
    ]

    class Meta:
        verbose_name = _("courrier")
        verbose_name_plural = _("courriers")

    def full_clean(self, *args, **kwargs):
        self.kind, self.layout = ResourceKind.COURRIER, self.Layout.LETTER
        super().full_clean(*args, **kwargs)

    def clean(self):
        super().clean()
        # Whatever the way in: the form says it beside the field already.
        for child in self.versions:
            for text in (child.value["subject"], child.value["text"]):
                try:
                    refuse_bad_fields(getattr(text, "source", text) or "")
                except ValidationError as error:
                    raise ValidationError({"versions": error}) from error

    @property
    def versions_text(self):
        return " ".join(text for child in self.versions for text in child.block.get_searchable_content(child.value))

    # --- Which version, and what it says ----------------------------------------------------------------------------
    def versions_for(self, recipient, commune=None) -> list:
        """The values of the versions that speak to a recipient (to anyone, for None): one for a commune, all without.

        None where the letter has nothing for that recipient or that size: never another's words.
        """
        own = [child.value for child in self.versions if recipient in (None, child.value["recipient"])]
        if commune is None:
            return own
        wanted = [VersionSize.of(commune), VersionSize.ANY]
        fitting = [one for one in own if one["size"] in wanted]
        return sorted(fitting, key=lambda one: wanted.index(one["size"]))[:1]

    def filled(self, recipient, values, commune=None) -> list[dict]:
        """What a print or a page shows: `subject`, `text` (rich text), `label`, and the `values`, blanks included."""
        known = {name: values.get(name) or WITHOUT_COMMUNE.get(name, BLANK) for name in FIELDS}
        versions = self.versions_for(recipient, commune)
        return [
            {
                "label": f"{Recipient(one['recipient']).label}, {VersionSize(one['size']).label}"
                if len(versions) > 1
                else "",
                "subject": merge_text(one["subject"], known),
                "text": merge(one["text"].source, known),
                "values": known,
            }
            for one in versions
        ]

    def printing(self, filename):
        """For no commune: every version, each on its page, and every field a blank."""
        context = {"page": self, "title": self.title, "letters": self.filled(None, {})}
        return "resources/print/letter.html", context

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        asked = current_recipient()
        context["letters"] = [
            (recipient.label, self.filled(recipient, {}))
            for recipient in sorted(Recipient, key=lambda one: one != asked)
            if any(child.value["recipient"] == recipient for child in self.versions)
        ]
        return context

    # --- Preview ----------------------------------------------------------------------------------------------------
    def get_preview_template(self, request, mode_name):
        return "resources/letter_preview.html" if mode_name else super().get_preview_template(request, mode_name)

    def get_preview_context(self, request, mode_name):
        context = super().get_preview_context(request, mode_name)
        if mode_name:
            context["commune"] = self.preview_commune
            try:
                context["letters"] = self.filled(mode_name, values_of(self.preview_commune), self.preview_commune)
            except ValueError as error:
                context["problem"] = str(error)
        return context


def values_of(commune) -> dict[str, str]:
    """The merge values that follow from a commune alone; none without."""
    if commune is None:
        return {}
    return commune_values(commune.name, commune.departement_id, commune.departement.name)


def election_words(election) -> str:
    """« élections municipales de 2026 », to stand within a sentence."""
    return typographic(election.name[:1].lower() + election.name[1:]) if election else ""


def current_recipient():
    election = Election.objects.current()
    return Recipient.in_phase(election.phase() if election else Phase.MANDATE)
