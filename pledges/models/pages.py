from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from home.blocks import BODY_BLOCKS
from home.models import BasePage
from home.models.base import notice
from home.models.pages import stream_text
from home.printing import PrintedPage
from home.search import FoldedSearchField

from ..bulletin import TEMPLATE, bulletin_context


class PledgeIndexPage(PrintedPage, BasePage):
    """`/engagements/`: what the campaign asks people to sign, and the bulletin to print, beside it as files."""

    body = StreamField(BODY_BLOCKS, verbose_name=_("contenu"), blank=True)
    send_to = models.TextField(
        _("À qui renvoyer le bulletin"),
        max_length=250,
        blank=True,
        help_text=_(
            "Adresse postale ou électronique, sur quatre lignes au plus, imprimée sur chaque bulletin et lue par tout le "
            "monde. Vide : des lignes à remplir à la main."
        ),
    )
    printer_line = models.CharField(
        _("mention de l’imprimeur"),
        max_length=100,
        blank=True,
        help_text=_("Par exemple « Imprimé par nos soins ». Vide : « Imprimé par », à compléter à la main."),
    )

    own_slug = "engagements"
    parent_page_types = ["home.HomePage"]
    subpage_types = []
    max_count = 1
    kind_label = _("Engagements")
    search_fields = [*BasePage.search_fields, FoldedSearchField("body_text")]
    content_panels = [
        # Without what copies the title to the address, which stays.
        FieldPanel("title"),
        FieldPanel("summary"),
        notice(
            _(
                "Le bulletin reprend les mesures publiées, dans leur ordre. Le PDF, l’ODT et le DOCX suivent à chaque "
                "publication ; les feuilles déjà imprimées, non."
            )
        ),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("send_to"), FieldPanel("printer_line")], heading=_("Sur le bulletin imprimé")),
    ]
    # No slug: the address is printed on paper and cannot change.
    promote_panels = [
        MultiFieldPanel([FieldPanel("show_in_menus")], heading=_("Menu")),
        BasePage.promote_panels[1],
    ]
    printed_names = ("bulletin-d-engagement.pdf", "bulletin-d-engagement.odt", "bulletin-d-engagement.docx")

    class Meta:
        verbose_name = _("page des engagements")
        verbose_name_plural = _("pages des engagements")

    def full_clean(self, *args, **kwargs):
        self.slug = self.own_slug
        super().full_clean(*args, **kwargs)

    @property
    def body_text(self):
        return stream_text(self.body)

    def printing(self, filename):
        return TEMPLATE, bulletin_context(self)
