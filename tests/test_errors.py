"""What a visitor sees when something goes wrong: words in French, a way on, and no trace of the inside."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.test import Client

from home import views


@pytest.mark.parametrize(
    ("raised", "status", "words"),
    [
        (ValueError("secret inside"), 500, "Le site a rencontré une erreur."),
        (OperationalError("secret inside"), 503, "Le site est occupé ou en maintenance."),
        (PermissionDenied("secret inside"), 403, "n’est pas ouverte à tout le monde"),
        (SuspiciousOperation("secret inside"), 400, "n’a pas compris cette demande"),
    ],
)
def test_an_error_page_helps_and_tells_nothing_of_the_inside(site, monkeypatch, raised, status, words):
    def broken(*args, **kwargs):
        raise raised

    monkeypatch.setattr(views, "SiteSearch", broken)
    response = Client(raise_request_exception=False).get("/recherche/")
    text = response.content.decode()
    assert response.status_code == status
    assert words in text
    assert 'href="/"' in text
    assert "secret" not in text
    assert 'lang="fr"' in text
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response.get("Retry-After") == ("30" if status == 503 else None)


def test_a_broken_page_is_drawn_without_the_database(monkeypatch, rf):
    from home.errors import server_error

    assert server_error(rf.get("/")).status_code == 500
