"""Downloads: what counts as one, counting without getting in its way, and the report that editors read."""

import csv
import datetime
import io
import logging
import re
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import openpyxl
import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, connections, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Collection, CollectionViewRestriction, GroupPagePermission, ReferenceIndex

from home.roles import ADMINISTRATION, MODERATION, REDACTION
from resources.downloads import count_download, is_a_download, today
from resources.models import DownloadCount
from resources.reports import Chart, Period
from territory.models import Commune
from tests import factories

HOSTILE = '=HYPERLINK("http://exemple.test") <script>alert(1)</script>'
REPORT = "downloads_report"


def days_ago(number):
    return today() - datetime.timedelta(days=number)


def counted(number=1, *, day=None, **of):
    return DownloadCount.objects.create(day=day or today(), number=number, **of)


@pytest.fixture
def page(site):
    return factories.ResourcePageFactory(parent=site.resources, title="Lettre")


@pytest.fixture
def toulouse(db):
    return Commune.objects.get(pk="31555")


# --- One more ---------------------------------------------------------------------------------------------------------
def test_downloads_of_a_day_add_up_in_one_row(page, toulouse):
    for _time in range(3):
        count_download(page=page)
    count_download(page=page.pk)
    count_download(commune=toulouse)
    count_download(commune="31555")
    assert list(DownloadCount.objects.order_by("pk").values_list("day", "page", "commune", "number")) == [
        (today(), page.pk, None, 4),
        (today(), None, "31555", 2),
    ]


def test_a_count_is_one_statement(page, django_assert_num_queries):
    count_download(page=page)
    # Two more open and close the savepoint.
    with django_assert_num_queries(3):
        count_download(page=page)


@pytest.fixture
def elsewhere(db, tmp_path):
    """`elsewhere(function)` runs it in a thread, with a connection of its own that sees what is committed.

    SQLite's test database lives in memory, where nobody waits for their turn: there, a copy of it in `copy.sqlite3`.
    """
    settings, wrapper = connection.settings_dict, type(connections["default"])
    if connection.vendor == "sqlite":
        path = tmp_path / "copy.sqlite3"
        path.write_bytes(connection.connection.serialize())
        settings = settings | {"NAME": str(path)}

    def run(function):
        connections["default"] = wrapper(settings, "default")
        try:
            return function()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as threads:
        yield lambda function: threads.submit(run, function)
        threads.submit(run, DownloadCount.objects.all().delete).result()


def test_downloads_at_the_same_moment_are_all_counted(elsewhere):
    def several():
        for _time in range(25):
            count_download(commune="31555")

    for thread in [elsewhere(several) for _thread in range(4)]:
        thread.result()
    numbers = elsewhere(lambda: list(DownloadCount.objects.values_list("commune", "number"))).result()
    assert numbers == [("31555", 100)]


def test_another_day_is_another_row(page):
    counted(7, page=page, day=days_ago(1))
    count_download(page=page)
    assert list(DownloadCount.objects.order_by("day").values_list("number", flat=True)) == [7, 1]


