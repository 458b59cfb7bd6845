"""Things to test with. Each factory makes the smallest valid thing; a test names only what it is about."""

import datetime
import json

import factory
import wagtail_factories
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.django import DjangoModelFactory
from wagtail.signals import page_published

from assemblies.models import Assembly, AssemblyIndexPage, AssemblyPage, EventIndexPage, EventPage, EventStatus
from home.models import CustomDocument, CustomImage, HomePage, PlainPage, User
from pledges.models import PledgeIndexPage
from resources.models import (
    ArgumentPage,
    InitiativeCommune,
    InitiativeIndexPage,
    InitiativeMeasure,
    InitiativePage,
    KitIndexPage,
    KitItem,
    KitPage,
    LetterPage,
    LocalLibraryPage,
    Measure,
    MeasurePage,
    ResourceFile,
    ResourceIndexPage,
    ResourceKind,
    ResourceMeasure,
    ResourcePage,
)
from resources.models.measures import MeasureColour
from territory.models import Commune

PASSWORD = "un-mot-de-passe-de-test"


# --- People -----------------------------------------------------------------------------------------------------------
class UserFactory(DjangoModelFactory):
    """An account; `UserFactory(role="Rédaction")` puts it in that group, which `provision_roles()` must have made."""

    username = factory.Sequence("personne{}".format)
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    first_name = "Camille"
    last_name = factory.Sequence("Dupont-{}".format)
    password = factory.LazyFunction(lambda: make_password(PASSWORD))

    class Meta:
        model = User
        skip_postgeneration_save = True

    @factory.post_generation
    def role(self, create, name, **kwargs):
        if create and name:
            self.groups.add(Group.objects.get(name=name))


# --- Files ------------------------------------------------------------------------------------------------------------
class ImageFactory(wagtail_factories.ImageFactory):
    title = factory.Sequence("Image {}".format)
    collection = None
    file = factory.django.ImageField(width=40, height=30)

    class Meta:
        model = CustomImage

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        if kwargs.get("collection") is None:
            kwargs.pop("collection")  # the model's own default: the root
        return super()._create(model_class, *args, **kwargs)


class DocumentFactory(wagtail_factories.DocumentFactory):
    title = factory.Sequence("Document {}".format)
    collection = None
    file = factory.django.FileField(filename="texte.txt", data=b"Un document.")

    class Meta:
        model = CustomDocument

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        if kwargs.get("collection") is None:
            kwargs.pop("collection")
        return super()._create(model_class, *args, **kwargs)


# --- Measures ---------------------------------------------------------------------------------------------------------
# number: (name, short name)
MEASURE_NAMES = {
    1: ("Accueil et hébergement", "Accueil"),
    2: ("Mineurs isolés", "Mineurs"),
    3: ("Carte municipale de résident·e", "Carte"),
    4: ("École pour tous les enfants", "École"),
    5: ("Participation à la vie locale", "Participation"),
}


class MeasureFactory(DjangoModelFactory):
    """The measure of a number; asked twice, the same row."""

    number = factory.Sequence(lambda rank: rank + 1)
    name = factory.LazyAttribute(lambda one: MEASURE_NAMES.get(one.number, (f"Mesure {one.number}",))[0])
    short_name = factory.LazyAttribute(lambda one: MEASURE_NAMES.get(one.number, (f"Mesure {one.number}",))[-1])
    slug = factory.LazyAttribute(lambda one: f"mesure-{one.number}")
    colour = factory.LazyAttribute(lambda one: MeasureColour.values[(one.number - 1) % len(MeasureColour.values)])

    class Meta:
        model = Measure
        django_get_or_create = ["number"]


def five_measures():
    return [MeasureFactory(number=number) for number in range(1, 6)]


# --- Pages ------------------------------------------------------------------------------------------------------------
class PageFactory(wagtail_factories.PageFactory):
    """Published, as readers see it, or a draft with `live=False`. Needs `parent`.

    No revision is made, which would treble its cost: Wagtail reads the page itself where there is none.
    """

    title = factory.Sequence("Page {}".format)

    class Meta:
        abstract = True

    @classmethod
    def _create_instance(cls, model_class, parent, kwargs):
        live = kwargs.pop("live", True)
        published = timezone.now() if live else None
        dates = {
            "first_published_at": published,
            "last_published_at": published,
            "latest_revision_created_at": published,
        }
        page = model_class(live=live, has_unpublished_changes=not live, **dates | kwargs)
        parent.add_child(instance=page)
        if live:
            page_published.send(sender=model_class, instance=page, revision=None)
        return page


