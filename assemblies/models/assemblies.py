from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from territory.models import Commune, Departement


class AssemblyQuerySet(models.QuerySet):
    def covering(self, commune):
        """The assemblies of a commune: those that name it first, then those of its département. May be several."""
        return (
            self.filter(Q(communes=commune) | Q(departements=commune.departement_id))
            .annotate(names_it=models.Count("communes", filter=Q(communes=commune)))
            .order_by("-names_it", "name")
            .distinct()
        )


class Assembly(models.Model):
    """A local group of the network. Its territory is free: a département is not a key, and several may share one."""

    name = models.CharField(_("nom"), max_length=120, unique=True)
    slug = models.SlugField(_("adresse"), max_length=60, unique=True)
    departements = models.ManyToManyField(
        Departement, verbose_name=_("départements"), blank=True, related_name="assemblies"
    )
    communes = models.ManyToManyField(
        Commune,
        verbose_name=_("communes"),
        blank=True,
        related_name="assemblies",
        help_text=_("Seulement si elle couvre des communes précises, et non un département entier."),
    )
    private_contact = models.EmailField(
        _("contact privé"),
        blank=True,
        help_text=_("Jamais montré ni imprimé : il sert au site pour joindre l’assemblée."),
    )
    printable_contact = models.CharField(
        _("contact imprimable"),
        max_length=200,
        blank=True,
        help_text=_("Imprimé tel quel sur les courriers et les dossiers. Le laisser vide pour ne rien imprimer."),
    )
    name_shown = models.BooleanField(
        _("nom montré"),
        default=False,
        help_text=_("Coché : le nom de l’assemblée paraît sur les pages des communes et dans les dossiers."),
    )
    # What is its own, put in place by `provisioning.provision()`, and again if administration deletes one of them.
    group = models.OneToOneField(
        Group,
        verbose_name=_("groupe"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="assembly",
    )
    public_files = models.ForeignKey(
        Collection,
        verbose_name=_("collection publique"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    private_files = models.ForeignKey(
        Collection,
        verbose_name=_("collection privée"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = AssemblyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("assemblée locale")
        verbose_name_plural = _("assemblées locales")
        permissions = [("see_private_contact", _("Voir le contact privé des assemblées"))]

    def __str__(self):
        return self.name
