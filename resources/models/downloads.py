"""How many times a page of the library or a commune's file was downloaded, day by day: numbers, and nobody in them."""

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from territory.models import Commune

from .library import ResourcePage


class DownloadCountQuerySet(models.QuerySet):
    def since(self, day):
        """Those of `day` and after; all of them for None."""
        return self if day is None else self.filter(day__gte=day)

    def of_pages(self):
        return self.filter(page__isnull=False)

    def of_communes(self):
        return self.filter(commune__isnull=False)

    def by_page(self):
        """The resource pages counted here, each with its `total`, the most downloaded first."""
        # What is long and not shown stays in the database, which would sort it.
        pages = ResourcePage.objects.filter(download_counts__in=self).defer("body", "sources")
        return pages.annotate(total=Sum("download_counts__number")).order_by("-total", "title", "pk")

    def by_commune(self):
        """The communes counted here, each with its `total`, the most downloaded first."""
        communes = Commune.objects.filter(download_counts__in=self)
        return communes.annotate(total=Sum("download_counts__number")).order_by("-total", "folded", "pk")

    def by_day(self):
        """`{"day", "total"}` for each day that has a download, in order."""
        return self.order_by("day").values("day").annotate(total=Sum("number"))


class DownloadCount(models.Model):
    """The downloads of one page, or of one commune, on one day of Paris."""

    # Wagtail would say of every page that it is « used » by its own counts.
    wagtail_reference_index_ignore = True

    day = models.DateField(_("jour"))
    page = models.ForeignKey(
        ResourcePage,
        verbose_name=_("ressource"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="download_counts",
    )
    commune = models.ForeignKey(
        Commune,
        verbose_name=_("commune"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="download_counts",
    )
    number = models.PositiveIntegerField(_("téléchargements"))

    objects = DownloadCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("nombre de téléchargements")
        verbose_name_plural = _("nombres de téléchargements")
        constraints = [
            models.CheckConstraint(
                condition=Q(page__isnull=False, commune__isnull=True) | Q(page__isnull=True, commune__isnull=False),
                name="downloads_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["day", "page"], condition=Q(page__isnull=False), name="downloads_one_row_a_day_and_page"
            ),
            models.UniqueConstraint(
                fields=["day", "commune"],
                condition=Q(commune__isnull=False),
                name="downloads_one_row_a_day_and_commune",
            ),
        ]

    def __str__(self):
        return f"{self.page or self.commune}, {self.day} : {self.number}"
