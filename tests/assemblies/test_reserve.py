"""The réserve électorale: whatever way an event takes to be published, nothing new about an election is online before the
polls close; what was approved is, soon after."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page, Revision

from assemblies.models import EventPage, EventStatus
from assemblies.models.reserve import ReserveError
from home import jobs
from home.caching import generation
from home.roles import MODERATION, REDACTION
from territory.models import Election, Round, RoundHours
from territory.seeding import seed_elections
from tests.factories import EventIndexPageFactory, EventPageFactory


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


IN_THE_RESERVE = utc("2026-03-14 12:00:00")
AFTER = utc("2026-03-15 19:00:30")


@pytest.fixture
def clock(monkeypatch):
    """`clock("2026-03-14 12:00")` is the present hour (UTC) from then on."""

    def set_to(moment):
        moment = utc(moment) if isinstance(moment, str) else moment
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


@pytest.fixture(scope="module")
def elections(site_of_the_module):
    Election.objects.all().delete()
    seed_elections()
    # Made up, on the day when clocks go forward: 29 March 2026.
    spring = Election.objects.create(
        name="Élection du changement d’heure", slug="changement-d-heure", departement_id="38"
    )
    Round.objects.create(election=spring, number=1, date=date(2026, 3, 29))
    partial = Election.objects.create(name="Partielle en Isère", slug="partielle", departement_id="38")
    Round.objects.create(election=partial, number=1, date=date(2027, 1, 17))
    own_hours = Election.objects.create(name="À son heure", slug="a-son-heure")
    first = Round.objects.create(election=own_hours, number=1, date=date(2028, 6, 11))
    RoundHours.objects.create(round=first, departement_id="974", closes_at=time(18))


@pytest.fixture
def index(elections, site):
    return EventIndexPageFactory(parent=site.home)


@pytest.fixture
def election(index):
    return Election.objects.get(slug="municipales-2026")


@pytest.fixture
def event(index, election, clock):
    """Online since before the réserve, about the election, in Toulouse."""
    clock("2026-03-01 12:00")
    return EventPageFactory(parent=index, title="Avant", date=date(2026, 4, 20), election=election)


@pytest.fixture
def draft(index, election, clock):
    clock("2026-03-01 12:00")
    return EventPageFactory(parent=index, title="Brouillon", date=date(2026, 4, 20), election=election, live=False)


def fresh(page):
    return EventPage.objects.get(pk=page.pk)


def change(page, **values):
    """A new version of the page, not published yet."""
    page = fresh(page).get_latest_revision_as_object()
    for name, value in values.items():
        setattr(page, name, value)
    return page.save_revision()


# Département of a commune: one of its communes.
COMMUNES = {"75": "75056", "31": "31555", "38": "38185", "974": "97411", "971": "97105", "988": "98818", "69": "69123"}
# (moment in UTC, département or None for no commune, slug of the election it is about, whether it appears at once)
TABLE = [
    # Métropole, first round of 2026: UTC+1.
    ("2026-03-13 22:59:59", "31", "municipales-2026", True),
    ("2026-03-13 23:00:00", "31", "municipales-2026", False),
    ("2026-03-14 12:00:00", "75", "municipales-2026", False),
    ("2026-03-15 18:59:59", "31", "municipales-2026", False),
    ("2026-03-15 19:00:00", "31", "municipales-2026", True),
    ("2026-03-18 12:00:00", "75", "municipales-2026", True),
    # Second round.
    ("2026-03-20 22:59:59", "31", "municipales-2026", True),
    ("2026-03-20 23:00:00", "31", "municipales-2026", False),
    ("2026-03-22 18:59:59", "31", "municipales-2026", False),
    ("2026-03-22 19:00:00", "31", "municipales-2026", True),
    # 2020: winter time, then summer time.
    ("2020-03-13 22:59:59", "75", "municipales-2020", True),
    ("2020-03-13 23:00:00", "75", "municipales-2020", False),
    ("2020-03-15 18:59:59", "75", "municipales-2020", False),
    ("2020-03-15 19:00:00", "75", "municipales-2020", True),
    ("2020-06-26 21:59:59", "75", "municipales-2020", True),
    ("2020-06-26 22:00:00", "75", "municipales-2020", False),
    ("2020-06-28 17:59:59", "75", "municipales-2020", False),
    ("2020-06-28 18:00:00", "75", "municipales-2020", True),
    # La Réunion, UTC+4.
    ("2026-03-13 19:59:59", "974", "municipales-2026", True),
    ("2026-03-13 20:00:00", "974", "municipales-2026", False),
    ("2026-03-15 15:59:59", "974", "municipales-2026", False),
    ("2026-03-15 16:00:00", "974", "municipales-2026", True),
    ("2020-06-28 15:59:59", "974", "municipales-2020", False),
    ("2020-06-28 16:00:00", "974", "municipales-2020", True),
    # Guadeloupe, UTC-4.
    ("2026-03-14 03:59:59", "971", "municipales-2026", True),
    ("2026-03-14 04:00:00", "971", "municipales-2026", False),
    ("2026-03-15 23:59:59", "971", "municipales-2026", False),
    ("2026-03-16 00:00:00", "971", "municipales-2026", True),
    # Nouvelle-Calédonie, UTC+11.
    ("2026-03-13 12:59:59", "988", "municipales-2026", True),
    ("2026-03-13 13:00:00", "988", "municipales-2026", False),
    ("2026-03-15 08:59:59", "988", "municipales-2026", False),
    ("2026-03-15 09:00:00", "988", "municipales-2026", True),
    # Without a commune: from Wallis to Polynésie.
    ("2026-03-13 11:59:59", None, "municipales-2026", True),
    ("2026-03-13 12:00:00", None, "municipales-2026", False),
    ("2026-03-15 19:00:00", None, "municipales-2026", False),
    ("2026-03-16 05:59:59", None, "municipales-2026", False),
    ("2026-03-16 06:00:00", None, "municipales-2026", True),
    # A partial election holds back its own département, and what is for the whole country.
    ("2027-01-15 22:59:59", "38", "partielle", True),
    ("2027-01-15 23:00:00", "38", "partielle", False),
    ("2027-01-17 18:59:59", "38", "partielle", False),
    ("2027-01-17 19:00:00", "38", "partielle", True),
    ("2027-01-16 12:00:00", "69", "partielle", True),
    ("2027-01-16 12:00:00", None, "partielle", False),
    # The night when clocks go forward is in this one: it starts at UTC+1 and ends at UTC+2.
    ("2026-03-27 22:59:59", "38", "changement-d-heure", True),
    ("2026-03-27 23:00:00", "38", "changement-d-heure", False),
    ("2026-03-29 00:59:59", "38", "changement-d-heure", False),
    ("2026-03-29 01:00:00", "38", "changement-d-heure", False),
    ("2026-03-29 17:59:59", "38", "changement-d-heure", False),
    ("2026-03-29 18:00:00", "38", "changement-d-heure", True),
    # Polls that close at an hour of their own.
    ("2028-06-11 13:59:59", "974", "a-son-heure", False),
    ("2028-06-11 14:00:00", "974", "a-son-heure", True),
    ("2028-06-11 14:00:00", "31", "a-son-heure", False),
    ("2028-06-11 18:00:00", "31", "a-son-heure", True),
    # About no election: never held back.
    ("2026-03-14 12:00:00", "31", None, True),
    ("2026-03-14 12:00:00", None, None, True),
]


@pytest.mark.parametrize(("moment", "departement", "slug", "at_once"), TABLE)
def test_publishing_waits_or_not_to_the_second(index, clock, moment, departement, slug, at_once):
    clock(moment)
    page = EventPage(
        title="Un débat",
        date=date(2029, 1, 9),
        start_time=time(18, 30),
        commune_id=COMMUNES.get(departement),
        online_url="https://example.org/",
        election=slug and Election.objects.get(slug=slug),
        live=False,
    )
    index.add_child(instance=page)
    page.save_revision().publish()
    page = fresh(page)
    assert page.live == at_once
    assert bool(page.scheduled_revision) == (not at_once)
    if not at_once:
        end = page.scheduled_revision.approved_go_live_at
        assert page.waits_until == end
        clock(end)
        call_command("publish_scheduled")
        assert not fresh(page).live
        clock(end + timedelta(seconds=1))
        call_command("publish_scheduled")
        assert fresh(page).live
        assert fresh(page).scheduled_revision is None
        assert fresh(page).go_live_at is None


# --- What waits -------------------------------------------------------------------------------------------------------
def test_what_is_online_stays_as_it_is_while_a_change_waits(event, clock, client):
    clock(IN_THE_RESERVE)
    before = generation()
    change(event, title="Après").publish()
    assert fresh(event).title == "Avant"
    assert fresh(event).live
    assert fresh(event).waits_until == utc("2026-03-15 19:00")
    assert generation() == before
    clock(AFTER)
    jobs.publish_scheduled()
    assert fresh(event).title == "Après"


def test_taking_the_election_or_the_commune_away_is_no_way_out(event, clock):
    clock(IN_THE_RESERVE)
    change(event, title="Après", election=None).publish()
    assert fresh(event).title == "Avant"
    clock("2026-03-15 17:00")
    change(event, title="Après", commune_id="97411", election_id=event.election_id).publish()
    assert fresh(event).title == "Avant"


def test_an_hour_chosen_inside_the_reserve_is_moved_after_it(draft, clock):
    clock("2026-03-12 12:00")
    change(draft, go_live_at=utc("2026-03-14 09:00")).publish()
    assert fresh(draft).scheduled_revision.approved_go_live_at == utc("2026-03-15 19:00")


def test_an_hour_chosen_after_the_reserve_is_kept(draft, clock):
    clock(IN_THE_RESERVE)
    change(draft, go_live_at=utc("2026-03-18 09:00")).publish()
    assert fresh(draft).scheduled_revision.approved_go_live_at == utc("2026-03-18 09:00")
    assert fresh(draft).waits_until is None


def test_what_was_scheduled_waits_again_when_polls_close_later(draft, clock, election):
    clock(IN_THE_RESERVE)
    change(draft).publish()
    Round.objects.filter(election=election).update(closes_at=time(21))
    clock("2026-03-15 19:30")
    jobs.publish_scheduled()
    assert not fresh(draft).live
    assert fresh(draft).waits_until == utc("2026-03-15 20:00")


def test_one_page_that_is_no_longer_valid_does_not_keep_the_others_waiting(draft, event, clock, election):
    clock(IN_THE_RESERVE)
    change(draft).publish()
    change(event, title="Après").publish()
    # Approved, then an election is called on its very day.
    Round.objects.filter(election=election, number=2).update(date=date(2026, 4, 20))
    EventPage.objects.filter(pk=event.pk).update(date=date(2026, 5, 4))
    revision = Revision.objects.get(approved_go_live_at__isnull=False, object_id=str(event.pk))
    revision.content["date"] = "2026-05-04"
    revision.save()
    clock(AFTER)
    jobs.publish_scheduled()
    assert not fresh(draft).live
    assert fresh(draft).scheduled_revision is None
    assert fresh(event).title == "Après"


def test_the_hour_of_the_end_is_not_left_in_the_editors_form(event, clock):
    clock(IN_THE_RESERVE)
    change(event, title="Après")
    assert fresh(event).get_latest_revision_as_object().go_live_at is None


# --- What passes ------------------------------------------------------------------------------------------------------
def test_a_cancellation_passes_at_once_and_what_waited_no_longer_does(event, clock):
    clock(IN_THE_RESERVE)
    change(event, title="Après").publish()
    assert fresh(event).waits_until
    change(event, status=EventStatus.CANCELLED, status_note="Salle fermée.").publish()
    page = fresh(event)
    assert (page.status, page.status_note) == (EventStatus.CANCELLED, "Salle fermée.")
    assert page.waits_until is None


def test_only_the_words_of_a_cancellation_pass_and_the_rest_stays_a_draft(event, clock):
    clock(IN_THE_RESERVE)
    change(event, status=EventStatus.CANCELLED, title="Autre titre", body="<p>Votre avis compte.</p>").publish()
    page = fresh(event)
    assert (page.status, page.title, page.body) == (EventStatus.CANCELLED, "Avant", "")
    assert page.has_unpublished_changes
    assert page.get_latest_revision_as_object().title == "Autre titre"


def test_what_is_cancelled_is_not_rewritten_nor_confirmed_again(event, clock):
    clock(IN_THE_RESERVE)
    change(event, status=EventStatus.CANCELLED).publish()
    change(event, status_note="Un autre mot").publish()
    assert fresh(event).status_note == ""
    change(event, status=EventStatus.CONFIRMED).publish()
    assert fresh(event).status == EventStatus.CANCELLED


def test_a_cancelled_event_never_announced_waits(draft, clock):
    clock(IN_THE_RESERVE)
    change(draft, status=EventStatus.CANCELLED).publish()
    assert not fresh(draft).live


def test_a_page_is_taken_down_or_deleted_at_any_time(event, clock):
    clock(IN_THE_RESERVE)
    change(event, title="Après").publish()
    fresh(event).unpublish()
    assert not fresh(event).live
    assert fresh(event).scheduled_revision is None
    fresh(event).delete()


# --- Every other way to be online ---------------------------------------------------------------------------------------
def test_a_page_added_live_is_a_draft(index, election, clock):
    clock(IN_THE_RESERVE)
    page = EventPageFactory(parent=index, date=date(2026, 4, 20), election=election)
    assert not fresh(page).live


def test_a_page_made_live_by_a_script_stays_a_draft(draft, clock):
    clock(IN_THE_RESERVE)
    page = fresh(draft)
    page.live = True
    page.save()
    assert not fresh(draft).live
    page.live = True
    page.save(update_fields=["live"])
    assert not fresh(draft).live


def test_what_is_online_is_not_rewritten_by_a_script(event, clock):
    clock(IN_THE_RESERVE)
    page = fresh(event)
    page.title = "Après"
    with pytest.raises(ReserveError):
        page.save()
    with pytest.raises(ReserveError):
        page.save(update_fields=["title"])
    page = fresh(event)
    page.locked = True
    page.save()


def test_a_copy_kept_live_is_a_draft(event, clock):
    clock(IN_THE_RESERVE)
    copy = event.copy(update_attrs={"slug": "copie"}, keep_live=True)
    assert not EventPage.objects.get(slug="copie").live
    assert copy.uid != event.uid


def test_an_alias_is_a_draft_until_its_page_is_published_after(event, clock):
    event.save_revision().publish()
    clock(IN_THE_RESERVE)
    alias = fresh(event).create_alias(update_slug="alias")
    assert not fresh(alias).live
    change(event, title="Après").publish()
    assert not fresh(alias).live
    clock(AFTER)
    jobs.publish_scheduled()
    assert fresh(alias).live
    assert fresh(alias).uid != event.uid


def test_an_alias_follows_a_cancellation(event, clock):
    event.save_revision().publish()
    alias = fresh(event).create_alias(update_slug="alias")
    clock(IN_THE_RESERVE)
    change(event, status=EventStatus.CANCELLED).publish()
    assert fresh(alias).status == EventStatus.CANCELLED


def test_moving_a_page_publishes_nothing(draft, event, clock, site):
    clock(IN_THE_RESERVE)
    change(draft).publish()
    change(event, title="Après").publish()
    for page in (draft, event):
        Page.objects.get(pk=page.pk).move(site.initiatives, pos="last-child")
    assert not fresh(draft).live
    assert fresh(event).title == "Avant"
    assert fresh(event).waits_until


def test_approving_in_the_workflow_waits(roles, draft, clock, log_in):
    editor, moderator = log_in(REDACTION).user, log_in(MODERATION).user
    clock(IN_THE_RESERVE)
    page = fresh(draft)
    page.save_revision(user=editor)
    state = roles.home.get_workflow().start(page, editor)
    state.current_task_state.approve(user=moderator)
    assert not fresh(draft).live
    assert fresh(draft).waits_until == utc("2026-03-15 19:00")
    clock(AFTER)
    jobs.publish_scheduled()
    assert fresh(draft).live


def test_publishing_many_at_once_waits_and_says_so(roles, draft, event, clock, log_in):
    client = log_in(MODERATION)
    clock(IN_THE_RESERVE)
    change(draft)
    response = client.post(f"/admin/bulk/wagtailcore/page/publish/?id={draft.pk}&next=/admin/", follow=True)
    assert not fresh(draft).live
    assert fresh(draft).waits_until
    assert "attend la fin de la réserve électorale" in response.content.decode()


def test_the_editors_button_waits_and_says_until_when(roles, event, clock, log_in):
    client = log_in(MODERATION)
    clock(IN_THE_RESERVE)
    form = editing(client, event)
    response = client.post(
        f"/admin/pages/{event.pk}/edit/", form | {"title": "Après", "action-publish": "1"}, follow=True
    )
    text = response.content.decode()
    assert fresh(event).title == "Avant"
    assert "dimanche 15 mars 2026 à 20\xa0h" in text
    assert "a été publiée" not in text
    # And again in the form, which stays open to a cancellation.
    text = client.get(f"/admin/pages/{event.pk}/edit/").content.decode()
    assert "dimanche 15 mars 2026 à 20\xa0h" in text
    form = editing(client, event)
    client.post(
        f"/admin/pages/{event.pk}/edit/", form | {"status": EventStatus.CANCELLED, "action-publish": "1"}, follow=True
    )
    assert (fresh(event).status, fresh(event).title) == (EventStatus.CANCELLED, "Avant")


def test_a_new_page_published_by_its_author_waits_and_says_so(roles, index, election, clock, log_in):
    client = log_in(MODERATION)
    clock(IN_THE_RESERVE)
    form = {
        "title": "Nouveau", "slug": "nouveau", "date": "2026-04-20", "start_time": "18:30", "commune": "31555",
        "status": "confirme", "kind": "debat", "election": election.pk, "sources-count": "0", "body": "null",
        "summary_after": "null", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "action-publish": "1",
    }  # fmt: skip
    response = client.post(f"/admin/pages/add/assemblies/eventpage/{index.pk}/", form, follow=True)
    page = EventPage.objects.get(slug="nouveau")
    assert not page.live
    assert page.waits_until
    assert "attend la fin de la réserve électorale" in response.content.decode()


def editing(client, page):
    """What the form of a page sends when nothing is changed."""
    response = client.get(f"/admin/pages/{page.pk}/edit/")
    form = response.context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items()}
    return data | {
        "sources-count": "0", "body": "null", "summary_after": "null", "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }  # fmt: skip


# --- Dates that are refused ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "hour", "end", "commune", "refused"),
    [
        ((2026, 3, 13), (23, 59), None, "31555", False),
        ((2026, 3, 14), (0, 0), None, "31555", True),
        ((2026, 3, 14), (18, 30), None, "31555", True),
        ((2026, 3, 15), (19, 59), None, "31555", True),
        ((2026, 3, 15), (20, 0), None, "31555", False),
        ((2026, 3, 21), (10, 0), None, "31555", True),
        ((2026, 3, 13), (18, 0), ((2026, 3, 14), (0, 0)), "31555", False),
        ((2026, 3, 13), (18, 0), ((2026, 3, 14), (0, 30)), "31555", True),
        ((2026, 3, 15), (19, 0), None, "97411", True),
        ((2026, 3, 15), (20, 0), None, "97411", False),
        # Without a place, the widest window, by the clock of Paris.
        ((2026, 3, 13), (12, 30), None, None, False),
        ((2026, 3, 13), (13, 30), None, None, True),
    ],
)
def test_a_meeting_about_an_election_is_refused_inside_its_reserve(
    index, election, clock, day, hour, end, commune, refused
):
    clock("2026-02-01 12:00")
    page = EventPage(
        title="Débat", date=date(*day), start_time=time(*hour), commune_id=commune, online_url="https://example.org/",
        election=election, slug="d",
    )  # fmt: skip
    if end:
        page.end_date, page.end_time = date(*end[0]), time(*end[1])
    if not refused:
        page.clean()
        return
    with pytest.raises(ValidationError) as caught:
        page.clean()
    (message,) = caught.value.message_dict["date"]
    assert "L49" in message
    assert "du samedi" in message or commune is None
    page.election = None
    page.clean()


def test_a_meeting_dated_inside_may_be_cancelled_or_put_off_and_its_new_date_is_looked_at(index, election, clock):
    clock("2026-02-01 12:00")
    page = EventPage(title="Débat", date=date(2026, 3, 14), start_time=time(18), commune_id="31555", election=election)
    page.status = EventStatus.CANCELLED
    page.clean()
    page.status = EventStatus.POSTPONED
    page.clean()
    page.new_date = date(2026, 3, 21)
    with pytest.raises(ValidationError) as caught:
        page.clean()
    assert "new_date" in caught.value.message_dict


def test_a_partial_election_forbids_nothing_elsewhere(index):
    partial = Election.objects.get(slug="partielle")
    page = EventPage(title="Débat", date=date(2027, 1, 16), start_time=time(18), commune_id="69123", election=partial)
    page.clean()
