"""First content of the argumentaire, the library and the initiatives: see `home/seeding.py` for the rule."""

from pathlib import Path

from home.models import HomePage
from home.seeding import body, once, publish_under, read_toml, stream
from territory.models import Commune

from .models import (
    ArgumentPage,
    CalendarStep,
    InitiativeCommune,
    InitiativeIndexPage,
    InitiativePage,
    KitIndexPage,
    KitItem,
    KitPage,
    LetterPage,
    Measure,
    MeasurePage,
    ResourceIndexPage,
    ResourcePage,
)

CONTENT = Path(__file__).parent / "content"


def seed_argument():
    """The argumentaire and its five measures. Yields a name for each piece."""
    home = HomePage.objects.first()
    text = read_toml(CONTENT / "argument.toml")
    if once("page:argumentaire"):
        publish_under(
            home,
            ArgumentPage(
                title=text["title"],
                slug="argumentaire",
                summary=text["summary"],
                label=text["label"],
                introduction=text["introduction"],
                conclusion=text["conclusion"],
                sources=stream("source", text.get("source", [])),
                checked_on=text.get("checked_on"),
                show_in_menus=True,
            ),
        )
    yield "argumentaire"
    argument = ArgumentPage.objects.first()
    for row in read_toml(CONTENT / "measures.toml")["measure"]:
        if once(f"measure:{row['slug']}") and argument:
            measure, _created = Measure.objects.get_or_create(
                slug=row["slug"],
                defaults={
                    "name": row["name"],
                    "number": row["number"],
                    "short_name": row["short_name"],
                    "colour": row["colour"],
                },
            )
            names = [
                "notice",
                "pitch",
                "plain_language",
                "why",
                "how",
                "variant_small",
                "variant_town",
                "variant_intercommunal",
                "costs_and_limits",
            ]
            publish_under(
                argument,
                MeasurePage(
                    title=row["name"],
                    slug=row["slug"],
                    summary=row["pitch"],
                    measure=measure,
                    actions=stream("action", row.get("action", [])),
                    objections=stream("objection", row.get("objection", [])),
                    sources=stream("source", row.get("source", [])),
                    checked_on=row.get("checked_on"),
                    **{name: row[name] for name in names},
                ),
            )
        yield row["slug"]


def seed_library():
    home = HomePage.objects.first()
    if once("page:ressources"):
        publish_under(
            home,
            ResourceIndexPage(
                title="Ressources",
                slug="ressources",
                summary="Courriers, questionnaires, fiches et affiches à adapter, en PDF et en fichiers modifiables.",
                intro="Tout ce qu’il faut pour écrire aux listes, préparer un rendez-vous, organiser un débat. "
                "Les fichiers ODT et DOCX se modifient dans LibreOffice ou Word.",
                show_in_menus=True,
            ),
        )
    yield "ressources"
    index = ResourceIndexPage.objects.first()
    measures = {measure.number: measure for measure in Measure.objects.all()}
    # The first ones are published last, and so stand first in lists.
    for row in reversed(read_toml(CONTENT / "library.toml")["resource"]):
        if once(f"resource:{row['slug']}") and index:
            page = ResourcePage(
                title=row["title"],
                slug=row["slug"],
                summary=row["summary"],
                kind=row["kind"],
                audiences=row["audiences"],
                phases=row["phases"],
                language=row["language"],
                publisher=row["publisher"],
                licence=row["licence"],
                label=row["label"],
                layout=row["layout"],
                checked_on=row.get("checked_on"),
                body=body(row["body"]),
                sources=stream("source", row.get("source", [])),
            )
            page.measures.add(*(measures[number] for number in row["measures"] if number in measures))
            publish_under(index, page)
        yield row["slug"]


