"""Debates and other events."""

import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import PageManager

from home.blocks import SHORT_TEXT_FEATURES, SOURCE_BLOCKS
from home.forms import BasePageForm
from home.models import BasePage
from home.models.base import PublishedQuerySet, notice
from home.search import FoldedSearchField
from territory.models import Commune, Election

from ..hours import when_words
from ..panels import WaitingPanel
from .event_dates import USUAL_LENGTH, Dated, EventStatus
from .pages import AssemblyPage
from .reserve import UnderReserve

# How long an event put off without a date is still announced.
FORGOTTEN_AFTER = timedelta(days=365)


class EventKind(models.TextChoices):
    DEBATE = "debat", _("Débat")
    MEETING = "reunion", _("Réunion publique")
    TRAINING = "formation", _("Formation")
    GATHERING = "rassemblement", _("Rassemblement")
    OTHER = "autre", _("Autre rendez-vous")


class EventQuerySet(PublishedQuerySet):
    def for_listing(self):
        """What a list or a calendar prints of an event, in one query."""
        return self.select_related("commune__departement")

    def upcoming(self, now):
        """Those to come, the next first; those put off without a date too, for a year, the last."""
        undated = Q(status=EventStatus.POSTPONED, new_date=None)
        return (
            self.filter(_not_over(now) | (undated & Q(starts_at__gte=now - FORGOTTEN_AFTER)))
            .annotate(last=models.Case(models.When(undated, then=1), default=0))
            .order_by("last", "starts_at", "pk")
        )

    def past(self, now):
        """Those that are over, the latest first."""
        return self.filter(starts_at__isnull=False).exclude(_not_over(now)).order_by("-starts_at", "-pk")

    def in_commune(self, insee):
        return self.filter(commune=insee)

    def in_departement(self, code):
        return self.filter(commune__departement=code)

    def in_region(self, code):
        return self.filter(commune__departement__region=code)

    def below(self, path):
        """Those of the agenda that stands below a page of the tree."""
        return self.filter(path__startswith=path)

    def for_calendars(self):
        """What phones are given: all that was once confirmed, past included, in a fixed order."""
        return self.exclude(status=EventStatus.PROPOSED).exclude(starts_at=None).order_by("starts_at", "pk")


def _not_over(now):
    return Q(ends_at__gte=now) | Q(ends_at=None, starts_at__gte=now - USUAL_LENGTH)


class EventPageForm(BasePageForm):
    """A draft may be without a place; a version to publish may not."""

    def _post_clean(self):
        self.instance.is_being_drafted = self.is_deferred_validation
        try:
            super()._post_clean()
        finally:
            del self.instance.is_being_drafted