class HomePageFactory(PageFactory):
    title = "Communes accueillantes"
    slug = "accueil"
    lead = "Trouver ce que fait sa commune."

    class Meta:
        model = HomePage


class PlainPageFactory(PageFactory):
    title = factory.Sequence("Page de texte {}".format)

    class Meta:
        model = PlainPage


class ArgumentPageFactory(PageFactory):
    title = "Argumentaire"
    slug = "argumentaire"
    introduction = "<p>Pourquoi cinq mesures.</p>"

    class Meta:
        model = ArgumentPage


class MeasurePageFactory(PageFactory):
    title = factory.SelfAttribute("measure.name")
    slug = factory.SelfAttribute("measure.slug")
    measure = factory.SubFactory(MeasureFactory)
    pitch = "Ce que l’on demande."
    why = "<p>Parce que c’est possible.</p>"

    class Meta:
        model = MeasurePage


class ResourceIndexPageFactory(PageFactory):
    title = "Ressources"
    slug = "ressources"

    class Meta:
        model = ResourceIndexPage


class ResourcePageFactory(PageFactory):
    """`measures=[…]` and `documents=[…]` link it."""

    title = factory.Sequence("Ressource {}".format)
    kind = ResourceKind.GUIDE

    class Meta:
        model = ResourcePage

    @classmethod
    def _create_instance(cls, model_class, parent, kwargs):
        measures, documents = kwargs.pop("measures", ()), kwargs.pop("documents", ())
        kwargs["measure_items"] = [ResourceMeasure(tag=measure) for measure in measures]
        kwargs["files"] = [ResourceFile(document=document) for document in documents]
        return super()._create_instance(model_class, parent, kwargs)


class KitIndexPageFactory(PageFactory):
    title = "Kits"
    slug = "kits"

    class Meta:
        model = KitIndexPage


class KitPageFactory(PageFactory):
    """`contents=[…]` are its resources and documents, in order; a pair adds a comment."""

    title = factory.Sequence("Kit {}".format)

    class Meta:
        model = KitPage

    @classmethod
    def _create_instance(cls, model_class, parent, kwargs):
        pairs = [one if isinstance(one, tuple) else (one, "") for one in kwargs.pop("contents", ())]
        measures = kwargs.pop("measures", ())
        kwargs["measure_items"] = [ResourceMeasure(tag=measure) for measure in measures]
        kwargs["items"] = [
            KitItem(
                **{"document" if isinstance(one, CustomDocument) else "resource": one}, comment=comment, sort_order=rank
            )
            for rank, (one, comment) in enumerate(pairs)
        ]
        return super()._create_instance(model_class, parent, kwargs)


def letter_versions(*rows):
    """The JSON of versions: (recipient, size, subject, text) each."""
    names = ("recipient", "size", "subject", "text")
    return json.dumps([{"type": "version", "value": dict(zip(names, row, strict=True))} for row in rows])


class LetterPageFactory(ResourcePageFactory):
    title = factory.Sequence("Courrier {}".format)
    versions = factory.LazyFunction(
        lambda: letter_versions(("conseil", "toutes", "Objet {{ de_commune }}", "<p>Madame, Monsieur,</p>"))
    )

    class Meta:
        model = LetterPage


class InitiativeIndexPageFactory(PageFactory):
    title = "Initiatives"
    slug = "initiatives"

    class Meta:
        model = InitiativeIndexPage


class InitiativePageFactory(PageFactory):
    """`communes=[…]` (rows or INSEE codes; Toulouse by default) and `measures=[…]` (the first by default) link it."""

    title = factory.Sequence("Initiative {}".format)
    what_was_done = "<p>Ce qui a été fait.</p>"

    class Meta:
        model = InitiativePage

    @classmethod
    def _create_instance(cls, model_class, parent, kwargs):
        communes = kwargs.pop("communes", ["31555"])
        measures = kwargs.pop("measures", None)
        measures = [MeasureFactory(number=1)] if measures is None else measures
        kwargs["commune_links"] = [
            InitiativeCommune(commune=one if isinstance(one, Commune) else Commune.objects.get(pk=one), sort_order=rank)
            for rank, one in enumerate(communes)
        ]
        kwargs["measure_items"] = [InitiativeMeasure(tag=measure) for measure in measures]
        return super()._create_instance(model_class, parent, kwargs)


# --- Pledges ----------------------------------------------------------------------------------------------------------
class PledgeIndexPageFactory(PageFactory):
    title = "Engagements"
    slug = "engagements"

    class Meta:
        model = PledgeIndexPage


