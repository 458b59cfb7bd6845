"""Not too many posts from one place, and no address kept to know it."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from home import throttle
from home.models import Counter


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands at the beginning of an hour, and that the test moves."""

    class Clock:
        now = 3600.0 * 500_000

        def __call__(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(throttle.time, "time", clock)
    return clock


def test_so_many_posts_in_each_window(db, rf, clock):
    def post():
        return throttle.allowed(rf.post("/"), "propose", 3, 3600)

    assert [post() for _ in range(5)] == [True, True, True, False, False]
    clock.now += 3599
    assert not post()
    clock.now += 1
    assert post()


def test_reading_is_neither_counted_nor_refused(db, rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert all(throttle.allowed(rf.get("/"), "propose", 1, 60) for _ in range(10))
        assert throttle.allowed(rf.head("/"), "propose", 1, 60)


def test_a_post_is_counted_in_one_query(db, rf, django_assert_num_queries):
    with django_assert_num_queries(1):
        throttle.allowed(rf.post("/"), "propose", 3, 60)


def test_actions_and_places_are_counted_apart(db, rf):
    def post(action, address):
        return throttle.allowed(rf.post("/", REMOTE_ADDR=address), action, 1, 3600)

    assert post("propose", "192.0.2.1")
    assert not post("propose", "192.0.2.1")
    assert post("propose", "192.0.2.2")
    assert post("report", "192.0.2.1")


def test_mails_to_one_address_are_counted_too(db):
    assert [throttle.within("mail", "a@exemple.fr", 2, 86400) for _ in range(3)] == [True, True, False]
    assert throttle.within("mail", "b@exemple.fr", 2, 86400)


def test_what_is_undone_elsewhere_does_not_undo_the_count(db, rf):
    def act():
        with transaction.atomic():
            raise ZeroDivisionError

    for expected in (True, False):
        assert throttle.allowed(rf.post("/"), "propose", 1, 3600) is expected
        with pytest.raises(ZeroDivisionError):
            act()


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "expected"),
    [
        (0, "192.0.2.1", "", "192.0.2.1"),
        # Nobody in front of us: whoever writes this header writes what they like.
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "127.0.0.1", "10.9.8.7, 203.0.113.9", "203.0.113.9"),
        (2, "127.0.0.1", "10.9.8.7, 203.0.113.9, 198.51.100.1", "203.0.113.9"),
        # Less entries than proxies: the furthest is the best known.
        (2, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "127.0.0.1", "", "127.0.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "2001:db8:1:2:ffff::1", "", "2001:db8:1:2::/64"),
        (0, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (1, "", "pas une adresse", "unknown"),
        (0, "", "", "unknown"),
    ],
)
def test_where_a_visitor_comes_from(rf, settings, proxies, remote, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert throttle.client_network(rf.post("/", REMOTE_ADDR=remote, **headers)) == expected


def test_no_address_is_kept_and_keys_change_with_the_secret(db, rf, settings, clock):
    throttle.allowed(rf.post("/", REMOTE_ADDR="192.0.2.77"), "propose", 3, 60)
    first = Counter.objects.get()
    assert "192.0.2" not in str(vars(first))
    settings.SECRET_KEY = "another" * 10
    throttle.allowed(rf.post("/", REMOTE_ADDR="192.0.2.77"), "propose", 3, 60)
    assert Counter.objects.count() == 2


def test_windows_that_ended_are_forgotten(db, rf, clock):
    throttle.within("old", "x", 1, 60)
    assert Counter.objects.get().expires_at == datetime.datetime.fromtimestamp(clock.now + 60, tz=datetime.UTC)
    Counter.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    throttle.within("old", "x", 1, 10**9)
    throttle.purge()
    assert Counter.objects.count() == 1


def test_the_page_says_when_to_come_back(site, rf, clock):
    clock.now += 1000
    request = rf.post("/")
    assert throttle.allowed(request, "propose", 1, 3600)
    assert not throttle.allowed(request, "propose", 1, 3600)
    response = throttle.too_many(request)
    html = response.content.decode()
    assert response.status_code == 429
    assert response["Retry-After"] == "2600"
    assert response["Cache-Control"] == "no-store"
    assert "Réessayez dans 44 minutes." in html
    assert html.count("<h1") == 1


def test_one_minute_is_said_in_the_singular(site, rf):
    request = rf.post("/")
    request.retry_after = 20
    assert "Réessayez dans 1 minute." in throttle.too_many(request).content.decode()


def test_the_jobs_of_this_floor_run(db):
    call_command("work", "--once")
    assert connection.is_usable()