def test_the_day_is_that_of_paris_whoever_downloads(page, monkeypatch):
    # 23:30 on 31 December in London is the new year in Paris, and still the old one in Cayenne.
    moment = datetime.datetime(2026, 12, 31, 23, 30, tzinfo=datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    with timezone.override("America/Cayenne"):
        count_download(page=page)
    assert DownloadCount.objects.get().day == datetime.date(2027, 1, 1)


@pytest.mark.parametrize("both", [True, False])
def test_a_count_is_of_exactly_one_thing(page, toulouse, both):
    of = {"page": page, "commune": toulouse} if both else {}
    with pytest.raises(TypeError):
        count_download(**of)
    with pytest.raises(IntegrityError), transaction.atomic():
        counted(**of)


@pytest.mark.parametrize("name", ["page", "commune"])
def test_a_day_has_one_row_for_one_thing(page, toulouse, name):
    of = {name: {"page": page, "commune": toulouse}[name]}
    counted(**of)
    with pytest.raises(IntegrityError), transaction.atomic():
        counted(**of)


def test_what_is_no_longer_there_is_not_counted(page):
    gone = page.pk
    page.delete()
    count_download(page=gone)
    count_download(commune="99999")
    assert not DownloadCount.objects.exists()
    connection.check_constraints()


def test_counts_go_with_their_page(page):
    count_download(page=page)
    page.delete()
    assert not DownloadCount.objects.exists()


def test_nothing_is_kept_of_anybody():
    assert {field.name for field in DownloadCount._meta.get_fields()} == {"id", "day", "page", "commune", "number"}


def test_a_page_is_not_said_to_be_used_by_its_counts():
    assert not ReferenceIndex.model_is_indexable(DownloadCount)


def test_totals_read_as_they_are_asked(site, page, toulouse):
    other = factories.ResourcePageFactory(parent=site.resources, title="Affiche")
    counted(5, page=page, day=days_ago(40))
    counted(2, page=page)
    counted(3, page=other)
    counted(9, commune=toulouse)
    counts = DownloadCount.objects
    assert [(one.title, one.total) for one in counts.by_page()] == [("Lettre", 7), ("Affiche", 3)]
    assert [(one.title, one.total) for one in counts.since(days_ago(30)).by_page()] == [("Affiche", 3), ("Lettre", 2)]
    assert [(str(one), one.total) for one in counts.by_commune()] == [("Toulouse (31)", 9)]
    assert list(counts.of_pages().by_day()) == [{"day": days_ago(40), "total": 5}, {"day": today(), "total": 5}]
    assert list(counts.since(None).of_communes().by_day()) == [{"day": today(), "total": 9}]


# --- Never in the way -------------------------------------------------------------------------------------------------
@contextmanager
def refusing_to_write():
    """The database as it is when its disk is full or its files are read-only."""
    sqlite = connection.vendor == "sqlite"
    # What PostgreSQL is told here ends with the savepoint.
    savepoint = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1" if sqlite else "SET TRANSACTION READ ONLY")
        yield
        if sqlite:
            cursor.execute("PRAGMA query_only = 0")
    transaction.savepoint_rollback(savepoint)


def test_a_database_that_refuses_is_said_in_the_log_and_nowhere_else(page, toulouse, caplog):
    with refusing_to_write():
        count_download(page=page)
        count_download(commune=toulouse)
        # The transaction around it goes on.
        assert not DownloadCount.objects.exists()
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert "Download not counted" in caplog.text


def test_a_download_does_not_wait_for_a_long_writer(elsewhere, tmp_path, caplog):
    if connection.vendor != "sqlite":
        pytest.skip("Only SQLite has one writer at a time")

    def count():
        count_download(commune="31555")
        return connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]

    with closing(sqlite3.connect(tmp_path / "copy.sqlite3", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        # Whoever writes a text after that waits as long as ever.
        assert elsewhere(count).result() == 20_000
        assert time.monotonic() - start < 10
    assert "locked" in caplog.text


def test_a_broken_transaction_is_left_alone(page, caplog):
    with transaction.atomic():
        transaction.set_rollback(True)
        count_download(page=page)
    assert "broken" in caplog.text
    assert not DownloadCount.objects.exists()


# --- What is a download -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "status", "headers", "content_range", "is_one"),
    [
        ("get", 200, {}, None, True),
        ("post", 200, {}, None, True),
        ("head", 200, {}, None, False),
        ("options", 200, {}, None, False),
        ("get", 206, {"Range": "bytes=0-"}, "bytes 0-99/100", True),
        ("get", 206, {"Range": "bytes=0-9"}, "bytes 0-9/100", True),
        ("get", 206, {"Range": "bytes=10-"}, "bytes 10-99/100", False),
        ("get", 206, {"Range": "bytes=100-"}, "bytes 100-199/200", False),
        ("get", 206, {"Range": "bytes=0-1,5-6"}, None, False),
        ("get", 304, {}, None, False),
        ("get", 416, {"Range": "bytes=900-"}, "bytes */100", False),
        ("get", 302, {}, None, False),
        ("get", 404, {}, None, False),
        ("post", 403, {}, None, False),
        ("get", 503, {}, None, False),
        ("get", 200, {"Sec-Purpose": "prefetch"}, None, False),
        ("get", 200, {"Sec-Purpose": "prefetch;prerender"}, None, False),
        ("get", 200, {"Purpose": "prefetch"}, None, False),
        ("get", 200, {"Sec-Purpose": "autre"}, None, True),
    ],
)
def test_a_download_is_a_file_that_starts_to_be_given_to_someone(method, status, headers, content_range, is_one):
    request = getattr(RequestFactory(), method)("/", headers=headers)
    response = HttpResponse(status=status)
    if content_range:
        response["Content-Range"] = content_range
    assert is_a_download(request, response) is is_one


# --- Uploaded files ---------------------------------------------------------------------------------------------------
@pytest.fixture
def document(site):
    return factories.DocumentFactory()


def offered(site, document, **kwargs):
    return factories.ResourcePageFactory(parent=site.resources, documents=[document], **kwargs)


def totals():
    return {row.page_id: row.number for row in DownloadCount.objects.all()}


def test_a_file_is_counted_for_each_published_page_that_offers_it(site, document, client):
    one, two = offered(site, document), offered(site, document)
    offered(site, document, live=False)
    factories.ResourcePageFactory(parent=site.resources)
    for _time in range(2):
        assert client.get(document.url).status_code == 200
    assert totals() == {one.pk: 2, two.pk: 2}


def test_a_file_given_twice_in_one_page_is_one_download(site, document, client):
    page = factories.ResourcePageFactory(parent=site.resources, documents=[document, document])
    client.get(document.url)
    assert totals() == {page.pk: 1}


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=5-"},
        {"Sec-Purpose": "prefetch"},
        {"If-None-Match": "*"},
        {"If-None-Match": "hash"},
        {"If-Modified-Since": "Wed, 01 Jan 2100 00:00:00 GMT"},
    ],
)
def test_a_file_that_is_not_downloaded_is_not_counted(site, document, client, headers):
    offered(site, document)
    if headers.get("If-None-Match") == "hash":
        headers = {"If-None-Match": client.head(document.url)["ETag"]}
        assert client.get(document.url, headers=headers).status_code == 304
    client.get(document.url, headers=headers)
    client.head(document.url)
    assert totals() == {}


