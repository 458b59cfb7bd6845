"""The editors' side as a whole: French, calm, nothing from elsewhere, previews that look like the site."""

import json
import re

import pytest
from django.urls import reverse

from home.blocks import BODY_BLOCKS
from home.models import CustomImage, PlainPage
from home.roles import ADMINISTRATION, MODERATION, REDACTION
from tests import factories


# --- Menus ------------------------------------------------------------------------------------------------------------
def labels(props):
    """The labels of a sidebar, submenus included."""
    if isinstance(props, dict):
        own = {props["label"]} if isinstance(props.get("label"), str) else set()
        return own.union(*map(labels, props.values()))
    return set().union(*map(labels, props)) if isinstance(props, list) else set()


def menu(client):
    html = client.get(reverse("wagtailadmin_home")).content.decode()
    return labels(json.loads(re.search(r'<script id="wagtail-sidebar-props"[^>]*>(.*?)</script>', html, re.DOTALL)[1]))


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (REDACTION, {"Contenus", "Images", "Documents"}, {"Mesures", "Assemblées", "Utilisateurs", "Élections"}),
        (MODERATION, {"Contenus", "Mesures", "Assemblées", "Images"}, {"Utilisateurs", "Élections"}),
        (ADMINISTRATION, {"Assemblées", "Élections"}, {"Contenus", "Images", "Documents"}),
    ],
)
def test_menus_show_what_a_role_uses(log_in, role, shown, hidden):
    entries = menu(log_in(role))
    assert shown <= entries
    assert not hidden & entries


def test_menus_lead_to_no_other_site(log_in):
    assert not {label for label in menu(log_in("superuser")) if "Wagtail" in label or "Guide" in label}


# --- Nothing from elsewhere -------------------------------------------------------------------------------------------
def loads(html):
    """What a page makes the browser fetch: not its links."""
    tags = re.findall(r"<(?:script|img|iframe|source|audio|video|embed|object|link|use)\b[^>]*>", html)
    return [match for tag in tags for match in re.findall(r"""(?:src|srcset|href|data)=["']([^"']+)""", tag)]


@pytest.mark.parametrize(
    "name",
    ["wagtailadmin_home", "initiatives:index", "wagtailimages:add", "wagtaildocs:add", "wagtailadmin_account", "edit"],
)
def test_the_admin_asks_nothing_of_a_third_party(log_in, roles, name):
    page = factories.InitiativePageFactory(parent=roles.initiatives)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk]) if name == "edit" else reverse(name)
    response = log_in("superuser").get(address)
    html = response.content.decode()
    assert response.status_code == 200
    assert not [url for url in loads(html) if re.match(r"(https?:)?//", url)]
    assert "gravatar" not in html
    policy = response.headers["Content-Security-Policy"]
    assert "http" not in policy
    assert "script-src 'self' 'unsafe-inline'" in policy


def test_the_admin_speaks_french(log_in):
    html = log_in(MODERATION).get(reverse("wagtailadmin_home")).content.decode()
    assert '<html lang="fr"' in html
    assert "Que faire" in html


# --- Block previews ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [name for name, _block in BODY_BLOCKS])
def test_every_block_has_a_preview_that_looks_like_the_site(log_in, name):
    block = PlainPage._meta.get_field("body").stream_block.child_blocks[name]
    assert block.get_description()
    assert block.is_previewable
    response = log_in(REDACTION).get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    html = response.content.decode()
    assert response.status_code == 200
    assert "css/site.css" in html
    assert len(re.sub(r"<[^>]+>|\s", "", html.split("<main")[1])) > 5


# --- Files ------------------------------------------------------------------------------------------------------------
def test_the_form_of_an_image_asks_for_credit_and_consent(log_in):
    image = factories.ImageFactory(title="Photo")
    html = log_in(MODERATION).get(reverse("wagtailimages:edit", args=[image.pk])).content.decode()
    for words in ("Auteur·rice et licence", "ont donné leur accord par écrit", "sans son accord écrit"):
        assert words in html, words


def test_uploading_asks_for_credit_and_consent(log_in):
    upload = factories.ImageFactory.build().file.file
    form = log_in(REDACTION).post(reverse("wagtailimages:add_multiple"), {"files[]": upload}).json()["form"]
    for words in ("Auteur·rice et licence", "ont donné leur accord par écrit", "gardé par l’assemblée"):
        assert words in form, words


def test_choosing_an_image_while_writing_asks_for_credit_and_consent(log_in):
    html = log_in(REDACTION).get(reverse("wagtailimages_chooser:choose")).json()["html"]
    assert "Auteur·rice et licence" in html
    assert "ont donné leur accord par écrit" in html


def test_administration_chooses_no_file(log_in):
    factories.ImageFactory(title="Photo des archives")
    seen = {
        role: log_in(role).get(reverse("wagtailimages_chooser:choose")).json()["html"]
        for role in (REDACTION, ADMINISTRATION)
    }
    assert "Photo des archives" in seen[REDACTION]
    assert "Photo des archives" not in seen[ADMINISTRATION]


def test_redaction_changes_its_own_images_only(log_in):
    client = log_in(REDACTION)
    own = factories.ImageFactory(uploaded_by_user=client.user)
    other = factories.ImageFactory(uploaded_by_user=factories.UserFactory())
    data = {
        "title": "Changée",
        "collection": own.collection_id,
        "consent": "none",
        "credit": "Moi",
        "tags": "",
        "description": "",
    }
    client.post(reverse("wagtailimages:edit", args=[own.pk]), data)
    client.post(reverse("wagtailimages:edit", args=[other.pk]), data)
    assert CustomImage.objects.get(pk=own.pk).credit == "Moi"
    assert CustomImage.objects.get(pk=other.pk).credit == ""


@pytest.mark.parametrize("typed", ["ecole", "École"])
@pytest.mark.parametrize(("name", "factory"), [("images", "ImageFactory"), ("docs", "DocumentFactory")])
def test_files_are_found_without_accents(log_in, name, factory, typed):
    getattr(factories, factory)(title="Une école")
    html = log_in(MODERATION).get(reverse(f"wagtail{name}:index_results"), {"q": typed}).content.decode()
    assert "Une école" in html


# --- Previews ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def changed_page(roles):
    """A page on line, with a draft that says otherwise."""
    page = factories.PlainPageFactory(parent=roles.home, title="Ce qui est publié")
    page.title = "Ce qui est en brouillon"
    page.save_revision()
    return page


def read(client, page):
    """The page as a reader gets it, under the very address that a preview imitates."""
    return client.get(page.url, SERVER_NAME="localhost").content.decode()


def test_a_preview_shows_the_draft_even_where_readers_have_warmed_the_cache(log_in, client, changed_page):
    assert "Ce qui est publié" in read(client, changed_page)
    html = log_in(REDACTION).get(reverse("wagtailadmin_pages:view_draft", args=[changed_page.pk])).content.decode()
    assert "Ce qui est en brouillon" in html


def test_a_preview_is_never_given_to_readers(log_in, client, changed_page):
    log_in(REDACTION).get(reverse("wagtailadmin_pages:view_draft", args=[changed_page.pk]))
    html = read(client, changed_page)
    assert "Ce qui est publié" in html
    assert "brouillon" not in html


def test_a_preview_stands_in_a_frame_of_the_editors_only(log_in, client, changed_page):
    response = log_in(REDACTION).get(reverse("wagtailadmin_pages:view_draft", args=[changed_page.pk]))
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response.headers["Cache-Control"] or "private" in response.headers["Cache-Control"]
    assert "frame-ancestors 'none'" in client.get(changed_page.url).headers["Content-Security-Policy"]
