"""The headers of every kind of answer, error pages and the editors' side included."""

import re

import pytest

from home.caching import forget

from .factories import InitiativePageFactory, UserFactory

PUBLIC = [
    "/", "/argumentaire/", "/initiatives/", "/initiatives.csv", "/initiatives.geojson", "/communes/31555-toulouse/",
    "/api/communes/?q=lyon", "/api/v2/pages/", "/recherche/?q=a", "/feeds/ressources.atom", "/sitemap.xml",
    "/agenda.ics", "/robots.txt", "/healthz/", "/nulle-part/", "/argumentaire/argumentaire.pdf", "/media/rien.png",
]  # fmt: skip
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
    "connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_answer_has_the_strict_headers(site, client, address):
    response = client.get(address)
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    is_open = address.startswith("/api/") or re.search(r"\.(csv|geojson|atom|ics)$", address)
    assert response["Cross-Origin-Resource-Policy"] == ("cross-origin" if is_open else "same-origin")
    assert response.get("Access-Control-Allow-Origin") == ("*" if is_open else None)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_the_editors_side_is_looser_and_never_kept(site, client):
    client.force_login(UserFactory(is_superuser=True))
    response = client.get("/admin/")
    assert response.status_code == 200
    directives = set(response["Content-Security-Policy"].split("; "))
    assert "script-src 'self' 'unsafe-inline'" in directives
    assert "frame-ancestors 'self'" in directives
    assert not re.search(r"https?:", response["Content-Security-Policy"])
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response["Cache-Control"] or "private" in response["Cache-Control"]


def test_no_page_asks_for_anything_inline_or_elsewhere(site, client):
    for address in ("/", "/initiatives/", "/communes/31555-toulouse/", "/recherche/?q=a", "/nulle-part/"):
        text = client.get(address).content.decode()
        assert not re.search(r"\sstyle=|<style|\son\w+=\"", text)
        for script in re.findall(r"<script([^>]*)>", text):
            assert "src=" in script or "application/ld+json" in script
        for source in re.findall(
            r'<(?:script|img|link rel="(?:stylesheet|preload|icon)")[^>]*(?:src|href)="([^"]+)"', text
        ):
            assert source.startswith("/")


class TestValidators:
    def test_a_page_read_again_is_not_sent_again(self, site, client):
        first = client.get("/initiatives/")
        assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
        again = client.get("/initiatives/", headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_what_an_editor_publishes_shows_at_once(self, site, client):
        etag = client.get("/initiatives/")["ETag"]
        InitiativePageFactory(parent=site.initiatives, title="Toute nouvelle")
        response = client.get("/initiatives/", headers={"if-none-match": etag})
        assert response.status_code == 200
        assert "Toute nouvelle" in response.content.decode()

    def test_unpublishing_moving_and_deleting_show_at_once(self, site, client):
        card = InitiativePageFactory(parent=site.initiatives, title="Retirée")
        assert "Retirée" in client.get("/initiatives/").content.decode()
        card.unpublish()
        assert "Retirée" not in client.get("/initiatives/").content.decode()
        assert client.get(card.url or "/initiatives/retiree/").status_code == 404
        card.save_revision().publish()
        assert "Retirée" in client.get("/initiatives/").content.decode()
        card.delete()
        assert "Retirée" not in client.get("/initiatives/").content.decode()

    def test_the_kept_page_is_the_page(self, site, client):
        drawn = client.get("/")
        kept = client.get("/")
        forget()
        again = client.get("/")
        assert drawn.content == kept.content == again.content
        assert {name: value for name, value in drawn.items() if name != "Date"} == dict(kept.items())

    def test_a_head_request_gets_the_validator_too(self, site, client):
        assert client.head("/")["ETag"] == client.get("/")["ETag"]

    def test_a_private_page_is_not_kept_for_others(self, site, client):
        from wagtail.models import PageViewRestriction

        card = InitiativePageFactory(parent=site.initiatives, title="Réservée")
        PageViewRestriction.objects.create(page=card, restriction_type="login")
        client.force_login(UserFactory(is_superuser=True))
        mine = client.get(card.url)
        assert mine.status_code == 200
        client.logout()
        assert client.get(card.url).status_code == 302
        for address in ("/initiatives/", "/initiatives.csv", "/recherche/?q=reservee", "/communes/31555-toulouse/"):
            response = client.get(address)
            text = b"".join(response.streaming_content) if response.streaming else response.content
            assert "Réservée".encode() not in text