def seed_letters():
    index = ResourceIndexPage.objects.first()
    measures = {measure.number: measure for measure in Measure.objects.all()}
    for row in reversed(read_toml(CONTENT / "letters.toml")["letter"]):
        if once(f"letter:{row['slug']}") and index:
            names = [
                "title", "summary", "audiences", "phases", "language", "publisher", "licence", "label", "checked_on",
                "dossier_use",
            ]  # fmt: skip
            # Where an earlier version of the site put a plain resource at this address, both stay.
            for slug in (row["slug"], f"{row['slug']}-a-champs"):
                page = LetterPage(
                    slug=slug,
                    versions=stream("version", row["version"]),
                    sources=stream("source", row.get("source", [])),
                    **{name: row[name] for name in names},
                )
                page.measures.add(*(measures[number] for number in row["measures"] if number in measures))
                if publish_under(index, page):
                    break
        yield row["slug"]


def seed_calendar():
    if once("calendar"):
        CalendarStep.objects.bulk_create(CalendarStep(**row) for row in read_toml(CONTENT / "calendar.toml")["step"])
    yield "calendrier"


def seed_kits():
    """The kits, of resources that are already there: one that editors removed is left out."""
    library = ResourceIndexPage.objects.first()
    if library is None:
        return
    if once("page:kits"):
        publish_under(
            library,
            KitIndexPage(
                title="Kits",
                slug="kits",
                summary="De quoi mener une étape de la campagne, dans l’ordre, en un seul téléchargement.",
                intro="Chaque kit réunit des documents de la bibliothèque, dit quand s’en servir, et se télécharge en une "
                "archive qui s’ouvre sans connexion.",
            ),
        )
    yield "kits"
    index = KitIndexPage.objects.first()
    measures = {measure.number: measure for measure in Measure.objects.all()}
    resources = {page.slug: page for page in ResourcePage.objects.child_of(library)}
    for row in read_toml(CONTENT / "kits.toml")["kit"]:
        if once(f"kit:{row['slug']}") and index:
            names = ["title", "slug", "summary", "audiences", "phases", "language", "publisher", "licence", "label"]
            kit = KitPage(
                body=body(row["body"]),
                sources=stream("source", row.get("source", [])),
                checked_on=row.get("checked_on"),
                **{name: row[name] for name in names},
            )
            kit.items = [
                KitItem(resource=resources[item["resource"]], comment=item["comment"], sort_order=order)
                for order, item in enumerate(row["item"])
                if item["resource"] in resources
            ]
            kit.measures.add(*(measures[number] for number in row["measures"] if number in measures))
            publish_under(index, kit)
        yield row["slug"]


def seed_initiatives():
    home = HomePage.objects.first()
    if once("page:initiatives"):
        publish_under(
            home,
            InitiativeIndexPage(
                title="Initiatives",
                slug="initiatives",
                summary="Ce que des communes ont fait pour accueillir, ville par ville, réussites et arrêts compris.",
                intro="Chaque fiche dit ce qui a été fait, avec quels moyens, ce qui n’a pas marché et où cela en est, "
                "avec ses sources.",
                show_in_menus=True,
            ),
        )
    yield "initiatives"
    index = InitiativeIndexPage.objects.first()
    measures = {measure.number: measure for measure in Measure.objects.all()}
    # The booklet's ten are published last, and so stand first in lists.
    for row in reversed(read_toml(CONTENT / "initiatives.toml")["initiative"]):
        if once(f"initiative:{row['slug']}") and index:
            publish_under(index, _initiative(row, measures))
        yield row["slug"]


def _initiative(row, measures):
    names = [
        "title",
        "slug",
        "summary",
        "what_was_done",
        "means",
        "result",
        "did_not_work",
        "durability",
        "alternance",
        "authority",
        "started",
        "ended",
        "status",
        "in_booklet",
    ]
    page = InitiativePage(
        partners="\n".join(row.get("partners", [])),
        sources=stream("source", row.get("source", [])),
        checked_on=row.get("checked_on"),
        **{name: row[name] for name in names},
    )
    communes = Commune.objects.in_bulk(row["communes"])
    page.commune_links = [
        InitiativeCommune(commune=communes[insee], sort_order=order)
        for order, insee in enumerate(row["communes"])
        if insee in communes
    ]
    page.measures.add(*(measures[number] for number in row["measures"] if number in measures))
    return page