# --- Assemblies -------------------------------------------------------------------------------------------------------
class AssemblyFactory(DjangoModelFactory):
    """`departements=["31"]` and `communes=["31555"]` give its territory."""

    name = factory.Sequence("Assemblée {}".format)
    slug = factory.Sequence("assemblee-{}".format)

    class Meta:
        model = Assembly
        skip_postgeneration_save = True

    @factory.post_generation
    def departements(self, create, codes, **kwargs):
        if create and codes:
            self.departements.set(codes)

    @factory.post_generation
    def communes(self, create, codes, **kwargs):
        if create and codes:
            self.communes.set(codes)


class AssemblyIndexPageFactory(PageFactory):
    title = "Assemblées"
    slug = "assemblees"

    class Meta:
        model = AssemblyIndexPage


class AssemblyPageFactory(PageFactory):
    """`assembly=…`, or `assembly__departements=["31"]` and the like for the one it makes."""

    assembly = factory.SubFactory(AssemblyFactory)
    title = factory.SelfAttribute("assembly.name")
    slug = factory.SelfAttribute("assembly.slug")

    class Meta:
        model = AssemblyPage


class LocalLibraryPageFactory(PageFactory):
    title = "Ressources"
    slug = "ressources"

    class Meta:
        model = LocalLibraryPage


class EventIndexPageFactory(PageFactory):
    title = "Agenda"
    slug = "agenda"

    class Meta:
        model = EventIndexPage


class EventPageFactory(PageFactory):
    """`commune` is a row or an INSEE code; Toulouse by default, on 9 January 2027 at 18:30, confirmed."""

    title = factory.Sequence("Débat {}".format)
    date = datetime.date(2027, 1, 9)
    start_time = datetime.time(18, 30)
    status = EventStatus.CONFIRMED
    commune = "31555"

    class Meta:
        model = EventPage

    @classmethod
    def _create_instance(cls, model_class, parent, kwargs):
        commune = kwargs.pop("commune")
        kwargs["commune"] = Commune.objects.get(pk=commune) if isinstance(commune, str) else commune
        return super()._create_instance(model_class, parent, kwargs)


def many_initiatives(index, number, searchable=False, first_path=1000):
    """`number` published cards at once, without revisions: for lists, maps and exports at scale."""
    from django.contrib.contenttypes.models import ContentType
    from django.db.models import Max
    from django.utils import timezone
    from wagtail.models import Page
    from wagtail.search.backends import get_search_backend

    from home.caching import bump

    measures = five_measures()
    communes = list(Commune.objects.exclude(longitude=None).order_by("-population").values_list("pk", flat=True)[:3000])
    kind = ContentType.objects.get_for_model(InitiativePage)
    first = (Page.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    now = timezone.now()
    cards = []
    for rank in range(number):
        place = first_path + rank
        card = InitiativePage(
            id=first + rank, page_ptr_id=first + rank, title=f"Fiche {place:05d}", slug=f"fiche-{place}", draft_title="",
            path=Page._get_path(index.path, index.depth + 1, place), depth=index.depth + 1, content_type=kind,
            url_path=f"{index.url_path}fiche-{place}/", live=True, locale=index.locale, first_published_at=now,
            last_published_at=now, what_was_done="<p>Ce qui a été fait.</p>", status=["en_cours", "terminee"][rank % 2],
            in_booklet=rank % 5 == 0,
        )  # fmt: skip
        cards.append(card)
    page_names = {field.name for field in Page._meta.local_concrete_fields}
    Page.objects.bulk_create(
        [
            Page(**{field.attname: getattr(card, field.attname) for field in Page._meta.local_concrete_fields})
            for card in cards
        ]
    )
    InitiativePage._base_manager._insert(
        cards, fields=[field for field in InitiativePage._meta.local_concrete_fields if field.name not in page_names],
        using="default", raw=True,
    )  # fmt: skip
    InitiativeCommune.objects.bulk_create(
        [InitiativeCommune(page_id=card.pk, commune_id=communes[rank * 7 % 3000]) for rank, card in enumerate(cards)]
    )
    InitiativeMeasure.objects.bulk_create(
        [InitiativeMeasure(content_object_id=card.pk, tag=measures[rank % 5]) for rank, card in enumerate(cards)]
    )
    Page.objects.filter(pk=index.pk).update(numchild=number)
    # As a connection of PostgreSQL counts keys by itself: the next page must not take one of ours.
    from django.core.management.color import no_style
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Page]):
            cursor.execute(statement)
    if searchable:
        get_search_backend().add_bulk(InitiativePage, InitiativePage.objects.filter(pk__in=[card.pk for card in cards]))
    bump()
    return cards
