"""The directory: which assembly covers me, and never an empty answer."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assemblies.directory import directory
from assemblies.finding import DirectorySearch
from assemblies.maps import MAX_MARKS, assembly_marks
from assemblies.models import Assembly, AssemblyIndexPage
from home.caching import forget
from territory.models import Commune, Departement
from tests.factories import AssemblyFactory, AssemblyIndexPageFactory, AssemblyPageFactory


@pytest.fixture
def index(site):
    return AssemblyIndexPageFactory(parent=site.home, joining="<p>Réunissez-vous.</p>")


def listed(index, title, **territory):
    """An assembly whose page is published."""
    return AssemblyPageFactory(parent=index, assembly=AssemblyFactory(name=title, **territory))


def words(response):
    assert response.status_code == 200
    return unescape(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def ask(client, query=""):
    """The context of the list, drawn anew: a page that readers keep comes without it."""
    forget()
    response = client.get("/assemblees/" + query)
    assert response.status_code == 200
    return response.context


def titles(client, query=""):
    """The assemblies that the list names, in order."""
    return [entry.title for _region, entries in ask(client, query)["search"].groups for entry in entries]


class TestCovering:
    def test_those_that_name_the_commune_come_first_and_all_overlaps_are_shown(self, index, client):
        listed(index, "A, tout le département", departements=["31"])
        listed(index, "B, tout le département et le Tarn", departements=["31", "81"])
        listed(index, "Z, cette ville", communes=["31555"])
        listed(index, "Ailleurs", departements=["33"])
        assert titles(client, "?commune=31555") == [
            "Z, cette ville",
            "A, tout le département",
            "B, tout le département et le Tarn",
        ]
        assert "3 assemblées pour Toulouse" in words(client.get("/assemblees/?commune=31555"))
        assert titles(client, "?commune=81004") == ["B, tout le département et le Tarn"]

    def test_the_directory_and_the_query_of_the_rows_agree(self, index):
        listed(index, "Ville", communes=["31555", "31149"])
        listed(index, "Double", departements=["31"], communes=["31555"])
        listed(index, "Département", departements=["31"])
        for insee in ("31555", "31149", "31395", "33063"):
            commune = Commune.objects.get(pk=insee)
            known = directory().covering(commune.insee, commune.departement_id)
            assert [one.pk for one in known] == [one.pk for one in Assembly.objects.covering(commune)]

    def test_a_name_as_typed_is_understood_and_said_with_the_others(self, index, client):
        listed(index, "EGM 93", departements=["93"])
        text = words(client.get("/assemblees/?commune=saint+dennis"))
        assert "Résultats pour Saint-Denis" in text
        assert "Autres réponses" in text
        assert 'href="?commune=' in text
        assert 'role="status"' not in words(client.get("/assemblees/?commune=93066")).split("list-map")[0]

    def test_an_old_code_gives_todays_commune(self, index, client):
        listed(index, "EGM 75", departements=["75"])
        assert titles(client, "?commune=75101") == ["EGM 75"]

    @pytest.mark.parametrize("insee", ["31555", "48095"], ids=["covered", "uncovered"])
    def test_the_answer_costs_six_queries_at_first_and_the_same_for_one_assembly_or_many(
        self, index, rf, client, insee, django_assert_max_num_queries
    ):
        def cost(number):
            request = rf.get(f"/assemblees/?commune={insee}")
            request.generation = number
            # As the page has, before it answers.
            index.get_url(request)
            with django_assert_max_num_queries(6) as captured:
                search = DirectorySearch(request)
                assert search.entries or search.nearest
                assembly_marks(search.shown, "/assemblees/")
            return len(captured)

        def page_cost(query):
            with CaptureQueriesContext(connection) as captured:
                words(client.get("/assemblees/" + query))
            return len(captured)

        listed(index, "EGM 31", departements=["31"], communes=["31555"])
        client.get("/assemblees/")
        page = page_cost("?x=1"), page_cost(f"?commune={insee}")
        # The version of the look-up, and where the commune is if nobody covers it.
        assert page[1] - page[0] <= 2
        first, again = cost(-1), cost(-1)
        assert again < first
        for number in range(12):
            listed(index, f"Assemblée {number:02d}", departements=["31", "81"], communes=["31555", "81004"])
        assert (cost(-2), cost(-2)) == (first, again)
        client.get("/assemblees/?x=2")
        assert (page_cost("?x=3"), page_cost(f"?commune={insee}&x=3")) == page


class TestNobody:
    def test_the_nearest_is_given_with_its_distance_the_slot_and_how_to_found_one(self, index, client):
        listed(index, "EGM 31", departements=["31"])
        listed(index, "EGM 59", departements=["59"])
        text = words(client.get("/assemblees/?commune=81004"))
        assert "Aucune assemblée connue ne couvre Albi : devenez-en référent·e" in text
        assert "EGM 31" in text.split("La plus proche")[1]
        assert "EGM 59" not in text
        km = ask(client, "?commune=81004")["search"].nearest[1]
        assert f"à {round(km)} km" in text
        assert 65 < km < 72
        assert "Réunissez-vous." in text

    def test_without_any_assembly_the_page_still_says_what_to_do(self, index, client):
        text = words(client.get("/assemblees/?commune=81004"))
        assert "devenez-en référent·e" in text
        assert "La plus proche" not in text
        assert "0 assemblée" in words(client.get("/assemblees/"))

    def test_a_place_without_coordinates_has_no_nearest(self, index, client):
        place = Commune.objects.filter(longitude=None).first()
        listed(index, "EGM 31", departements=["31"])
        assert "La plus proche" not in words(client.get(f"/assemblees/?commune={place.insee}"))
        listed(index, "Là-bas", communes=[place.insee])
        assert titles(client, f"?commune={place.insee}") == ["Là-bas"]
        assert "Là-bas" in titles(client)

    def test_an_assembly_without_a_published_page_is_never_named(self, index, client):
        AssemblyFactory(name="Cachée", departements=["31"], name_shown=True)
        draft = AssemblyPageFactory(
            parent=index, live=False, assembly=AssemblyFactory(name="Brouillon", departements=["31"])
        )
        for query in ("", "?commune=31555", "?departement=31", "?q=cachee", "?q=brouillon"):
            text = words(client.get("/assemblees/" + query))
            assert "Cachée" not in text
            assert "Brouillon" not in text
        assert "sa page n’est pas encore publiée" in words(client.get("/assemblees/?commune=31555"))
        draft.save_revision().publish()
        assert titles(client, "?commune=31555") == ["Brouillon"]

    def test_free_places_are_a_short_list_of_departements_that_nobody_touches(self, index, client):
        AssemblyFactory(name="Cachée", departements=["09"])
        listed(index, "Ville", communes=["31555"])
        search = ask(client)["search"]
        free = {one.code for _region, several in search.free for one in several}
        assert free == set(Departement.objects.values_list("pk", flat=True)) - {"09", "31"}
        text = words(client.get("/assemblees/"))
        assert "Places de référent·e à prendre" in text
        assert text.count('class="card"') == 1
        assert "Places de référent·e à prendre" not in words(client.get("/assemblees/?departement=31"))


class TestFilters:
    def test_the_list_is_grouped_by_region_then_departement(self, index, client):
        listed(index, "EGM 81", departements=["81"])
        listed(index, "EGM 59", departements=["59"])
        listed(index, "Zèle 31", departements=["31"])
        groups = ask(client)["search"].groups
        assert [(region, [one.title for one in entries]) for region, entries in groups] == [
            ("Hauts-de-France", ["EGM 59"]),
            ("Occitanie", ["Zèle 31", "EGM 81"]),
        ]

    def test_a_departement_or_a_region_keeps_those_that_touch_it(self, index, client):
        listed(index, "EGM 31", departements=["31"])
        listed(index, "Ville", communes=["31555"])
        listed(index, "Deux", departements=["33", "31"])
        listed(index, "Nord", departements=["59"])
        assert sorted(titles(client, "?departement=31")) == ["Deux", "EGM 31", "Ville"]
        assert titles(client, "?departement=33") == ["Deux"]
        assert sorted(titles(client, "?region=76")) == ["Deux", "EGM 31", "Ville"]
        assert titles(client, "?region=32&departement=31") == []

    def test_the_form_offers_what_leaves_something_and_what_is_chosen(self, index, client):
        listed(index, "EGM 31", departements=["31"])
        AssemblyFactory(departements=["59"])
        search = ask(client, "?departement=2a")["search"]
        assert [code for code, _name in search.departements_offered] == ["2A", "31"]
        assert [name for _code, name in search.regions_offered] == ["Corse", "Occitanie"]

    def test_a_departement_that_nobody_touches_gives_the_nearest(self, index, client):
        listed(index, "EGM 31", departements=["31"])
        text = words(client.get("/assemblees/?departement=81"))
        assert "Aucune assemblée connue ne couvre Tarn (81)" in text or "ne couvre le département" in text
        assert "EGM 31" in text.split("La plus proche")[1]

    @pytest.mark.parametrize("typed", ["nuit", "NUITS", "occitanie", "haute garonne", "toulouse", "soupe partagée"])
    def test_words_are_sought_in_what_it_says_and_in_its_territory(self, index, client, typed):
        assembly = AssemblyFactory(name="EGM 31", departements=["31"], communes=["31555"])
        AssemblyPageFactory(parent=index, assembly=assembly, title="Les nuits ouvertes", summary="Une soupe partagée.")
        listed(index, "Autre", departements=["59"])
        assert titles(client, f"?q={typed}") == ["Les nuits ouvertes"]

    def test_words_that_nobody_says_are_answered(self, index, client):
        listed(index, "EGM 31", departements=["31"])
        text = words(client.get("/assemblees/?q=xqzzy"))
        assert "Aucune assemblée ne réunit tous ces critères" in text

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("departement=zz", "« zz » : valeur inconnue ou de trop pour « Département »"),
            ("region=00", "valeur inconnue ou de trop pour « Région »"),
            ("departement=31&departement=59", "« 59 » : valeur inconnue ou de trop"),
            ("commune=xqzzyw", "Aucune commune ne ressemble à « xqzzyw »"),
            ("q=" + "x" * 300, "200 premiers caractères"),
        ],
    )
    def test_a_bad_value_is_ignored_and_said(self, index, client, query, said):
        listed(index, "EGM 31", departements=["31"])
        assert said in words(client.get("/assemblees/?" + query))

    @pytest.mark.parametrize("value", ["", "%00", "%FF%FE", "x" * 10_000, "<script>alert(1)</script>", "-1", "{{ 7 }}"])
    @pytest.mark.parametrize("name", ["q", "commune", "departement", "region", "page", "tri"])
    def test_nothing_sent_breaks_it(self, index, client, name, value):
        listed(index, "EGM 31", departements=["31"])
        assert "<script>alert" not in client.get(f"/assemblees/?{name}={value}").content.decode()
        words(client.get(f"/assemblees/?{name}={value}"))


class TestMap:
    def test_an_assembly_stands_at_the_largest_commune_of_its_territory(self, index, client):
        page = listed(index, "Albigeois", communes=["81202", "81004"])
        marks = ask(client)["marks"]
        assert [(mark.label, mark.url) for mark in marks] == [("Albigeois", page.url)]
        assert directory().listed[0].place.name == "Albi"

    def test_those_of_one_place_share_a_mark_that_leads_to_them(self, index, client):
        listed(index, "EGM 31", departements=["31"])
        listed(index, "Ville", communes=["31555"])
        (mark,) = ask(client)["marks"]
        assert (mark.label, mark.count) == ("Toulouse : 2 assemblées", 2)
        assert titles(client, mark.url.removeprefix("/assemblees/")) == ["EGM 31", "Ville"]

    def test_beyond_sixty_places_marks_are_regions(self, index):
        for code in Departement.objects.exclude(pk__startswith="97").values_list("pk", flat=True)[: MAX_MARKS + 5]:
            listed(index, f"EGM {code}", departements=[code])
        marks = assembly_marks(directory().listed, "/assemblees/")
        assert len(marks) <= MAX_MARKS
        assert sum(mark.count for mark in marks) == MAX_MARKS + 5
        assert all("region=" in mark.url for mark in marks if mark.count > 1)

    def test_what_is_not_drawn_is_in_the_list_only(self, index, client):
        listed(index, "Nouméa", communes=["98818"])
        assert ask(client)["marks"] == []
        assert titles(client) == ["Nouméa"]


class TestPage:
    def test_it_keeps_its_address_and_there_is_one(self, site):
        page = AssemblyIndexPage(title="Annuaire", slug="autre")
        site.home.add_child(instance=page)
        assert page.url == "/assemblees/"
        assert not AssemblyIndexPage.can_create_at(site.home)

    def test_readers_leave_nothing_and_keep_it(self, index, client):
        response = client.get("/assemblees/?commune=31555")
        assert not response.cookies
        assert response.has_header("ETag")
        assert "csrf" not in words(response)

    def test_a_change_of_territory_is_seen_at_once(self, index, client):
        page = listed(index, "EGM 31", departements=["31"])
        assert titles(client, "?commune=81004") == []
        page.assembly.departements.add("81")
        assert titles(client, "?commune=81004") == ["EGM 31"]
        page.unpublish()
        assert titles(client) == []

    def test_a_private_contact_is_not_read_into_memory(self, index):
        AssemblyPageFactory(
            parent=index, assembly=AssemblyFactory(private_contact="secret@example.org", departements=["31"])
        )
        assert "secret@example.org" not in repr([vars(entry) for entry in directory().entries])
        assert directory().listed[0].relay_url
