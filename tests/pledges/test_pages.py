"""The page of the bulletin, and the one its QR code opens."""

from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from home.models import HomePage
from pledges.models import PledgeIndexPage
from pledges.seeding import seed_pledges
from tests.factories import PlainPageFactory, PledgeIndexPageFactory


@pytest.fixture
def index(site):
    return PledgeIndexPageFactory(parent=site.home)


def words(response):
    return unescape(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


class TestPage:
    def test_it_takes_the_address_kept_for_it_whatever_slug_is_asked(self, site):
        page = PledgeIndexPage(title="Autre titre", slug="autre")
        site.home.add_child(instance=page)
        assert page.url == "/engagements/"

    def test_no_other_page_takes_that_address(self, site):
        with pytest.raises(ValidationError):
            PlainPageFactory(parent=site.home, slug="engagements")

    def test_there_is_one_and_nothing_below_it(self, index, site):
        assert not PledgeIndexPage.can_create_at(site.home)
        assert index.specific_class.allowed_subpage_models() == []

    def test_it_offers_its_three_files_and_the_way_to_answer(self, index, client):
        text = client.get("/engagements/").content.decode()
        for extension in ("pdf", "odt", "docx"):
            assert f'href="/engagements/bulletin-d-engagement.{extension}"' in text
        assert 'href="/engagements/signer/"' in text

    def test_its_files_are_not_those_of_a_commune(self, index, client):
        assert client.get("/engagements/autre.pdf").status_code == 404

    def test_it_is_seeded_once_in_the_menu_and_then_belongs_to_the_editors(self, site):
        assert list(seed_pledges()) == ["engagements"]
        page = PledgeIndexPage.objects.get()
        assert (page.url, page.title, page.show_in_menus, page.live) == ("/engagements/", "Engagements", True, True)
        assert "modèle rédigé pour ce site" in page.body_text
        page.delete()
        list(seed_pledges())
        assert not PledgeIndexPage.objects.exists()

    def test_seeding_without_a_home_page_does_nothing(self, db):
        HomePage.objects.all().delete()
        assert list(seed_pledges()) == []

    def test_the_seeded_page_reads_well(self, site, client):
        list(seed_pledges())
        text = words(client.get("/engagements/"))
        assert "Le recueil n’est pas encore ouvert" in text
        assert "L52-8" in text
        assert "votez" not in text.lower()


class TestSigning:
    def test_it_has_no_form_that_writes_and_leaves_nothing(self, index, client):
        response = client.get("/engagements/signer/")
        assert response.status_code == 200
        assert not response.cookies
        assert response.has_header("ETag")
        assert "csrf" not in words(response)
        assert 'method="post"' not in words(response).lower()
        assert client.post("/engagements/signer/").status_code == 405
        assert "pas encore ouverte" in words(response)
        assert "/engagements/bulletin-d-engagement.pdf" in words(response)

    @pytest.mark.parametrize("typed", ["51513", " 51513 "])
    def test_a_code_names_its_commune_without_a_notice(self, index, client, typed):
        response = client.get("/engagements/signer/", {"commune": typed})
        text = words(response)
        assert "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson" in text
        assert 'href="/communes/51513-' in text
        assert 'role="status"' not in text

    def test_a_name_with_an_article_is_said_in_french(self, index, client):
        text = words(client.get("/engagements/signer/?commune=76351"))
        assert "la personne qui signe au Havre" in text
        assert "Ce qui se fait au Havre" in text

    def test_a_name_as_typed_is_understood_and_the_others_are_said(self, index, client):
        text = words(client.get("/engagements/signer/?commune=saint denis"))
        assert "Commune comprise : Saint-Denis" in text
        assert "Autres réponses" in text
        assert "/engagements/signer/?commune=" in text

    def test_an_old_code_gives_todays_commune(self, index, client):
        text = words(client.get("/engagements/signer/?commune=75101"))
        assert 'href="/communes/75056-paris/"' in text

    @pytest.mark.parametrize("typed", ["xqzzyw", "99999", "<script>alert(1)</script>zzqx", "x" * 5000])
    def test_what_means_no_commune_is_ignored_and_said(self, index, client, typed):
        response = client.get("/engagements/signer/", {"commune": typed})
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()
        assert "Aucune commune ne ressemble à" in words(response)

    @pytest.mark.parametrize("query", ["", "commune=", "commune=%00", "commune=%FF", "commune=a&commune=b", "x=1"])
    def test_nothing_sent_breaks_it(self, index, client, query):
        assert client.get("/engagements/signer/?" + query).status_code == 200

    def test_while_the_page_is_a_draft_no_file_is_offered(self, index, client):
        index.unpublish()
        text = words(client.get("/engagements/signer/"))
        assert "bulletin-d-engagement.pdf" not in text
        assert "pas encore publié" in text

    def test_it_says_where_to_send_the_sheet_once_known(self, index, client):
        assert "pas encore fixée" in words(client.get("/engagements/signer/"))
        index.send_to = "Maison des associations\n31000 Toulouse"
        index.save_revision().publish()
        assert "Maison des associations<br>31000 Toulouse" in words(client.get("/engagements/signer/"))

    def test_a_commune_costs_one_query_at_most(self, index, client):
        def queries(query):
            with CaptureQueriesContext(connection) as captured:
                client.get("/engagements/signer/" + query)
            return len(captured)

        queries("?commune=31555")
        assert queries("?x=1") == 2
        assert queries("?commune=69123") == queries("?commune=xqzzyw") == 3
