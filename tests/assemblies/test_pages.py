"""The page of an assembly, its own library, and what Ma commune and the dossiers take from them."""

import json
import re
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from assemblies.models import Assembly, AssemblyIndexPage, AssemblyPage
from assemblies.provisioning import provision
from assemblies.seeding import seed_assemblies, seed_directory
from home.models import HomePage
from resources.dossiers.dossier import Dossier
from resources.models import LetterPage, LocalLibraryPage, ResourcePage
from resources.models.letters import DossierUse
from territory.models import Commune
from tests.factories import (
    AssemblyFactory,
    AssemblyIndexPageFactory,
    AssemblyPageFactory,
    LetterPageFactory,
    LocalLibraryPageFactory,
    PlainPageFactory,
    ResourcePageFactory,
)

CONTACT = "boite@example.org"


@pytest.fixture
def index(site):
    return AssemblyIndexPageFactory(parent=site.home, joining="<p>Réunissez-vous.</p>")


@pytest.fixture
def assembly(db):
    return AssemblyFactory(name="EGM 31", slug="egm-31", departements=["31"], private_contact=CONTACT)


@pytest.fixture
def page(index, assembly):
    return AssemblyPageFactory(parent=index, assembly=assembly, summary="Une assemblée.")


@pytest.fixture
def library(page):
    return LocalLibraryPageFactory(parent=page)


def words(response):
    assert response.status_code == 200
    return unescape(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def json_ld(response):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', response.content.decode())[1])


class TestPage:
    def test_it_says_its_territory_and_leads_to_the_relay(self, page, client):
        page.assembly.departements.add("81")
        page.assembly.communes.set(["31555", "31149"])
        text = words(client.get(page.url))
        assert "Haute-Garonne (31), Tarn (81)" in text
        assert text.index("Toulouse</a>") < text.index("Colomiers</a>")
        assert 'href="/communes/31149-colomiers/"' in text
        assert 'href="/assemblees/egm-31/ecrire/"' in text
        assert "Place de référent·e" not in text

    def test_without_a_contact_the_place_of_referent_is_to_be_taken(self, page, client):
        Assembly.objects.update(private_contact="")
        page.assembly.refresh_from_db()
        page.assembly.save()
        text = words(client.get(page.url))
        assert "Place de référent·e à prendre" in text
        assert "/assemblees/#fonder" in text
        assert "ecrire" not in text

    def test_one_that_closed_its_relay_says_so(self, page, client):
        page.relay_open = False
        page.website = "https://egm31.example.org/"
        page.save_revision().publish()
        text = words(client.get(page.url))
        assert "ne reçoit pas de messages par ce site" in text
        assert "Place de référent·e" not in text
        assert 'href="https://egm31.example.org/"' in text

    def test_machines_read_an_organisation_without_address_or_person(self, page, client):
        page.founded_on, page.website = "2018-01", "https://egm31.example.org/"
        page.save_revision().publish()
        data = json_ld(client.get(page.url))
        assert (data["@type"], data["name"], data["foundingDate"]) == ("Organization", "EGM 31", "2018-01")
        assert data["areaServed"] == [{"@type": "AdministrativeArea", "name": "Haute-Garonne", "identifier": "31"}]
        assert not {"address", "email", "telephone", "contactPoint", "member", "employee"} & set(data)

    @pytest.mark.parametrize("slug", ["ecrire", "agenda", "ressources"])
    def test_no_page_below_takes_what_the_site_answers(self, page, slug):
        with pytest.raises(ValidationError):
            PlainPageFactory(parent=page, slug=slug)

    def test_it_is_made_with_its_assembly_and_never_by_hand_nor_copied(self, page, index, log_in):
        assert AssemblyPage not in AssemblyIndexPage.creatable_subpage_models()
        client = log_in("superuser")
        data = {"new_title": "Copie", "new_slug": "copie", "new_parent_page": index.pk}
        response = client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), data)
        assert response.status_code == 200
        assert "Une assemblée n’a qu’une page" in words(response)
        assert AssemblyPage.objects.count() == 1

    def test_a_search_finds_it_by_its_territory(self, page, client):
        assert "EGM 31" in words(client.get("/recherche/?q=haute-garonne"))


