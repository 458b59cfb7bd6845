"""Assemblies in the admin: their territory as people type it, and contacts that only some may see."""

import csv
import io

import pytest
from django.urls import reverse

from assemblies.models import Assembly
from assemblies.seeding import seed_assemblies
from home.caching import generation
from home.roles import ADMINISTRATION, MODERATION
from tests import factories

SECRET = "secret@example.org"


@pytest.fixture
def client(log_in):
    return log_in(MODERATION)


def form(**changes):
    return {
        "name": "EGM 59",
        "slug": "egm-59",
        "departements": "59",
        "communes": "",
        "printable_contact": "",
        "private_contact": "",
    } | changes


def add(client, **changes):
    return client.post(reverse("assemblees:add"), form(**changes))


def errors(response, field):
    return response.context["form"].errors[field].as_text()


# --- Territory --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("31", ["31"]),
        ("31, 2A", ["2A", "31"]),
        ("Haute-Garonne\nnord", ["31", "59"]),
        ("31 Haute-Garonne\nCôte-d’Or (21)\n\n31", ["21", "31"]),
        ("", []),
    ],
)
def test_departements_are_typed_by_number_or_name(client, typed, codes):
    assert add(client, departements=typed).status_code == 302
    assert sorted(Assembly.objects.get().departements.values_list("pk", flat=True)) == codes


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("31555", ["31555"]),
        ("Toulouse\nlille\nTOULOUSE", ["31555", "59350"]),
        ("Saint-Denis 93\n97411 Saint-Denis", ["93066", "97411"]),
        ("31500 Toulouse", ["31555"]),
        ("75101", ["75056"]),
    ],
)
def test_communes_are_typed_by_code_or_name(client, typed, codes):
    response = add(client, communes=typed)
    assert response.status_code == 302, response.context["form"].errors
    assert sorted(Assembly.objects.get().communes.values_list("pk", flat=True)) == codes


def test_what_is_not_understood_is_said_line_by_line_and_nothing_is_saved(client):
    response = add(client, communes="Toulouse\nSaint-Denis\nTouloouse\n<script>\n99999", departements="31\nAtlantide")
    said = errors(response, "communes")
    assert "« Saint-Denis » : plusieurs communes portent ce nom" in said
    assert "93066 Saint-Denis (Seine-Saint-Denis)" in said
    assert "« Touloouse » : aucune commune ne porte ce nom. Peut-être : 31555 Toulouse" in said
    assert "« 99999 » : aucune commune" in said
    assert "« Toulouse »" not in said
    assert "« Atlantide » : ce n’est ni le numéro ni le nom d’un département" in errors(response, "departements")
    html = response.content.decode()
    assert "<script>\n99999" not in html
    assert "Touloouse" in html
    assert not Assembly.objects.exists()


def test_the_form_reads_back_what_it_wrote(client):
    assembly = factories.AssemblyFactory(departements=["31"], communes=["31555", "93066", "97411", "2A004"])
    address = reverse("assemblees:edit", args=[assembly.pk])
    bound = client.get(address).context["form"]
    data = form(name=assembly.name, slug=assembly.slug)
    data |= {name: bound[name].value() for name in ("departements", "communes")}
    assert "31555 Toulouse" in data["communes"]
    assert client.post(address, data).status_code == 302
    assert assembly.communes.count() == 4
    assert assembly.departements.get().pk == "31"


@pytest.mark.parametrize("typed", ["\x00", "a" * 100_000, "\n" * 5000, "1\n" * 3000, "é" * 200])
def test_hostile_territories_break_nothing(client, typed):
    assert add(client, communes=typed, departements=typed).status_code in (200, 302)


def test_no_page_loads_every_commune(client):
    assert len(client.get(reverse("assemblees:add")).content) < 200_000


# --- Contacts ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("role", "sees"), [(MODERATION, True), (ADMINISTRATION, False), ("superuser", True)])
def test_only_those_allowed_see_a_private_contact(log_in, role, sees):
    client = log_in(role)
    assembly = factories.AssemblyFactory(private_contact=SECRET)
    address = reverse("assemblees:edit", args=[assembly.pk])
    assert (SECRET in client.get(address).content.decode()) is sees
    assert SECRET not in client.get(reverse("assemblees:index")).content.decode()
    assert SECRET not in client.get(reverse("assemblees:history", args=[assembly.pk])).content.decode()

    client.post(address, form(name="Renommée", slug=assembly.slug, private_contact="autre@example.org"))
    assembly.refresh_from_db()
    assert assembly.name == "Renommée"
    assert assembly.private_contact == ("autre@example.org" if sees else SECRET)


