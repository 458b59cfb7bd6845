from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ExpressionWrapper, F, OuterRef, Prefetch, Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.documents import get_document_model
from wagtail.fields import StreamField
from wagtail.models import PageManager

from assemblies.models import AssemblyPage
from home.blocks import BODY_BLOCKS, SOURCE_BLOCKS
from home.caching import remembered
from home.fields import ChoicesField
from home.forms import BasePageForm
from home.models import BasePage
from home.models.base import PublishedQuerySet
from home.models.pages import stream_text
from home.printing import FileFormat, PrintedPage
from home.search import FoldedSearchField
from territory.models import Phase

from .files import ResourceFile, private_collections
from .measures import Measure, MeasuresField, TaggedManager


class ResourceKind(models.TextChoices):
    ARGUMENTAIRE = "argumentaire", _("Argumentaire")
    COURRIER = "courrier", _("Courrier type")
    AFFICHE = "affiche", _("Affiche")
    TRACT = "tract", _("Tract")
    QUESTIONNAIRE = "questionnaire", _("Questionnaire")
    DOSSIER_PRESSE = "dossier_presse", _("Dossier de presse")
    FICHE_JURIDIQUE = "fiche_juridique", _("Fiche juridique")
    GUIDE = "guide", _("Guide")
    LIEN = "lien", _("Vidéo ou lien")
    KIT = "kit", _("Kit")
    AUTRE = "autre", _("Autre document")


# What a printed file weighs, in bytes: the median of the first library.
PRINTED_WEIGHTS = {"pdf": 25_000, "odt": 9_000, "docx": 13_000}


class Audience(models.TextChoices):
    ASSEMBLEES = "assemblees", _("Assemblées locales")
    CANDIDATS = "candidats", _("Candidat·es")
    ELUS = "elus", _("Élu·es et services")
    PUBLIC = "public", _("Tout public")


class Language(models.TextChoices):
    FRENCH = "fr", _("français")
    ENGLISH = "en", _("anglais")
    ARABIC = "ar", _("arabe")
    SPANISH = "es", _("espagnol")
    OTHER = "autre", _("autre langue")


class ResourceQuerySet(PublishedQuerySet):
    def for_listing(self):
        """What a card of the library prints, in a fixed number of queries."""
        return self.with_assembly().prefetch_related(
            "measure_items", Prefetch("files", ResourceFile.objects.public(), to_attr="public_files")
        )

    def with_assembly(self):
        """Adds `assembly_id`, whose page it stands below, and `assembly_title` where that page is published.

        Both are None for what is national.
        """
        path = ExpressionWrapper(OuterRef("path"), output_field=models.CharField())
        above = AssemblyPage.objects.annotate(below=path).filter(below__startswith=F("path")).order_by()
        return self.annotate(
            assembly_id=Subquery(above.values("assembly")[:1]),
            assembly_title=Subquery(above.published().values("title")[:1]),
        )

    def current(self):
        """Those that no other replaces, the latest first."""
        replaced = models.Q(replaced_by__in=ResourcePage.objects.published().order_by().values("pk"))
        return self.published().exclude(replaced).order_by("-first_published_at", "-pk")

    def about(self, measure):
        return self.filter(measure_items__tag=measure)


class ResourceIndexPage(BasePage):
    """The library (recueil de ressources)."""

    intro = models.TextField(_("introduction"), blank=True)

    parent_page_types = ["home.HomePage"]
    subpage_types = ["resources.ResourcePage", "resources.LetterPage", "resources.KitIndexPage"]
    max_count = 1
    kind_label = _("Ressources")
    schema_type = "CollectionPage"
    reserved_child_slugs = frozenset({"kits", "selection"})
    content_panels = [*BasePage.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("bibliothèque")
        verbose_name_plural = _("bibliothèques")

    def get_context(self, request, *args, **kwargs):
        from ..filters import ResourceFilters

        context = super().get_context(request, *args, **kwargs)
        context["filters"] = ResourceFilters(request)
        context["kits"] = remembered(request, "kits", self.get_children().live().filter(slug="kits").first)
        return context


class ResourceMeasure(ItemBase):
    tag = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="resource_items")
    content_object = ParentalKey("ResourcePage", on_delete=models.CASCADE, related_name="measure_items")

    objects = TaggedManager()