class TestLocalLibrary:
    def test_it_lists_what_the_assembly_published_with_the_cards_of_the_kits(self, library, client):
        ResourcePageFactory(parent=library, title="Tract du marché")
        ResourcePageFactory(parent=library, title="Brouillon", live=False)
        LetterPageFactory(parent=library, title="Lettre au maire")
        text = words(client.get("/assemblees/egm-31/ressources/"))
        assert "Tract du marché" in text
        assert "Lettre au maire" in text
        assert "Brouillon" not in text

    def test_its_documents_stand_in_the_national_list_with_the_name_of_the_assembly(self, library, site, client):
        local = ResourcePageFactory(parent=library, title="Tract du marché")
        ResourcePageFactory(parent=site.resources, title="Guide national")
        text = words(client.get("/ressources/"))
        assert f'href="{local.url}"' in text
        card = text.split("Tract du marché")[0].rsplit('class="kind">', 1)[1]
        assert "Guide · EGM 31" in card
        assert "EGM 31" not in text.split("Guide national")[0].rsplit('class="kind">', 1)[1].split("</p>")[0]
        assert "EGM 31" in words(client.get(local.url)).split("<aside")[1]

    def test_the_name_of_an_assembly_whose_page_is_a_draft_is_not_said(self, library, page, client):
        ResourcePageFactory(parent=library, title="Tract du marché")
        AssemblyPage.objects.filter(pk=page.pk).update(live=False)
        text = words(client.get("/ressources/?x=1"))
        assert "Tract du marché" in text
        assert "EGM 31" not in text

    def test_its_page_leads_to_its_latest_documents_and_to_all(self, library, page, client):
        for number in range(8):
            ResourcePageFactory(parent=library, title=f"Document {number}")
        text = words(client.get(page.url))
        assert text.count('class="card"') == 6
        assert 'href="/assemblees/egm-31/ressources/"' in text

    def test_a_document_written_here_is_given_as_files(self, library, client):
        letter = LetterPageFactory(parent=library, title="Lettre au maire", slug="lettre")
        response = client.get(f"{letter.url}lettre.odt")
        assert response.status_code == 200
        assert response["Content-Type"].startswith("application/vnd.oasis")

    def test_it_keeps_its_address_and_there_is_one_an_assembly(self, page):
        library = LocalLibraryPage(title="Autre", slug="autre")
        page.add_child(instance=library)
        assert library.slug == "ressources"
        assert not LocalLibraryPage.can_create_at(page)
        assert {model.__name__ for model in LocalLibraryPage.allowed_subpage_models()} == {"ResourcePage", "LetterPage"}

    def test_each_new_assembly_gets_one_that_opens_with_its_page(self, index, client):
        row = provision(AssemblyFactory(name="EGM 59", slug="egm-59"))
        library = LocalLibraryPage.objects.get()
        assert library.summary == "Documents et lettres publiés par l’assemblée EGM 59."
        assert client.get(library.url).status_code == 404
        assert library.url not in client.get("/sitemap.xml").content.decode()
        row.page.save_revision().publish()
        assert client.get(library.url).status_code == 200
        assert library.url in client.get("/sitemap.xml").content.decode()


class TestMaCommune:
    def section(self, client, address="/communes/31555-toulouse/"):
        return words(client.get(address)).split('id="assemblee"')[1].split("</section>")[0]

    def test_one_that_shows_its_name_is_linked_with_its_relay(self, page, assembly, client):
        assembly.name_shown = True
        assembly.save()
        text = self.section(client)
        assert 'href="/assemblees/egm-31/"' in text
        assert 'href="/assemblees/egm-31/ecrire/"' in text

    def test_one_that_hides_its_name_is_not_named_here_but_the_directory_is(self, page, client):
        text = self.section(client)
        assert "EGM 31" not in text
        assert "egm-31" not in text
        assert 'href="/assemblees/?commune=31555#resultats"' in text

    def test_one_without_a_page_is_named_as_before(self, assembly, site, client):
        assembly.name_shown, assembly.printable_contact = True, "contact@example.org"
        assembly.save()
        text = self.section(client)
        assert "EGM 31" in text
        assert "contact@example.org" in text
        assert "ecrire" not in text

    def test_all_those_that_cover_it_are_shown(self, page, assembly, client):
        for name, territory in (("Ville", {"communes": ["31555"]}), ("Deux", {"departements": ["31", "81"]})):
            AssemblyFactory(name=name, name_shown=True, **territory)
        text = self.section(client)
        assert text.index("Ville") < text.index("Deux")
        assert "Les assemblées locales" in text

    def test_without_any_the_nearest_and_how_to_found_one(self, page, assembly, client):
        albi = "/communes/81004-albi/"
        assert "La plus proche est à 67 km" in self.section(client, albi)
        assert "EGM 31" not in self.section(client, albi)
        assert 'href="/assemblees/#fonder"' in self.section(client, albi)
        assembly.name_shown = True
        assembly.save()
        assert 'href="/assemblees/egm-31/"' in self.section(client, albi)


