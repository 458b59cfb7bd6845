"""An event: its hours on the clock of the place, what became of it, what is refused, what readers are told."""

import json
import re
from datetime import UTC, date, datetime, time
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from assemblies.hours import exists, hour_words, moment, when_words
from assemblies.models import EventIndexPage, EventPage, EventStatus
from home.roles import MODERATION
from tests.factories import EventIndexPageFactory, EventPageFactory, PlainPageFactory

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def index(site):
    return EventIndexPageFactory(parent=site.home)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fresh(page):
    return EventPage.objects.get(pk=page.pk)


def publish(page, **values):
    page = fresh(page)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return fresh(page)


def words(response):
    return unescape(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def unsaved(**values):
    defaults = {"title": "Débat", "date": date(2027, 1, 9), "start_time": time(18, 30), "commune_id": "31555"}
    return EventPage(**defaults | values)


def refused(**values):
    with pytest.raises(ValidationError) as caught:
        unsaved(**values).clean()
    return caught.value.message_dict


# --- Hours ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("commune", "day", "instant"),
    [
        ("31555", date(2027, 1, 9), "2027-01-09 17:30"),
        ("31555", date(2027, 7, 9), "2027-07-09 16:30"),
        ("97411", date(2027, 7, 9), "2027-07-09 14:30"),
        ("97105", date(2027, 1, 9), "2027-01-09 22:30"),
        ("98818", date(2027, 1, 9), "2027-01-09 07:30"),
        (None, date(2027, 1, 9), "2027-01-09 17:30"),
    ],
)
def test_an_hour_is_that_of_the_place(index, commune, day, instant):
    page = unsaved(date=day, commune_id=commune, online_url="https://example.org/", slug="d", live=True)
    index.add_child(instance=page)
    assert fresh(page).starts_at == utc(instant)


def test_an_hour_that_clocks_skip_does_not_exist_and_one_that_comes_twice_is_the_first():
    assert not exists(date(2027, 3, 28), time(2, 30), PARIS)
    assert exists(date(2027, 3, 28), time(3), PARIS)
    assert exists(date(2027, 3, 28), time(2, 30), ZoneInfo("Indian/Reunion"))
    assert moment(date(2027, 10, 31), time(2, 30), PARIS) == utc("2027-10-31 00:30")


@pytest.mark.parametrize(
    ("start", "end", "place", "said"),
    [
        ((2020, 3, 2, 18, 30), None, "", "lundi 2 mars 2020, 18 h 30"),
        ((2020, 3, 2, 18, 30), (2020, 3, 2, 20, 0), "", "lundi 2 mars 2020, de 18 h 30 à 20 h"),
        ((2027, 5, 1, 9, 5), (2027, 5, 2, 18, 0), "", "du samedi 1er mai 2027, 9 h 05, au dimanche 2 mai 2027, 18 h"),
        ((2027, 1, 9, 0, 0), None, "La Réunion", "samedi 9 janvier 2027, 0 h, heure locale (La Réunion)"),
    ],
)
def test_when_is_said_in_french(start, end, place, said):
    start, end = datetime(*start, tzinfo=PARIS), end and datetime(*end, tzinfo=PARIS)
    assert when_words(start, end, place).replace("\xa0", " ") == said
    assert hour_words(time(18, 30)) == "18\xa0h\xa030"


def test_overseas_the_clock_is_named(index):
    assert "heure locale" not in EventPageFactory(parent=index).when
    assert EventPageFactory(parent=index, commune="97411").when.endswith("heure locale (La Réunion)")


# --- What is refused ----------------------------------------------------------------------------------------------------
def test_an_event_ends_after_it_starts():
    assert "La fin est avant le début" in refused(end_time=time(17))["end_time"][0]
    assert "La fin est avant le début" in refused(end_time=time(18, 30))["end_time"][0]
    assert "heure de fin" in refused(end_date=date(2027, 1, 10))["end_time"][0]
    unsaved(end_time=time(1), end_date=date(2027, 1, 10)).clean()