class ResourcePageForm(BasePageForm):
    """Every type but that of the kits, which have a form of their own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            field = self.fields["kind"]
            field.choices = [choice for choice in field.choices if choice[0] != ResourceKind.KIT]


PROVENANCE = ("publisher", "licence", "label", "place", "published_on", "checked_on", "replaced_by", "sources")


def provenance_panel(*left_out):
    """Who wrote a document and when it was checked; without the fields that a type of document has no use for."""
    return MultiFieldPanel([FieldPanel(name) for name in PROVENANCE if name not in left_out], heading=_("Provenance"))


class ResourcePage(PrintedPage, BasePage):
    """A document of the library: written here (and printed as PDF, ODT, DOCX), or uploaded in one or more formats."""

    class Layout(models.TextChoices):
        DOCUMENT = "document", _("Document")
        POSTER = "affiche", _("Affiche (fond de couleur, A4 et A3)")
        LETTER = "courrier", _("Courrier à champs")

    kind = models.CharField(_("type"), max_length=20, choices=ResourceKind.choices)
    measures = MeasuresField(through=ResourceMeasure, blank=True, verbose_name=_("mesures"))
    audiences = ChoicesField(_("pour qui"), options=Audience.choices, blank=True)
    phases = ChoicesField(
        _("à quel moment"), options=Phase.choices, blank=True, help_text=_("Rien de coché : utile en toute saison.")
    )
    language = models.CharField(_("langue"), max_length=5, choices=Language.choices, default=Language.FRENCH)
    publisher = models.CharField(
        _("éditeur"), max_length=150, blank=True, help_text=_("Qui a écrit ou publié ce document.")
    )
    licence = models.CharField(
        _("licence"),
        max_length=80,
        blank=True,
        help_text=_("Sans licence, les assemblées ne savent pas si elles peuvent l’adapter."),
    )
    published_on = models.DateField(_("daté du"), null=True, blank=True)
    checked_on = models.DateField(_("vérifié le"), null=True, blank=True)
    label = models.CharField(
        _("mention"), max_length=120, blank=True, help_text=_("Par exemple « à valider par le réseau ».")
    )
    place = models.CharField(
        _("lieu"), max_length=150, blank=True, help_text=_("Commune ou département concerné, s’il y en a un.")
    )
    replaced_by = models.ForeignKey(
        "self",
        verbose_name=_("remplacée par"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="replaces",
        help_text=_("La page reste en ligne et renvoie vers la nouvelle ; elle sort des listes."),
    )
    link = models.URLField(_("lien"), blank=True, help_text=_("Pour une vidéo ou un document qui vit ailleurs."))
    body = StreamField(
        BODY_BLOCKS,
        verbose_name=_("texte du document"),
        blank=True,
        help_text=_("Écrit ici, le document est aussi donné en PDF, ODT et DOCX. Laisser vide pour un fichier déposé."),
    )
    layout = models.CharField(_("mise en page"), max_length=10, choices=Layout.choices, default=Layout.DOCUMENT)
    sources = StreamField(SOURCE_BLOCKS, verbose_name=_("sources"), blank=True)

    objects = PageManager.from_queryset(ResourceQuerySet)()

    parent_page_types = ["resources.ResourceIndexPage", "resources.LocalLibraryPage"]
    subpage_types = []
    base_form_class = ResourcePageForm
    kind_label = _("Ressource")
    schema_type = "DigitalDocument"
    search_fields = [
        *BasePage.search_fields,
        FoldedSearchField("body_text"),
        FoldedSearchField("get_kind_display"),
        FoldedSearchField("publisher"),
        FoldedSearchField("measure_names"),
        FoldedSearchField("files_text"),
    ]
    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel("measures"),
                FieldPanel("audiences"),
                FieldPanel("phases"),
                FieldPanel("language"),
            ],
            heading=_("Classement"),
        ),
        MultiFieldPanel([FieldPanel("body"), FieldPanel("layout")], heading=_("Écrit ici")),
        InlinePanel(
            "files",
            heading=_("Fichiers déposés"),
            label=_("Fichier"),
            help_text=_("Donner le même intitulé aux formats d’un même document : ils seront présentés ensemble."),
        ),
        FieldPanel("link"),
        provenance_panel(),
    ]

    class Meta:
        verbose_name = _("ressource")
        verbose_name_plural = _("ressources")

    def clean(self):
        super().clean()
        if self.layout == self.Layout.LETTER and self.specific_class is ResourcePage:
            raise ValidationError({"layout": _("Pour un courrier à champs, créer une page « courrier ».")})

    @cached_property
    def replacement(self):
        """The page that replaces this one, once anyone may see it."""
        return ResourcePage.objects.published().filter(pk=self.replaced_by_id).first() if self.replaced_by_id else None

    @property
    def body_text(self):
        return stream_text(self.body)

    @property
    def measure_names(self):
        return " ".join(measure.name for measure in self.measures.all())

    @property
    def files_text(self):
        """Text found inside the files that anyone may download."""
        public = (
            get_document_model()
            .objects.filter(resource_files__page_id=self.pk)
            .exclude(collection__in=private_collections())
        )
        return " ".join(document.text for document in public)

    @cached_property
    def measure_list(self):
        """Measures in order, from the prefetched rows."""
        return sorted((item.tag for item in self.measure_items.all()), key=lambda measure: measure.number)

    @property
    def printed_names(self):
        if not self.body and self.layout != self.Layout.LETTER:
            return []
        kinds = ("pdf", "a3.pdf", "odt", "docx") if self.layout == self.Layout.POSTER else ("pdf", "odt", "docx")
        return [f"{self.slug}.{kind}" for kind in kinds]

    def printing(self, filename):
        template = (
            "resources/print/poster.html" if self.layout == self.Layout.POSTER else "resources/print/resource.html"
        )
        return template, {"page": self, "title": self.title, "paper": "A3" if ".a3." in filename else "A4"}

    def serve_file(self, request, filename):
        from ..downloads import asks_for_a_download, count_download

        response = super().serve_file(request, filename)
        # What the visitor has already becomes a 304 further on.
        if response.status_code == 200 and asks_for_a_download(request, response["ETag"].strip('"')):
            count_download(page=self.pk)
        return response

    @cached_property
    def documents(self):
        """Uploaded public files: [(title, [formats])], the formats of one document together, in the editor's order."""
        groups = {}
        if hasattr(self, "public_files"):
            rows = self.public_files
        else:
            private = set(private_collections().values_list("pk", flat=True))
            rows = [row for row in self.files.all() if row.document.collection_id not in private]
        for row in rows:
            document = row.document
            file_format = FileFormat(document.filename, document.url, document.file_size)
            groups.setdefault(row.title or self.title, []).append(file_format)
        return list(groups.items())

    @property
    def format_names(self):
        """« PDF, ODT, DOCX », for lists."""
        if self.kind == ResourceKind.KIT:
            return ["ZIP"]
        formats = self.printed_formats + [one for _title, group in self.documents for one in group]
        return list(dict.fromkeys(one.name for one in formats))

    @property
    def weight(self):
        """About how many bytes its files take: those it prints are not made to be weighed."""
        uploaded = sum(one.size or 0 for _title, group in self.documents for one in group)
        return uploaded + sum(PRINTED_WEIGHTS[one.extension] for one in self.printed_formats)

    @property
    def audience_labels(self):
        return [Audience(value).label for value in self.audiences if value in Audience.values]

    @property
    def phase_labels(self):
        return [Phase(value).label for value in self.phases if value in Phase.values]

    @property
    def is_pdf_only(self):
        return self.format_names == ["PDF"]

    def json_ld(self):
        data = super().json_ld()
        if self.publisher:
            data["publisher"] = self.publisher
        if self.licence:
            data["license"] = self.licence
        return data