@pytest.mark.parametrize("headers", [{"Range": "bytes=0-"}, {"If-None-Match": '"une-autre"'}])
def test_a_file_asked_from_its_start_is_counted(site, document, client, headers):
    page = offered(site, document)
    client.get(document.url, headers=headers)
    assert totals() == {page.pk: 1}


def test_a_private_file_is_not_offered_by_a_page(site, client):
    private = Collection.get_first_root_node().add_child(name="À part")
    CollectionViewRestriction.objects.create(collection=private, restriction_type=CollectionViewRestriction.LOGIN)
    document = factories.DocumentFactory(collection=private)
    offered(site, document)
    client.force_login(factories.UserFactory())
    assert client.get(document.url).status_code == 200
    assert totals() == {}


def test_an_uploaded_file_is_given_even_where_nothing_can_be_written(site, document, client, caplog):
    offered(site, document)
    with refusing_to_write():
        response = client.get(document.url)
        assert b"".join(response.streaming_content) == b"Un document."
        assert totals() == {}
    assert "Download not counted" in caplog.text


# --- Who reads the report ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "allowed"),
    [(REDACTION, True), (MODERATION, True), ("superuser", True), (ADMINISTRATION, False), (None, False)],
)
def test_the_report_is_for_those_who_work_on_pages(log_in, role, allowed):
    client = log_in(role)
    for address in (reverse(REPORT), reverse(f"{REPORT}_results"), reverse(REPORT) + "?export=csv"):
        assert client.get(address).status_code == (200 if allowed else 302)
    assert (reverse(REPORT) in client.get(reverse("wagtailadmin_home")).content.decode()) is allowed