def test_an_hour_that_does_not_exist_is_refused_where_it_does_not():
    assert "n’existe pas" in refused(date=date(2027, 3, 28), start_time=time(2, 30))["start_time"][0]
    assert (
        "n’existe pas"
        in refused(status="reporte", new_date=date(2027, 3, 28), new_start_time=time(2))["new_start_time"][0]
    )
    unsaved(date=date(2027, 3, 28), start_time=time(2, 30), commune_id="97411").clean()


def test_a_new_date_goes_with_an_event_put_off_and_comes_later():
    assert "Reporté" in refused(new_date=date(2027, 1, 16))["new_date"][0]
    assert "plus tard" in refused(status="reporte", new_date=date(2027, 1, 2))["new_date"][0]
    assert "Écrire aussi la nouvelle date" in refused(status="reporte", new_start_time=time(20))["new_date"][0]
    unsaved(status="reporte", new_date=date(2027, 1, 9), new_start_time=time(20)).clean()
    unsaved(status="reporte").clean()
    unsaved(status="annule", new_date=date(2027, 1, 16)).clean()


def test_an_event_is_somewhere():
    assert "Dire où" in refused(commune_id=None)["commune"][0]
    unsaved(commune_id=None, online_url="https://example.org/").clean()


def test_a_draft_may_be_incomplete_but_is_not_published_so(roles, index, log_in):
    client = log_in(MODERATION)
    address = f"/admin/pages/add/assemblies/eventpage/{index.pk}/"
    form = {
        "title": "Débat", "slug": "debat", "date": "", "start_time": "", "commune": "", "status": "propose", "kind": "debat",
        "sources-count": "0", "body": "null", "summary_after": "null", "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    response = client.post(address, form | {"slug": "autre", "action-publish": "1"})
    assert set(response.context["form"].errors) >= {"date", "start_time"}
    response = client.post(
        address, form | {"slug": "autre", "date": "2027-01-09", "start_time": "18:30", "action-publish": "1"}
    )
    assert "Dire où" in response.context["form"].errors["commune"][0]
    assert client.post(address, form).status_code == 302
    page = EventPage.objects.get(slug="debat")
    assert (page.live, page.starts_at, page.when) == (False, None, "date à venir")
    assert client.get(f"/admin/pages/{page.pk}/view_draft/").status_code == 200


# --- What became of it --------------------------------------------------------------------------------------------------
def test_an_event_put_off_keeps_its_address_and_says_both_dates(index, client):
    page = EventPageFactory(parent=index, title="Débat", slug="debat", end_time=time(20))
    page = publish(page, status=EventStatus.POSTPONED, new_date=date(2027, 1, 16), status_note="La salle est prise.")
    assert page.starts_at == utc("2027-01-16 17:30")
    assert page.ends_at == utc("2027-01-16 19:00")
    text = words(client.get("/agenda/debat/"))
    assert "Reporté au samedi 16 janvier 2027, 18 h 30" in text
    assert "D’abord annoncé : samedi 9 janvier 2027, de 18 h 30 à 20 h." in text
    assert "La salle est prise." in text


def test_the_length_of_an_event_put_off_is_kept_over_a_change_of_clocks(index):
    page = EventPageFactory(parent=index, date=date(2027, 3, 27), start_time=time(22), end_time=time(23, 30))
    page = publish(page, status="reporte", new_date=date(2027, 3, 28), new_start_time=time(1, 30))
    assert (page.starts_locally.time(), page.ends_locally.time()) == (time(1, 30), time(3))


def test_an_event_put_off_without_a_date_says_so(index, client):
    page = publish(EventPageFactory(parent=index, slug="debat"), status=EventStatus.POSTPONED)
    text = words(client.get(page.url))
    assert "Reporté à une date à venir" in text


def test_a_cancelled_event_stays_and_says_so(index, client):
    page = publish(
        EventPageFactory(parent=index, slug="debat"), status=EventStatus.CANCELLED, status_note="Faute de salle."
    )
    text = words(client.get(page.url))
    assert "Annulé" in text
    assert "Faute de salle." in text
    assert "Annulé" in words(client.get("/agenda/"))


def test_a_proposed_event_says_it_is_not_sure(index, client):
    page = EventPageFactory(parent=index, status=EventStatus.PROPOSED)
    assert "pas encore confirmé" in words(client.get(page.url))


def test_afterwards_the_page_gives_the_recording_and_the_summary(index, client):
    page = EventPageFactory(
        parent=index, date=date(2020, 3, 2), recording_url="https://example.org/son", summary_after="<p>On a parlé.</p>",
    )  # fmt: skip
    text = words(client.get(page.url))
    assert "On a parlé." in text
    assert 'href="https://example.org/son"' in text
    assert "Passé" in text


def test_an_election_and_who_is_invited_are_told(index, client):
    page = EventPageFactory(parent=index, invited="Toutes les listes, par la même lettre.", access="De plain-pied.")
    text = words(client.get(page.url))
    assert "Toutes les listes, par la même lettre." in text
    assert "De plain-pied." in text


# --- Versions ----------------------------------------------------------------------------------------------------------
def test_the_number_rises_when_a_published_change_shows_in_calendars(index):
    page = EventPageFactory(parent=index)
    assert page.sequence == 0
    assert publish(page, body="<p>Une présentation.</p>").sequence == 0
    assert publish(page, place_name="Bourse du travail").sequence == 1
    assert publish(page, start_time=time(19)).sequence == 2
    assert publish(page, status=EventStatus.CANCELLED).sequence == 3
    draft = fresh(page)
    draft.title = "Autre"
    revision = draft.save_revision()
    assert fresh(page).sequence == 3
    revision.publish()
    assert fresh(page).sequence == 4


def test_the_number_rises_when_a_page_comes_back(index):
    page = publish(EventPageFactory(parent=index))
    page.unpublish()
    assert publish(page).sequence == 1


def test_a_copy_is_another_event(index):
    page = publish(EventPageFactory(parent=index), place_name="Bourse du travail")
    copy = page.copy(update_attrs={"slug": "copie"})
    assert copy.uid != page.uid
    assert copy.sequence == 0
    assert publish(copy).uid == copy.uid
    assert publish(page).uid == page.uid


# --- schema.org ---------------------------------------------------------------------------------------------------------
def data_of(client, page):
    text = client.get(page.url).content.decode()
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text)[1])