class EventPage(UnderReserve, Dated, BasePage):
    """A debate, a meeting: when, where, who is invited, and what became of it."""

    kind = models.CharField(_("nature"), max_length=15, choices=EventKind.choices, default=EventKind.DEBATE)
    body = RichTextField(_("présentation"), features=SHORT_TEXT_FEATURES, blank=True)
    commune = models.ForeignKey(
        Commune,
        verbose_name=_("commune"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="events",
        help_text=_("Place l’événement sur la carte, et décide de l’heure locale. Vide : seulement en ligne."),
    )
    place_name = models.CharField(
        _("lieu"),
        max_length=200,
        blank=True,
        help_text=_("« Bourse du travail, place Saint-Sernin ». Jamais un lieu d’accueil."),
    )
    online_url = models.URLField(
        _("adresse en ligne"), max_length=500, blank=True, help_text=_("Pour suivre ou participer à distance.")
    )
    access = models.TextField(
        _("accès"),
        blank=True,
        help_text=_(
            "Fauteuil, langue des signes, traduction, garde d’enfants, transports : ce qui aide à décider de venir."
        ),
    )
    organisers = models.TextField(_("organisé par"), blank=True)
    invited = models.TextField(
        _("candidat·es invité·es"),
        blank=True,
        help_text=_(
            "« Toutes les listes ont reçu la même invitation » : à chacune la même, dans les mêmes termes. Inviter une seule "
            "liste lui donne un avantage qu’une association n’a pas le droit d’offrir (code électoral, article L52-8)."
        ),
    )
    election = models.ForeignKey(
        Election,
        verbose_name=_("cet événement porte sur une élection"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="events",
        help_text=_(
            "Rien de nouveau ne paraît alors de la veille de chaque tour à 0 h à la fermeture des bureaux de vote : ce qui est "
            "publié ces jours-là attend, et paraît ensuite de lui-même. Une annulation paraît tout de suite."
        ),
    )
    recording_url = models.URLField(_("enregistrement"), max_length=500, blank=True)
    summary_after = RichTextField(
        _("compte rendu"), features=SHORT_TEXT_FEATURES, blank=True, help_text=_("Une fois l’événement passé.")
    )
    label = models.CharField(
        _("mention"), max_length=120, blank=True, help_text=_("Par exemple « à valider par le réseau ».")
    )
    sources = StreamField(SOURCE_BLOCKS, verbose_name=_("sources"), blank=True)
    uid = models.UUIDField(_("identifiant"), default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(_("numéro de version"), default=0, editable=False)

    objects = PageManager.from_queryset(EventQuerySet)()

    NOT_CONTENT = ("uid", "sequence", "starts_at", "ends_at")
    # What a change of which a calendar shows.
    SHOWN_BY_CALENDARS = (
        "title", "summary", "status", "status_note", "kind", "commune_id", "place_name", "online_url", "access",
        "organisers", "starts_at", "ends_at",
    )  # fmt: skip

    parent_page_types = ["assemblies.EventIndexPage"]
    subpage_types = []
    base_form_class = EventPageForm
    # A copy is another event: phones must not take it for the first.
    exclude_fields_in_copy = ["uid", "sequence"]
    kind_label = _("Rendez-vous")
    schema_type = "Event"
    search_fields = [
        *BasePage.search_fields,
        *(FoldedSearchField(name) for name in ("body", "place_text", "organisers", "invited", "summary_after")),
    ]
    content_panels = [
        WaitingPanel(),
        *BasePage.content_panels,
        notice(_("N’écrivez ni nom, ni adresse, ni situation administrative d’une personne aidée.")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("date"), FieldPanel("start_time")]),
                FieldRowPanel([FieldPanel("end_date"), FieldPanel("end_time")]),
            ],
            heading=_("Quand"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("status"),
                FieldPanel("status_note"),
                FieldRowPanel([FieldPanel("new_date"), FieldPanel("new_start_time")]),
                FieldRowPanel([FieldPanel("new_end_date"), FieldPanel("new_end_time")]),
            ],
            heading=_("Où il en est"),
        ),
        MultiFieldPanel(
            [FieldPanel("commune"), FieldPanel("place_name"), FieldPanel("online_url"), FieldPanel("access")],
            heading=_("Où"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel("body"),
                FieldPanel("organisers"),
                FieldPanel("election"),
                FieldPanel("invited"),
            ],
            heading=_("De quoi il s’agit"),
        ),
        MultiFieldPanel([FieldPanel("recording_url"), FieldPanel("summary_after")], heading=_("Après")),
        MultiFieldPanel([FieldPanel("sources"), FieldPanel("label")], heading=_("Provenance")),
    ]

    class Meta:
        verbose_name = _("événement")
        verbose_name_plural = _("événements")

    def clean(self):
        super().clean()
        if not (self.commune_id or self.online_url or getattr(self, "is_being_drafted", False)):
            raise ValidationError({"commune": _now("Dire où : une commune, ou une adresse en ligne.")})

    def with_content_json(self, content):
        page = super().with_content_json(content)
        # They belong to the page, not to one of its versions.
        page.uid, page.sequence = self.uid, self.sequence
        return page

    def set_moments(self):
        super().set_moments()
        if self._state.adding and self.alias_of_id:
            self.uid = uuid.uuid4()
        if self.live and not self._state.adding:
            self.sequence = self._next_sequence()

    def _next_sequence(self) -> int:
        """Raised when what a calendar shows of a published event changes; calendars keep the highest they met."""
        before = type(self).objects.filter(pk=self.pk).first()
        if before is None or before.first_published_at is None:
            return self.sequence
        same = all(getattr(self, name) == getattr(before, name) for name in self.SHOWN_BY_CALENDARS)
        return before.sequence if before.live and same else before.sequence + 1

    # --- What is said -------------------------------------------------------------------------------------------------
    @cached_property
    def assembly(self):
        """The assembly in whose agenda it stands; None in that of the country."""
        page = AssemblyPage.objects.ancestor_of(self).select_related("assembly").first()
        return page.assembly if page else None

    @property
    def place(self) -> str:
        """« Bourse du travail, Toulouse », « en ligne »."""
        return ", ".join(filter(None, (self.place_name, self.commune.name if self.commune_id else ""))) or _now(
            "en ligne"
        )

    @property
    def place_text(self) -> str:
        """Where, for the search: with the département."""
        return f"{self.place} {self.commune.departement.name}" if self.commune_id else self.place

    @property
    def status_words(self) -> str:
        """« Annulé », « Reporté au lundi 9 mars 2020, 18 h 30 »; empty for what is simply confirmed."""
        if self.is_moved and self.is_postponed:
            return _now("Reporté au %s") % when_words(self.starts_locally, None, self.place_of_the_clock)
        if self.is_undated:
            return _now("Reporté à une date à venir")
        return "" if self.status == EventStatus.CONFIRMED else self.get_status_display()

    def json_ld(self):
        from ..event_data import event_json_ld

        return event_json_ld(self, super().json_ld())

    def get_context(self, request, *args, **kwargs):
        from ..agenda import with_locals

        context = super().get_context(request, *args, **kwargs)
        with_locals(request, [self])
        context["is_over"] = self.is_over(timezone.now())
        return context
