"""Forms that anyone may post: robots are slowed, people lose nothing of what they typed."""

import re
import time
from types import SimpleNamespace

import pytest
from django import forms
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils.html import escape

from egm_cms.urls import *  # noqa: F403
from egm_cms.urls import urlpatterns as every_address
from home import public_forms
from home.models import Counter, SeededKey
from home.public_forms import Limit, PublicForm, answer


class PostCard(PublicForm):
    prenom = forms.CharField(label="Prénom", max_length=20)
    courriel = forms.EmailField(label="Courriel", help_text="Jamais montré.")
    mot = forms.CharField(label="Un mot", required=False, widget=forms.Textarea)
    jours = forms.MultipleChoiceField(
        label="Jours", choices=[("l", "Lundi"), ("m", "Mardi")], widget=forms.CheckboxSelectMultiple
    )
    accord = forms.BooleanField(label="D’accord")

    def clean(self):
        """Forgets its base, as happens."""
        return self.cleaned_data


PAGE = """{% extends "base.html" %}{% block content %}<h1>Une carte</h1>
{% include "components/public_form.html" with submit="Envoyer la carte" %}{% endblock %}"""


def card(request):
    def act(form):
        SeededKey.objects.create(key=form.cleaned_data["prenom"])
        if form.cleaned_data["prenom"] == "Panne":
            raise ZeroDivisionError
        return "/merci/"

    form = PostCard(request.POST or None)
    return answer(request, form, act, "carte.html", {"title": "Carte"}, limit=Limit("card", 3))


urlpatterns = [path("carte/", card), path("merci/", lambda request: HttpResponse("Merci")), *every_address]
GOOD = {"prenom": "Dominique", "courriel": "d@exemple.fr", "mot": "« Été »", "jours": ["l"], "accord": "on"}


@pytest.fixture
def visitor(site, settings, monkeypatch, tmp_path):
    """`post(**changes)` posts the good form, `shown` seconds after it was shown; `get()` shows it."""
    settings.ROOT_URLCONF = __name__
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]
    (tmp_path / "carte.html").write_text(PAGE)
    client = Client()

    def post(shown=60, **changes):
        with monkeypatch.context() as past:
            now = time.time()
            past.setattr(signing.time, "time", lambda: now - shown)
            stamp = public_forms.stamp()
        return client.post("/carte/", {**GOOD, "stamp": stamp, "trap": "", **changes})

    return SimpleNamespace(client=client, get=lambda: client.get("/carte/"), post=post)


def kept(response):
    """Whether the page shows again everything that was typed."""
    html = response.content.decode()
    values = (GOOD["prenom"], GOOD["courriel"], escape(GOOD["mot"]))
    return all(value in html for value in values) and html.count(" checked") == 2


def test_a_good_form_is_done_then_leads_to_another_page(visitor):
    response = visitor.post()
    assert (response.status_code, response.url) == (302, "/merci/")
    assert response["Cache-Control"] == "no-store"
    assert SeededKey.objects.get(key="Dominique")


def test_the_page_is_kept_by_no_cache_and_sets_the_one_cookie_it_needs(visitor):
    response = visitor.get()
    assert response["Cache-Control"] == "no-store"
    assert set(response.cookies) == {"csrftoken"}
    assert not response.context["form"].errors
    assert "csrfmiddlewaretoken" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"trap": "http://spam.example"}, "Un champ que l’on ne voit pas a été rempli"),
        ({"trap": "\x00"}, "Un champ que l’on ne voit pas a été rempli"),
        ({"shown": 0}, "allé trop vite"),
        ({"shown": 25 * 3600}, "restée ouverte plus d’un jour"),
        ({"stamp": "shown:1abcde:faux"}, "pas été reconnu"),
        ({"stamp": ""}, "pas été reconnu"),
        ({"accord": ""}, "Champ requis."),
    ],
)
def test_what_is_refused_says_why_and_loses_nothing(visitor, changes, said):
    response = visitor.post(**changes)
    html = response.content.decode()
    assert response.status_code == 200
    assert said in html.replace("\xa0", " ")
    assert kept(response) or "accord" in changes
    assert response["Cache-Control"] == "no-store"
    assert not SeededKey.objects.filter(key="Dominique").exists()
    # What the page shows then goes through, sent again: an empty trap and a fresh time.
    assert re.search(r'name="trap"[^>]*>', html)
    assert "spam.example" not in html
    again = {"stamp": re.search(r'name="stamp" value="([^"]+)"', html)[1]}
    assert public_forms._signer.unsign(again["stamp"], max_age=30)


def test_sent_again_after_a_refusal_it_goes_through(visitor):
    visitor.post(trap="rempli par le navigateur")
    assert visitor.post(shown=3).status_code == 302


def test_what_is_refused_is_said_first_and_leads_to_each_field(visitor):
    html = visitor.post(courriel="pas une adresse", jours=[]).content.decode()
    summary = re.search(r'<div class="notice" role="alert" tabindex="-1" autofocus>(.*?)</div>', html, re.DOTALL)[1]
    assert 'href="#id_courriel">Courriel</a>' in summary
    assert 'href="#id_jours">Jours</a>' in summary
    for target in ("id_courriel", "id_jours", "id_courriel_error", "id_courriel_helptext", "id_jours_error"):
        assert html.count(f'id="{target}"') == 1
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_courriel_helptext id_courriel_error"' in html
    assert html.count("<legend>Jours") == 1
    # No field that the browser would refuse before we can say why.
    assert " required" not in html


def test_people_do_not_meet_the_trap(visitor):
    html = visitor.get().content.decode()
    trap = re.search(r'<div class="visually-hidden" aria-hidden="true">(.*?)</div>', html, re.DOTALL)[1]
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap
    assert "trap" not in html.replace(trap, "")


def test_too_many_posts_are_refused_with_everything_typed(visitor):
    for _time in range(3):
        visitor.post(shown=0)
    response = visitor.post()
    assert response.status_code == 429
    assert int(response["Retry-After"]) <= 3600
    assert "Trop d’envois" in response.content.decode()
    assert kept(response)
    assert not SeededKey.objects.filter(key="Dominique").exists()
    assert visitor.get().status_code == 200


def test_an_action_that_breaks_is_undone_whole(visitor):
    with pytest.raises(ZeroDivisionError):
        visitor.post(prenom="Panne")
    assert not SeededKey.objects.filter(key="Panne").exists()
    # And still counts, or a robot would only have to break us.
    assert Counter.objects.get().number == 1


@pytest.mark.parametrize(
    "hostile", ["\x00", "é\udcff".encode("utf-8", "surrogatepass").decode("latin-1"), "x" * 100_000]
)
@pytest.mark.parametrize("name", ["stamp", "trap", "prenom", "jours"])
def test_hostile_values_are_refused_politely(visitor, name, hostile):
    assert visitor.post(**{name: hostile}).status_code in (200, 302)


def test_a_post_without_its_token_is_refused_in_french(site, settings):
    settings.ROOT_URLCONF = __name__
    response = Client(enforce_csrf_checks=True).post("/carte/", GOOD)
    assert response.status_code == 403
    assert "Cet envoi n’a pas été reconnu" in response.content.decode()