def test_it_is_an_event_of_schema_org(index, client):
    page = EventPageFactory(
        parent=index,
        place_name="Bourse du travail",
        organisers="EGM 31",
        online_url="https://example.org/",
        end_time=time(20),
    )
    data = data_of(client, page)
    assert (data["@type"], data["startDate"]) == ("Event", "2027-01-09T18:30:00+01:00")
    assert data["endDate"] == "2027-01-09T20:00:00+01:00"
    assert data["eventStatus"] == "https://schema.org/EventScheduled"
    assert data["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert data["location"][0]["address"]["addressLocality"] == "Toulouse"
    assert data["location"][1] == {"@type": "VirtualLocation", "url": "https://example.org/"}
    assert data["organizer"]["name"] == "EGM 31"


@pytest.mark.parametrize(
    ("values", "status", "previous"),
    [
        ({"status": "annule"}, "EventCancelled", None),
        ({"status": "reporte"}, "EventPostponed", None),
        ({"status": "reporte", "new_date": date(2027, 1, 16)}, "EventRescheduled", "2027-01-09T18:30:00+01:00"),
        ({"status": "propose"}, "EventScheduled", None),
    ],
)
def test_what_became_of_it_is_told_to_search_engines(index, client, values, status, previous):
    data = data_of(client, publish(EventPageFactory(parent=index), **values))
    assert data["eventStatus"] == f"https://schema.org/{status}"
    assert data.get("previousStartDate") == previous


# --- Place in the tree ----------------------------------------------------------------------------------------------------
def test_the_agenda_takes_its_own_address_and_no_other_page_does(site):
    page = EventIndexPage(title="Autre", slug="autre")
    site.home.add_child(instance=page)
    assert page.url == "/agenda/"
    with pytest.raises(ValidationError):
        PlainPageFactory(parent=site.home, slug="agenda")
    with pytest.raises(ValidationError):
        EventPageFactory(parent=page, slug="proposer")