class TestDossier:
    def values(self):
        return Dossier(Commune.objects.get(pk="31555")).values

    def test_the_contact_is_the_printable_one_else_the_address_of_the_relay_else_a_blank(self, page, assembly):
        assert self.values()["contact"] == "http://testserver/assemblees/egm-31/ecrire/"
        assembly.printable_contact = "contact@example.org"
        assembly.save()
        assert self.values()["contact"] == "contact@example.org"
        assembly.printable_contact = assembly.private_contact = ""
        assembly.save()
        assert self.values()["contact"] == ""

    @pytest.mark.parametrize("way", ["unpublished", "closed", "no page"])
    def test_a_relay_that_leads_nowhere_is_not_printed(self, page, way):
        if way == "unpublished":
            page.unpublish()
        elif way == "closed":
            page.relay_open = False
            page.save_revision().publish()
        else:
            page.delete()
        assert self.values()["contact"] == ""

    def test_the_name_is_printed_where_it_is_shown_only(self, page, assembly):
        assert self.values()["assemblee"] == ""
        assembly.name_shown = True
        assembly.save()
        assert self.values()["assemblee"] == "EGM 31"

    def test_no_dossier_holds_the_private_contact(self, page):
        assert CONTACT not in str(self.values())

    def test_the_letters_of_an_assembly_come_first_in_its_communes_and_nowhere_else(self, library, site, index):
        national = LetterPageFactory(parent=site.resources, dossier_use=DossierUse.PER_LIST, title="Nationale")
        local = LetterPageFactory(parent=library, dossier_use=DossierUse.PER_LIST, title="Locale")
        other = AssemblyPageFactory(parent=index, assembly=AssemblyFactory(departements=["59"]))
        LetterPageFactory(
            parent=LocalLibraryPageFactory(parent=other), dossier_use=DossierUse.PER_LIST, title="D’ailleurs"
        )

        def letters(insee):
            dossier = Dossier(Commune.objects.get(pk=insee))
            return [piece.title for piece in dossier.all_pieces if piece.key == "lettre"]

        assert letters("31555") == [local.title, national.title]
        assert letters("81004") == [national.title]

    def test_a_letter_of_an_assembly_speaks_in_its_name(self, library, assembly, site):
        assembly.name_shown = True
        assembly.save()
        AssemblyFactory(name="Ville", communes=["31555"], name_shown=True, printable_contact="ville@example.org")
        LetterPageFactory(parent=library, dossier_use=DossierUse.PER_LIST, title="Locale")
        LetterPageFactory(parent=site.resources, dossier_use=DossierUse.PER_LIST, title="Nationale")
        dossier = Dossier(Commune.objects.get(pk="31555"))
        senders = {
            piece.title: piece.context["letters"][0]["values"]["assemblee"]
            for piece in dossier.all_pieces
            if piece.key == "lettre"
        }
        assert senders == {"Locale": "EGM 31", "Nationale": "Ville"}


class TestSeeded:
    @pytest.fixture
    def seeded(self, site):
        seed_assemblies()
        assert list(seed_directory()) == ["assemblees", "egm-31"]
        return AssemblyPage.objects.get()

    def test_the_directory_and_egm_31_are_published_once_and_then_belong_to_the_editors(self, seeded):
        index = AssemblyIndexPage.objects.get()
        assert (index.url, index.show_in_menus, index.live) == ("/assemblees/", True, True)
        assert (seeded.url, seeded.live, seeded.assembly.slug) == ("/assemblees/egm-31/", True, "egm-31")
        seeded.delete()
        index.delete()
        list(seed_directory())
        assert not AssemblyIndexPage.objects.exists()
        assert not AssemblyPage.objects.exists()

    def test_each_fact_has_its_source_and_the_page_says_that_it_waits_for_the_network(self, seeded, client):
        text = words(client.get(seeded.url))
        assert "à valider par l’assemblée et par le réseau" in text
        assert "Faits vérifiés le 25 novembre 2026" in text
        assert "À vérifier auprès de l’assemblée" in text
        assert len(seeded.sources) == 3
        assert "Place de référent·e à prendre" in text
        assert "@" not in text.split("<main")[1].split("</main>")[0]

    def test_the_directory_says_how_to_found_one(self, seeded, client):
        text = words(client.get("/assemblees/"))
        assert "1 assemblée" in text
        assert "Fonder ou rejoindre une assemblée" in text
        assert 'href="/assemblees/egm-31/"' in text

    def test_seeding_without_a_home_page_or_an_assembly_makes_no_page(self, site):
        assert list(seed_directory()) == ["assemblees", "egm-31"]
        assert not AssemblyPage.objects.exists()
        HomePage.objects.all().delete()
        assert list(seed_directory()) == []


def test_national_lists_of_letters_and_resources_hold_the_local_ones(library):
    LetterPageFactory(parent=library)
    assert LetterPage.objects.published().count() == ResourcePage.objects.current().count() == 1
