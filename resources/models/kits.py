"""Kits: what an editor gathers for one use, in order and with a word on each, given as one archive."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.documents import get_document_model
from wagtail.models import Orderable, PageManager

from home.models import BasePage
from territory.models import Election, Phase

from .calendar import CalendarStep
from .files import private_collections
from .library import ResourceKind, ResourcePage, ResourceQuerySet, provenance_panel


class KitIndexPage(BasePage):
    """The list of the kits, at an address of its own."""

    intro = models.TextField(_("introduction"), blank=True)

    parent_page_types = ["resources.ResourceIndexPage"]
    subpage_types = ["resources.KitPage"]
    max_count = 1
    own_slug = "kits"
    kind_label = _("Kits")
    schema_type = "CollectionPage"
    # Without what copies the title to the address, which stays.
    content_panels = [FieldPanel("title"), FieldPanel("summary"), FieldPanel("intro")]
    # Its address is part of those of the archives: nobody changes it.
    promote_panels = [
        FieldPanel("show_in_menus"),
        MultiFieldPanel(
            [FieldPanel("seo_title"), FieldPanel("search_description"), FieldPanel("social_image")],
            heading=_("Moteurs de recherche et partages"),
        ),
    ]

    class Meta:
        verbose_name = _("liste des kits")
        verbose_name_plural = _("listes des kits")

    def full_clean(self, *args, **kwargs):
        self.slug = self.own_slug
        super().full_clean(*args, **kwargs)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["kits"] = KitPage.objects.published().child_of(self).for_listing().order_by("path")
        return context


class KitQuerySet(ResourceQuerySet):
    def with_state(self):
        """Adds `item_count`, and `is_blocked` where something in it is not for everyone: for lists."""
        pages = ResourcePage.objects.published().order_by().values("pk")
        files = get_document_model().objects.exclude(collection__in=private_collections()).order_by().values("pk")
        hidden = KitItem.objects.filter(page=OuterRef("pk")).exclude(Q(resource__in=pages) | Q(document__in=files))
        return self.annotate(item_count=Count("items"), is_blocked=Exists(hidden))


class KitPage(ResourcePage):
    """A kit stands in every list of the library; its text is the directions for use, its only file the archive."""

    cover = models.ForeignKey(
        "home.CustomImage",
        verbose_name=_("couverture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Montrée en haut de la page. Elle n’entre pas dans l’archive."),
    )

    objects = PageManager.from_queryset(KitQuerySet)()

    parent_page_types = ["resources.KitIndexPage"]
    subpage_types = []
    kind_label = _("Kit")
    schema_type = "Collection"
    # Written here, but given as an archive only.
    printed_names = ()
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("cover"),
        MultiFieldPanel(
            [
                FieldPanel("measures"),
                FieldPanel("audiences"),
                FieldPanel("phases"),
                FieldPanel("language"),
            ],
            heading=_("Classement"),
        ),
        FieldPanel("body", heading=_("Mode d’emploi"), help_text=_("Il est repris au début de l’archive.")),
        InlinePanel(
            "items",
            heading=_("Contenu du kit"),
            label=_("Pièce"),
            help_text=_(
                "Dans l’ordre où on s’en sert : l’archive les numérote ainsi. Une ressource dépubliée ou un fichier "
                "rendu privé bloque le téléchargement du kit tant que la pièce n’en est pas retirée."
            ),
        ),
        provenance_panel("place"),
    ]

    class Meta:
        verbose_name = _("kit")
        verbose_name_plural = _("kits")

    def full_clean(self, *args, **kwargs):
        self.kind = ResourceKind.KIT
        super().full_clean(*args, **kwargs)

    def save(self, *args, **kwargs):
        self.kind = ResourceKind.KIT
        super().save(*args, **kwargs)

    @cached_property
    def parts(self):
        """[(item, resource or document)] in order; None for what not everyone may download."""
        items = list(self.items.all())
        pages = ResourcePage.objects.published().for_listing()
        pages = pages.in_bulk([item.resource_id for item in items if item.resource_id])
        files = get_document_model().objects.exclude(collection__in=private_collections())
        files = files.in_bulk([item.document_id for item in items if item.document_id])
        return [
            (item, pages.get(item.resource_id) if item.resource_id else files.get(item.document_id)) for item in items
        ]

    @property
    def public_parts(self):
        return [(item, content) for item, content in self.parts if content is not None]

    @property
    def is_downloadable(self):
        """Whether everything in it may be given to anyone."""
        return bool(self.parts) and all(content is not None for _item, content in self.parts)

    @property
    def calendar(self):
        """(election, dated steps): those of the present phase where it is one of the kit's, else of its first."""
        election = Election.objects.current()
        phase = election.phase() if election else Phase.MANDATE
        if self.phases and phase not in self.phases:
            phase = self.phases[0]
        return election, CalendarStep.objects.dated(election, phase)

    @property
    def weight(self):
        """About how many bytes its archive takes."""
        return sum(
            content.weight if isinstance(content, ResourcePage) else content.file_size or 0
            for _item, content in self.public_parts
        )


class KitItem(Orderable):
    """A resource of the library, or a file; and why it is in the kit."""

    page = ParentalKey(KitPage, on_delete=models.CASCADE, related_name="items")
    resource = models.ForeignKey(
        ResourcePage,
        verbose_name=_("ressource"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="kit_items",
        help_text=_("Le kit suit la ressource : ses fichiers y sont toujours ceux de la bibliothèque."),
    )
    document = models.ForeignKey(
        "home.CustomDocument",
        verbose_name=_("fichier"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="kit_items",
        help_text=_("Pour un fichier qui n’a pas de page dans la bibliothèque."),
    )
    comment = models.TextField(
        _("commentaire"), blank=True, help_text=_("Quand et comment s’en servir. Repris dans l’archive.")
    )

    panels = [PageChooserPanel("resource", "resources.ResourcePage"), FieldPanel("document"), FieldPanel("comment")]

    class Meta(Orderable.Meta):
        verbose_name = _("pièce d’un kit")
        verbose_name_plural = _("pièces d’un kit")
        constraints = [
            models.CheckConstraint(
                condition=Q(resource__isnull=False, document__isnull=True)
                | Q(resource__isnull=True, document__isnull=False),
                name="kit_item_is_one_thing",
                violation_error_message=_("Choisir une ressource ou un fichier, et un seul des deux."),
            )
        ]

    def __str__(self):
        return str(self.resource or self.document)

    def clean(self):
        super().clean()
        if self.resource_id and self.resource.kind == ResourceKind.KIT:
            raise ValidationError({"resource": _("Un kit n’entre pas dans un autre : choisir ses ressources.")})