@pytest.mark.parametrize("role", [MODERATION, ADMINISTRATION, "superuser"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_export_holds_a_private_contact(log_in, role, kind):
    client = log_in(role)
    factories.AssemblyFactory(private_contact=SECRET, printable_contact="contact@example.org")
    response = client.get(reverse("assemblees:index"), {"export": kind})
    content = b"".join(response.streaming_content)
    if kind == "csv":
        assert SECRET.encode() not in content
        assert b"contact@example.org" in content
    headings = client.get(reverse("assemblees:index"), {"export": "csv"})
    assert "privé" not in b"".join(headings.streaming_content).decode("utf-8-sig")


# --- The list ---------------------------------------------------------------------------------------------------------
def names(client, **query):
    response = client.get(reverse("assemblees:index"), query)
    assert response.status_code == 200
    return [assembly.name for assembly in response.context["object_list"]]


def test_the_list_is_searched_without_accents_and_filtered_by_departement(client):
    factories.AssemblyFactory(name="Assemblée de l’Hérault", departements=["34"])
    factories.AssemblyFactory(name="Toulouse métropole", communes=["31555"])
    factories.AssemblyFactory(name="EGM 31", departements=["31"])
    assert names(client, q="herault") == names(client, q="HÉRAULT") == ["Assemblée de l’Hérault"]
    assert names(client, q="metro") == ["Toulouse métropole"]
    assert names(client, departement="31") == ["EGM 31", "Toulouse métropole"]
    assert names(client, departement="xx", q="") == names(client)
    for typed in ("\x00", "%", "a" * 10_000):
        names(client, q=typed)


def test_hostile_names_are_text_in_the_list_and_in_exports(client):
    factories.AssemblyFactory(name="=1+1<script>alert(1)</script>", printable_contact="@x", communes=["31555"])
    assert "<script>alert(1)" not in client.get(reverse("assemblees:index")).content.decode()
    response = client.get(reverse("assemblees:index"), {"export": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert row["Nom"].startswith("'=")
    assert row["Contact imprimable"] == "'@x"
    assert row["Codes INSEE des communes"] == "31555"


def test_the_list_costs_the_same_for_one_row_or_twenty(client, django_assert_max_num_queries):
    def cost():
        with django_assert_max_num_queries(15) as captured:
            client.get(reverse("assemblees:index"))
        return len(captured)

    factories.AssemblyFactory(departements=["31"], communes=["31555"])
    cost()
    one = cost()
    for _row in range(19):
        factories.AssemblyFactory(departements=["31", "59"], communes=["31555", "59350"])
    assert cost() == one


# --- What readers see -------------------------------------------------------------------------------------------------
def test_a_change_of_territory_reaches_readers_at_once(db):
    assembly = factories.AssemblyFactory()
    before = generation()
    assembly.communes.add("31555")
    assert generation() > before


# --- Seeding ----------------------------------------------------------------------------------------------------------
def test_egm_31_is_seeded_once(db):
    assert seed_assemblies() == 1
    assembly = Assembly.objects.get()
    assert (assembly.name, assembly.slug, assembly.name_shown) == ("EGM 31", "egm-31", False)
    assert [one.pk for one in assembly.departements.all()] == ["31"]
    assert (assembly.private_contact, assembly.printable_contact) == ("", "")

    assembly.name = "Assemblée de Haute-Garonne"
    assembly.save()
    assert seed_assemblies() == 0
    assert Assembly.objects.get().name == "Assemblée de Haute-Garonne"
    assembly.delete()
    assert seed_assemblies() == 0
    assert not Assembly.objects.exists()


def test_an_assembly_of_that_name_made_by_hand_is_left_alone(db):
    factories.AssemblyFactory(name="EGM 31", slug="autre")
    assert seed_assemblies() == 0
    assert Assembly.objects.get().slug == "autre"


def test_an_address_left_empty_comes_from_the_name(log_in, roles):
    factories.AssemblyFactory(slug="l-ete-a-sete")
    data = {"name": "L’Été à Sète", "slug": "", "departements": "34", "communes": "", "printable_contact": ""}
    assert log_in("Modération").post(reverse("assemblees:add"), data).status_code == 302
    assert Assembly.objects.get(name="L’Été à Sète").slug == "l-ete-a-sete-2"
