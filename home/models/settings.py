from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


@register_setting(icon="cog")
class SiteSettings(BaseSiteSetting):
    """The words of the header and footer, and who publishes the site."""

    name = models.CharField(_("nom du site"), max_length=80, default="Communes accueillantes")
    network = models.CharField(_("réseau"), max_length=120, default="États Généraux des Migrations")
    footer_text = models.TextField(
        _("texte de pied de page"),
        blank=True,
        default="Un outil des assemblées locales pour obtenir des engagements municipaux et les suivre.",
    )
    draft_notice = models.CharField(
        _("mention d’attente"),
        max_length=200,
        blank=True,
        default="Contenus rédigés pour ce site, à valider par le réseau.",
        help_text=_("Imprimée en pied de chaque page. La vider quand le réseau a validé les contenus."),
    )
    content_licence = models.CharField(_("licence des contenus"), max_length=80, default="CC BY-SA 4.0")
    social_image = models.ForeignKey(
        "home.CustomImage",
        verbose_name=_("image de partage par défaut"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("network")], heading=_("Nom")),
        MultiFieldPanel(
            [FieldPanel("footer_text"), FieldPanel("draft_notice"), FieldPanel("content_licence")],
            heading=_("Pied de page"),
        ),
        FieldPanel("social_image"),
    ]

    class Meta:
        verbose_name = _("réglages du site")
        verbose_name_plural = _("réglages du site")


class Generation(models.Model):
    """One row: a number raised at each change of what readers see; part of every cache key and validator."""

    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_generation_only")]

    def __str__(self):
        return str(self.number)


class SeededKey(models.Model):
    """Something that `load_campaign` has put in place once: it is never put back after an editor changed or removed it."""

    key = models.CharField(max_length=120, unique=True)
    seeded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.key
