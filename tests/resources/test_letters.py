"""Letters: fields checked at save, versions chosen by phase and size, filled in for a commune."""

import html
import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from resources.models import LetterPage
from resources.models.letters import Recipient, values_of
from territory.models import Commune
from tests.factories import LetterPageFactory, letter_versions


def text_of(page, recipient, commune=None, **values):
    letters = page.filled(recipient, values_of(commune) | values, commune)
    return " ".join(one["subject"] + one["text"] for one in letters)


@pytest.fixture
def letter(site):
    return LetterPageFactory(
        parent=site.resources,
        versions=letter_versions(
            ("candidats", "petite", "Village", "<p>Au village {{ de_commune }}.</p>"),
            ("candidats", "ville", "Ville", "<p>À la ville {{ de_commune }}.</p>"),
            ("conseil", "toutes", "Conseil", "<p>Au conseil {{ de_commune }}, le {{ date }}.</p>"),
        ),
    )


def test_a_village_and_a_town_get_the_version_of_their_size(letter):
    village, town = Commune.objects.get(pk="63278"), Commune.objects.get(pk="31555")
    assert "Au village de Pessat-Villeneuve." in text_of(letter, Recipient.CANDIDATES, village)
    assert "À la ville de Toulouse." in text_of(letter, Recipient.CANDIDATES, town)
    assert "Au conseil de Toulouse" in text_of(letter, Recipient.COUNCIL, town)


def test_a_letter_never_speaks_with_the_words_of_another_recipient_or_size(site):
    only_small = LetterPageFactory(
        parent=site.resources, versions=letter_versions(("candidats", "petite", "O", "<p>T</p>"))
    )
    assert only_small.versions_for(Recipient.COUNCIL, Commune.objects.get(pk="63278")) == []
    assert only_small.versions_for(Recipient.CANDIDATES, Commune.objects.get(pk="31555")) == []
    assert len(only_small.versions_for(Recipient.CANDIDATES, Commune.objects.get(pk="63278"))) == 1


def test_without_a_commune_every_version_is_given_and_every_field_is_a_blank(letter):
    text = text_of(letter, Recipient.CANDIDATES)
    assert "Au village de …" in text
    assert "À la ville de …" in text
    assert "{{" not in text


def test_what_a_visitor_typed_is_text_and_never_markup(letter):
    said = text_of(letter, Recipient.COUNCIL, date="<script>{{ commune }}")
    assert "&lt;script&gt;{{ commune }}" in said


def test_an_unknown_field_cannot_be_saved_and_the_message_says_what_to_write(letter):
    letter.versions = letter_versions(("conseil", "toutes", "Objet", "<p>À {{ comune }}</p>"))
    with pytest.raises(ValidationError) as refused:
        letter.save()
    said = " ".join(refused.value.message_dict["versions"])
    assert "« comune » n’existe pas" in said
    assert "« commune »" in said
    assert "destinataire" in said


@pytest.mark.parametrize("action", [{}, {"action-publish": "1"}], ids=["draft", "published"])
def test_the_form_refuses_it_too_and_keeps_what_was_written(letter, log_in, action):
    client = log_in("Modération")
    edit = f"/admin/pages/{letter.pk}/edit/"
    assert client.get(edit).status_code == 200
    response = client.post(edit, form_of(letter, "<p>À {{ comune }} toute</p>") | action)
    assert response.status_code == 200
    # Beside the block, in the data from which the form is drawn.
    page = html.unescape(response.content.decode())
    page = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), page)
    assert "« comune » n’existe pas" in page
    assert "À {{ comune }} toute" in page
    letter.refresh_from_db()
    assert "comune" not in letter.versions_text
    assert not letter.revisions.exists()


def form_of(page, text):
    """What the browser sends when the text of the only version is changed."""
    raw = {"entityMap": {}, "blocks": [{"text": text.removeprefix("<p>").removesuffix("</p>"), "type": "unstyled",
           "depth": 0, "key": "a", "inlineStyleRanges": [], "entityRanges": []}]}  # fmt: skip
    return {
        "title": page.title, "slug": page.slug, "summary": "", "versions-count": "1", "versions-0-deleted": "",
        "versions-0-order": "0", "versions-0-type": "version", "versions-0-id": "",
        "versions-0-value-recipient": "conseil", "versions-0-value-size": "toutes",
        "versions-0-value-subject": "Objet", "versions-0-value-text": json.dumps(raw), "language": "fr",
        "dossier_use": "", "preview_commune": "", "publisher": "", "licence": "", "label": "", "checked_on": "",
        "replaced_by": "", "sources-count": "0", "seo_title": "", "search_description": "", "social_image": "",
        "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "", "files-TOTAL_FORMS": "0", "files-INITIAL_FORMS": "0", "files-MIN_NUM_FORMS": "0",
        "files-MAX_NUM_FORMS": "",
    }  # fmt: skip


def test_a_sound_letter_passes_through_the_same_form(letter, log_in):
    response = log_in("Modération").post(f"/admin/pages/{letter.pk}/edit/", form_of(letter, "<p>À {{ commune }}</p>"))
    assert response.status_code == 302, response.content.decode()[:3000]


def test_a_letter_stands_in_the_library_with_its_files(letter):
    client = Client()
    page = client.get("/ressources/?type=courrier").content.decode()
    assert letter.title in page
    assert "PDF, ODT, DOCX" in page
    printed = client.get(f"{letter.url}{letter.slug}.odt")
    assert printed.status_code == 200
    assert client.get(f"{letter.url}").status_code == 200


def test_the_preview_fills_the_letter_for_the_commune_of_trial(letter, rf):
    draft = LetterPage.objects.get(pk=letter.pk)
    draft.preview_commune = Commune.objects.get(pk="97101")  # Les Abymes
    response = draft.make_preview_request(preview_mode="candidats")
    assert "des Abymes" in response.render().content.decode()
    draft.preview_commune = None
    assert "Sans commune d’essai" in draft.make_preview_request(preview_mode="conseil").render().content.decode()
