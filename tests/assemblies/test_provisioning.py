"""What an assembly has of its own, put in place in one go and kept through changes of name."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction, GroupCollectionPermission, GroupPagePermission, Page

from assemblies import provisioning
from assemblies.mergers import merge
from assemblies.models import Assembly, AssemblyIndexPage, AssemblyPage, EventIndexPage
from assemblies.provisioning import provision
from home.models import PlainPage
from home.roles import ADMINISTRATION, MODERATION
from tests import factories


@pytest.fixture
def directory(roles):
    return factories.AssemblyIndexPageFactory(parent=roles.home)


@pytest.fixture
def assembly(directory):
    return provision(factories.AssemblyFactory(name="EGM 59", slug="egm-59"))


def counts():
    models = (Group, Collection, CollectionViewRestriction, GroupCollectionPermission, GroupPagePermission, Page)
    return [model.objects.count() for model in models]


def test_an_assembly_gets_its_group_files_page_and_agenda(assembly):
    assert assembly.group.name == "Assemblée : EGM 59"
    page = assembly.page
    assert (page.title, page.slug, page.live) == ("EGM 59", "egm-59", False)
    agenda = EventIndexPage.objects.child_of(page).get()
    assert (agenda.slug, agenda.live) == ("agenda", True)
    assert assembly.public_files.name == "EGM 59"
    assert assembly.private_files.name == "EGM 59 (privé)"
    assert assembly.private_files.get_parent() == assembly.public_files.get_parent() == provisioning.files_of_all()


def test_only_its_group_and_moderation_open_its_private_files(assembly):
    restriction = CollectionViewRestriction.objects.get()
    assert restriction.collection == assembly.private_files
    assert restriction.restriction_type == CollectionViewRestriction.GROUPS
    assert set(restriction.groups.all()) == {assembly.group, Group.objects.get(name=MODERATION)}


def test_its_rights_stand_on_its_own_page_and_files_and_nowhere_else(assembly):
    pages = GroupPagePermission.objects.filter(group=assembly.group)
    assert set(pages.values_list("permission__codename", flat=True)) == {
        "add_page",
        "change_page",
        "publish_page",
        "bulk_delete_page",
    }
    assert {right.page_id for right in pages} == {assembly.page.pk}
    files = GroupCollectionPermission.objects.filter(group=assembly.group)
    everywhere = files.filter(collection__depth=1).values_list("permission__codename", flat=True)
    assert set(everywhere) == {"choose_image", "choose_document"}
    files = files.filter(collection__depth__gt=1)
    assert {right.collection_id for right in files} == {assembly.public_files_id, assembly.private_files_id}
    assert list(assembly.group.permissions.values_list("codename", flat=True)) == ["access_admin"]


def test_provisioning_twice_changes_nothing(assembly):
    before = counts()
    provision(assembly)
    assert counts() == before


def test_without_a_directory_the_page_waits(roles):
    assembly = provision(factories.AssemblyFactory())
    assert assembly.group
    assert not AssemblyPage.objects.exists()
    factories.AssemblyIndexPageFactory(parent=roles.home)
    provision(assembly)
    assert AssemblyPage.objects.get().assembly == assembly


def test_a_new_name_is_followed_by_group_and_files_and_the_address_stays(assembly):
    group, page = assembly.group_id, assembly.page.pk
    assembly.name = "Assemblée du Nord"
    assembly.save()
    assembly = provision(assembly)
    assert (assembly.group_id, assembly.group.name) == (group, "Assemblée : Assemblée du Nord")
    assert assembly.private_files.name == "Assemblée du Nord (privé)"
    assert (assembly.page.pk, assembly.page.slug) == (page, "egm-59")


def test_a_group_that_bears_the_name_already_is_not_taken_over(directory):
    old = Group.objects.create(name="Assemblée : EGM 59")
    assembly = provision(factories.AssemblyFactory(name="EGM 59"))
    assert assembly.group != old
    assert assembly.group.name == "Assemblée : EGM 59 (2)"


def test_an_address_that_is_taken_gets_a_number(assembly):
    other = factories.AssemblyFactory(name="Autre", slug="autre")
    Page.objects.filter(pk=assembly.page.pk).update(slug="autre")
    assert provision(other).page.slug == "autre-1"


def test_what_was_taken_away_does_not_come_back(assembly):
    GroupPagePermission.objects.get(group=assembly.group, permission__codename="bulk_delete_page").delete()
    CollectionViewRestriction.objects.all().delete()
    EventIndexPage.objects.get().delete()
    before = counts()
    provision(assembly)
    assert counts() == before


def test_other_floors_add_rooms(directory, monkeypatch):
    monkeypatch.setattr(provisioning, "_rooms", list(provisioning._rooms))
    provisioning.register_room(lambda page: page.add_child(instance=PlainPage(title="Salle", slug="salle")))
    page = provision(factories.AssemblyFactory()).page
    assert [child.slug for child in page.get_children()] == ["agenda", "ressources", "salle"]
    assert AssemblyIndexPage.objects.get().get_descendant_count() == 4


# --- Two become one, or none ------------------------------------------------------------------------------------------
@pytest.fixture
def pair(assembly):
    """A second assembly, full: two events, files, a member, a territory, a text."""
    source = provision(
        factories.AssemblyFactory(name="Lille", slug="lille", communes=["59350"], private_contact="a@b.fr")
    )
    agenda = EventIndexPage.objects.child_of(source.page).get()
    live = factories.EventPageFactory(parent=agenda, title="Débat", slug="debat")
    draft = factories.EventPageFactory(parent=agenda, title="Brouillon", live=False)
    files = [
        factories.DocumentFactory(collection=source.public_files),
        factories.ImageFactory(collection=source.private_files),
    ]
    member = factories.UserFactory()
    member.groups.add(source.group)
    text = AssemblyPage.objects.get(assembly=source)
    text.body = [("text", "<p>Qui nous sommes.</p>")]
    text.save_revision().publish()
    return SimpleNamespace(source=source, into=assembly, live=live, draft=draft, files=files, member=member)


def test_a_merger_loses_nothing_and_old_addresses_lead_to_the_new(pair, client):
    old = pair.live.url
    into = merge(pair.source, pair.into)
    agenda = EventIndexPage.objects.child_of(AssemblyPage.objects.get(assembly=into)).get()
    assert {page.title for page in agenda.get_children()} == {"Débat", "Brouillon"}
    for file, collection in zip(pair.files, (into.public_files, into.private_files), strict=True):
        file.refresh_from_db()
        assert file.collection == collection
    assert pair.member.groups.get() == into.group
    assert [one.pk for one in into.communes.all()] == ["59350"]
    assert into.private_contact == "a@b.fr"
    assert "Qui nous sommes" in str(into.page.get_latest_revision_as_object().body)
    assert list(Assembly.objects.values_list("slug", flat=True)) == ["egm-59"]
    assert list(Group.objects.filter(name__startswith="Assemblée").values_list("pk", flat=True)) == [into.group_id]
    assert client.get(old)["Location"].endswith("/assemblees/egm-59/agenda/debat/")
    for address, target in (("/assemblees/lille/agenda/", "agenda/"), ("/assemblees/lille/", "")):
        assert client.get(address)["Location"].endswith(f"/assemblees/egm-59/{target}")


def test_an_assembly_that_holds_something_is_not_deleted(pair, log_in):
    moderator = log_in(MODERATION)
    response = moderator.post(reverse("assemblees:delete", args=[pair.source.pk]))
    assert response["Location"] == reverse("assembly_merge", args=[pair.source.pk])
    with pytest.raises(provisioning.NotEmptyError):
        provisioning.remove(pair.source)
    moderator.post(response["Location"], {"into": pair.into.pk})
    assert not Assembly.objects.filter(pk=pair.source.pk).exists()


def test_an_empty_assembly_goes_with_all_it_was_given(assembly, log_in):
    log_in(MODERATION).post(reverse("assemblees:delete", args=[assembly.pk]))
    assert not Assembly.objects.exists()
    assert not AssemblyPage.objects.exists()
    assert not Group.objects.filter(name__startswith="Assemblée").exists()
    assert not Collection.objects.filter(name__startswith="EGM 59").exists()


def test_what_administration_deletes_is_made_again_and_empty(assembly, log_in):
    administrator, member = log_in(ADMINISTRATION), factories.UserFactory()
    member.groups.add(assembly.group)
    administrator.post(reverse("wagtailusers_groups:delete", args=[assembly.group_id]))
    administrator.post(reverse("wagtailadmin_collections:delete", args=[assembly.private_files_id]))
    assembly = Assembly.objects.get()
    assert (assembly.group, assembly.private_files) == (None, None)
    assembly = provision(assembly)
    assert not assembly.group.user_set.exists()
    assert set(GroupPagePermission.objects.filter(group=assembly.group).values_list("page", flat=True)) == {
        assembly.page.pk
    }
    assert CollectionViewRestriction.objects.get().collection == assembly.private_files