def test_a_title_leads_to_its_editor_only_for_whoever_may_edit_it(log_in, roles, page):
    counted(page=page)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert address in log_in(REDACTION).get(reverse(REPORT)).content.decode()
    group = Group.objects.create(name="Initiatives seulement")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    change = Permission.objects.get(codename="change_page")
    GroupPagePermission.objects.create(group=group, page=roles.initiatives, permission=change)
    html = log_in(group.name).get(reverse(REPORT)).content.decode()
    assert "Lettre" in html
    assert address not in html


# --- What it shows ----------------------------------------------------------------------------------------------------
@pytest.fixture
def editor(log_in):
    return log_in(REDACTION)


def shown(client, **query):
    response = client.get(reverse(REPORT), query)
    assert response.status_code == 200
    return [(row.rank, row.title, row.kind, row.total, row.share) for row in response.context["object_list"]]


def chart(client, **query):
    return client.get(reverse(REPORT), query).context["chart"]


def test_without_downloads_it_says_so_in_words(editor):
    for query in ({}, {"what": "communes"}, {"period": "tout"}, {"p": 9}):
        html = editor.get(reverse(REPORT), query).content.decode()
        assert "Aucun téléchargement n’a été compté" in html
        assert ("plus longue" in html) is ("period" not in query)
        assert 'role="img"' not in html


def test_pages_and_communes_are_ranked_each_with_its_bar(editor, roles, page, toulouse):
    other = factories.ResourcePageFactory(parent=roles.resources, title="Affiche", kind="affiche")
    counted(1, page=page)
    counted(1200, page=other)
    counted(4, commune=toulouse)
    assert shown(editor) == [(1, "Affiche", "Affiche", 1200, 100), (2, "Lettre", "Guide", 1, 1)]
    assert shown(editor, what="communes") == [(1, "Toulouse (31)", "Commune", 4, 100)]
    html = editor.get(reverse(REPORT)).content.decode()
    assert '<rect width="100%"' in html
    assert "1\u202f200" in html
    assert toulouse.get_absolute_url() in editor.get(reverse(REPORT), {"what": "communes"}).content.decode()


def test_a_drawing_says_its_numbers_in_words_and_in_a_table(editor, page):
    counted(3, page=page)
    html = editor.get(reverse(REPORT)).content.decode()
    drawing = re.search(r"<svg[^>]*role=\"img\"[^>]*>", html)[0]
    for name in re.findall(r"aria-\w+=\"([^\"]+)\"", drawing):
        assert f'id="{name}"' in html
    assert "3 téléchargements, du " in html
    table = html.split("<details>")[1].split("</details>")[0]
    assert table.count('<th scope="row">') == 30
    assert "style=" not in html.split('id="listing-results"')[1].split("<nav")[0]


@pytest.mark.parametrize(
    ("period", "total", "bars"), [("", 1, 30), ("3-mois", 3, 3), ("12-mois", 7, 12), ("tout", 15, 25), ("x", 1, 30)]
)
def test_a_period_bounds_the_list_and_the_bars(editor, page, monkeypatch, period, total, bars):
    monkeypatch.setattr(timezone, "now", lambda: datetime.datetime(2026, 3, 31, 12, tzinfo=datetime.UTC))
    for number, day in ((1, "2026-03-02"), (2, "2026-01-01"), (4, "2025-04-01"), (8, "2024-03-31")):
        counted(number, page=page, day=datetime.date.fromisoformat(day))
    assert [row[3] for row in shown(editor, period=period)] == [total]
    drawn = chart(editor, period=period)
    assert (drawn.total, len(drawn.bars)) == (total, bars)
    assert drawn.by_month is (bars != 30)


def test_a_beginning_of_a_month_or_less_is_drawn_by_day(editor, page):
    counted(page=page, day=days_ago(30))
    assert [len(chart(editor, period="tout").bars), chart(editor, period="tout").by_month] == [31, False]
    counted(page=page, day=days_ago(31))
    assert chart(editor, period="tout").by_month


