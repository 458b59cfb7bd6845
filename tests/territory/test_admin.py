from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.forms import modelform_factory
from django.urls import reverse
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from territory.models import CommuneAlias, Election
from territory.viewsets import CommuneChooserWidget, election_viewset

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = get_user_model().objects.create_superuser("admin", "admin@example.org", "a-long-password")
    client.force_login(user)
    return client


def election_data(*rounds, slug="municipales-2032"):
    return nested_form_data(
        {
            "name": "Municipales de 2032",
            "slug": slug,
            "departement": "",
            "rounds": inline_formset(
                [
                    {"number": number, "date": day, "closes_at": "20:00", "hours": inline_formset(hours)}
                    for number, day, hours in rounds
                ]
            ),
        }
    )


def test_an_election_is_entered_with_its_rounds_and_hours(administrator):
    data = election_data((1, "2032-03-14", [{"departement": "974", "closes_at": "18:00"}]), (2, "2032-03-21", []))
    response = administrator.post(reverse(election_viewset.get_url_name("add")), data)
    assert response.status_code == 302, response.context["form"].errors
    election = Election.objects.get(slug="municipales-2032")
    assert [one.date for one in election.ordered_rounds] == [date(2032, 3, 14), date(2032, 3, 21)]
    assert election.rounds.get(number=1).hours.get().departement_id == "974"


@pytest.mark.parametrize(
    "rounds",
    [
        [(1, "2032-03-21", []), (2, "2032-03-14", [])],
        [(1, "2032-03-14", []), (2, "2032-03-14", [])],
        [(2, "2032-03-21", [])],
        [],
    ],
)
def test_rounds_that_cannot_be_are_refused(administrator, rounds):
    response = administrator.post(reverse(election_viewset.get_url_name("add")), election_data(*rounds))
    assert response.status_code == 200
    assert not Election.objects.filter(slug="municipales-2032").exists()


def test_the_list_of_elections_says_their_phase(administrator):
    Election.objects.create(name="Sans dates", slug="sans-dates")
    assert "milieu de mandat" in administrator.get(reverse(election_viewset.get_url_name("index"))).content.decode()


def test_a_commune_is_chosen_as_visitors_find_it(administrator):
    response = administrator.get(reverse("commune_chooser:choose_results"), {"q": "st denis 93"})
    content = response.content.decode()
    assert content.index("Saint-Denis (93)") > 0
    assert "Seine-Saint-Denis" in content
    response = administrator.get(reverse("commune_chooser:choose"))
    assert response.json()["step"] == "choose"
    assert "Paris (75)" in response.json()["html"]
    chosen = administrator.get(reverse("commune_chooser:chosen", args=["2A004"])).json()
    assert chosen["result"]["title"] == "Ajaccio (2A)"


@pytest.mark.parametrize("query", ["\x00", "zzzzqqq", "é" * 5_000])
def test_a_hostile_search_in_the_chooser_is_answered(administrator, query):
    assert administrator.get(reverse("commune_chooser:choose_results"), {"q": query}).status_code == 200


def test_a_foreign_key_to_a_commune_gets_the_chooser():
    form = modelform_factory(CommuneAlias, WagtailAdminModelForm, fields=["commune"])
    assert isinstance(form().fields["commune"].widget, CommuneChooserWidget)
    assert "Ajaccio (2A)" in CommuneChooserWidget().render("commune", "2A004", {"id": "commune"})
