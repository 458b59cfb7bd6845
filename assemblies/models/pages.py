"""The directory of the assemblies, and the page where each speaks for itself."""

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField

from home.blocks import BODY_BLOCKS, SHORT_TEXT_FEATURES, SOURCE_BLOCKS
from home.dates import PartialDateField
from home.forms import BasePageCopyForm
from home.models import BasePage
from home.models.base import notice
from home.models.pages import stream_text
from home.search import FoldedSearchField

from .assemblies import Assembly


class AssemblyIndexPage(BasePage):
    """`/assemblees/`: which assembly covers me, and how to found one."""

    intro = models.TextField(_("introduction"), blank=True)
    joining = RichTextField(
        _("fonder ou rejoindre une assemblée"),
        features=SHORT_TEXT_FEATURES,
        blank=True,
        help_text=_("Montré au bas de l’annuaire, et partout où aucune assemblée ne couvre une commune."),
    )

    own_slug = "assemblees"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["assemblies.AssemblyPage"]
    max_count = 1
    kind_label = _("Assemblées")
    schema_type = "CollectionPage"
    search_fields = [*BasePage.search_fields, FoldedSearchField("intro"), FoldedSearchField("joining")]
    # Without what copies the title to the address, which stays.
    content_panels = [FieldPanel("title"), FieldPanel("summary"), FieldPanel("intro"), FieldPanel("joining")]
    promote_panels = [
        MultiFieldPanel([FieldPanel("show_in_menus")], heading=_("Menu")),
        BasePage.promote_panels[1],
    ]

    class Meta:
        verbose_name = _("annuaire des assemblées")
        verbose_name_plural = _("annuaires des assemblées")

    def full_clean(self, *args, **kwargs):
        self.slug = self.own_slug
        super().full_clean(*args, **kwargs)

    def get_context(self, request, *args, **kwargs):
        from ..finding import DirectorySearch
        from ..maps import assembly_marks

        context = super().get_context(request, *args, **kwargs)
        search = DirectorySearch(request)
        context |= {"search": search, "marks": assembly_marks(search.shown, self.get_url(request))}
        return context


class AssemblyPageCopyForm(BasePageCopyForm):
    """An assembly has one page: a copy would be a second."""

    def clean(self):
        cleaned_data = super().clean()
        self.add_error("new_title", _now("Une assemblée n’a qu’une page : elle ne se copie pas."))
        return cleaned_data


class AssemblyPage(BasePage):
    """The prose of an assembly; its territory, group, files and contacts are the row `assembly`."""

    assembly = models.OneToOneField(
        Assembly, verbose_name=_("assemblée"), on_delete=models.PROTECT, related_name="page"
    )
    label = models.CharField(
        _("mention"), max_length=120, blank=True, help_text=_("Par exemple « à valider par le réseau ».")
    )
    body = StreamField(
        BODY_BLOCKS,
        verbose_name=_("présentation"),
        blank=True,
        help_text=_(
            "Qui vous êtes, ce que vous faites, comment on vous rejoint. Jamais l’adresse d’un lieu d’accueil."
        ),
    )
    founded_on = PartialDateField(
        _("créée en"), blank=True, help_text=_("Une année (2018), un mois (2018-01) ou un jour (2018-01-20).")
    )
    website = models.URLField(
        _("site de l’assemblée"),
        blank=True,
        help_text=_("Un site public, ouvert à tout le monde. Vide : rien n’est montré."),
    )
    relay_open = models.BooleanField(
        _("recevoir des messages par le site"),
        default=True,
        help_text=_(
            "Coché : « Écrire à l’assemblée » envoie les messages à votre contact privé, que personne ne voit. Décoché, "
            "ou sans contact privé : la page dit comment joindre le réseau."
        ),
    )
    sources = StreamField(
        SOURCE_BLOCKS,
        verbose_name=_("sources"),
        blank=True,
        help_text=_("D’où viennent les faits de la page, quand l’assemblée ne les a pas écrits elle-même."),
    )
    checked_on = models.DateField(
        _("vérifiée le"), null=True, blank=True, help_text=_("Date à laquelle les faits de la page ont été relus.")
    )

    parent_page_types = ["assemblies.AssemblyIndexPage"]
    subpage_types = ["assemblies.EventIndexPage", "resources.LocalLibraryPage"]
    # Made with its assembly, which it cannot do without.
    is_creatable = False
    copy_form_class = AssemblyPageCopyForm
    kind_label = _("Assemblée")
    schema_type = "Organization"
    reserved_child_slugs = frozenset({"ecrire", "agenda", "ressources"})
    search_fields = [
        *BasePage.search_fields,
        FoldedSearchField("body_text"),
        FoldedSearchField("territory_names"),
    ]
    content_panels = [
        *BasePage.content_panels,
        notice(
            _(
                "N’écrivez ni nom, ni adresse, ni situation administrative d’une personne aidée, ni l’adresse d’un lieu "
                "d’accueil. Le territoire et les contacts sont tenus par la modération."
            )
        ),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("relay_open"), FieldPanel("website"), FieldPanel("founded_on")], heading=_("En pratique")
        ),
        MultiFieldPanel(
            [FieldPanel("label"), FieldPanel("checked_on"), FieldPanel("sources")], heading=_("Provenance")
        ),
    ]

    class Meta:
        verbose_name = _("page d’une assemblée")
        verbose_name_plural = _("pages des assemblées")

    @property
    def body_text(self):
        return stream_text(self.body)

    @property
    def takes_messages(self) -> bool:
        """Whether the relay form leads to someone."""
        return self.relay_open and bool(self.assembly.private_contact)

    @cached_property
    def departements(self):
        return list(self.assembly.departements.select_related("region"))

    @cached_property
    def communes(self):
        """The communes it names, the most populous first."""
        return list(self.assembly.communes.order_by("-population", "pk"))

    @property
    def territory_names(self):
        whole = [f"{one} {one.region.name}" for one in self.departements]
        return " ".join([*whole, *(one.name for one in self.communes)])

    def json_ld(self):
        """An organisation, with neither address nor person."""
        data = {
            "@context": "https://schema.org",
            "@type": self.schema_type,
            "name": self.title,
            "url": self.absolute_url,
            "areaServed": [
                {"@type": "AdministrativeArea", "name": one.name, "identifier": one.pk}
                for one in [*self.departements, *self.communes]
            ],
        }
        optional = {
            "description": self.sharing_description,
            "foundingDate": self.founded_on,
            "sameAs": self.website,
        }
        return data | {name: value for name, value in optional.items() if value}