def test_a_bar_is_as_high_as_its_share_and_what_is_not_nothing_is_seen():
    first = datetime.date(2026, 1, 1)
    totals = {first: 1000, first + datetime.timedelta(days=1): 1, first + datetime.timedelta(days=2): 250}
    drawn = Chart(totals, first, first + datetime.timedelta(days=3))
    assert [bar.height for bar in drawn.bars] == [100, 1, 25, 0]
    assert drawn.tallest.label == "1er janvier 2026"


@pytest.mark.parametrize("day", ["2026-01-31", "2026-03-01", "2028-02-29", "2026-12-31"])
def test_periods_in_months_begin_on_the_first(day):
    last = datetime.date.fromisoformat(day)
    assert Period.QUARTER.first_day(last).day == Period.YEAR.first_day(last).day == 1
    assert Chart({last: 1}, Period.YEAR.first_day(last), last).bars[-1].place == 11


def test_a_count_of_tomorrow_breaks_nothing(editor, page):
    counted(page=page, day=days_ago(-2))
    for period in Period.values:
        assert len(shown(editor, period=period)) == 1


@pytest.mark.parametrize("value", ["\x00", "'", "a" * 5000, "tout tout", "-1"])
def test_hostile_filters_break_nothing(editor, page, value):
    counted(page=page)
    for name in ("period", "what", "p", "export", "ordering"):
        assert shown(editor, **{name: value})


def test_the_list_is_paged_and_ranks_go_on(editor):
    for commune in Commune.objects.order_by("pk")[:60]:
        counted(commune=commune)
    assert [row[0] for row in shown(editor, what="communes", p=2)] == list(range(51, 61))


# --- What it exports --------------------------------------------------------------------------------------------------
def exported(client, **query):
    response = client.get(reverse(REPORT), query | {"export": "csv"})
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_export_holds_the_whole_list_and_speaks_french(editor, page):
    for rank, commune in enumerate(Commune.objects.order_by("pk")[:60]):
        counted(100 - rank, commune=commune)
    rows = exported(editor, what="communes")
    assert len(rows) == 60
    assert list(rows[0]) == ["Rang", "Titre", "Type", "Téléchargements", "Adresse"]
    assert (rows[59]["Rang"], rows[59]["Téléchargements"], rows[59]["Type"]) == ("60", "41", "Commune")
    assert exported(editor) == []
    counted(page=page)
    assert exported(editor)[0]["Adresse"].endswith("/ressources/lettre/")


def test_an_export_is_safe(editor, roles):
    page = factories.ResourcePageFactory(parent=roles.resources, title=HOSTILE + "\x07", slug="x")
    counted(page=page)
    assert exported(editor)[0]["Titre"].startswith("'=")
    response = editor.get(reverse(REPORT), {"export": "xlsx"})
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active)
    assert [cell.value for cell in rows[1][:4]] == [1, HOSTILE + " ", "Guide", 1]
    assert not any(cell.data_type == "f" for row in rows for cell in row)
    assert "<script>alert" not in editor.get(reverse(REPORT)).content.decode()


# --- Its cost ---------------------------------------------------------------------------------------------------------
# Queries for the list, and for its export.
PINNED = {"ressources": (17, 8), "communes": (16, 7)}


def test_the_report_costs_the_same_for_one_row_or_a_dozen(editor, roles, django_assert_max_num_queries):
    communes = iter(Commune.objects.exclude(pk="31555").order_by("pk")[:20])

    def fill(count):
        for rank in range(count):
            page = factories.ResourcePageFactory(parent=roles.resources)
            counted(page=page, day=days_ago(rank))
            counted(commune=next(communes), day=days_ago(rank))

    def cost(**query):
        with django_assert_max_num_queries(1000) as captured:
            response = editor.get(reverse(REPORT), query)
            if response.streaming:
                b"".join(response.streaming_content)
        return len(captured)

    def costs():
        return {what: (cost(what=what), cost(what=what, export="csv")) for what in PINNED}

    fill(1)
    costs()  # fills the caches of sites and content types
    one = costs()
    fill(12)
    assert costs() == one
    assert all(spent <= pinned for what in PINNED for spent, pinned in zip(one[what], PINNED[what], strict=True)), one
