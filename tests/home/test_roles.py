"""Who may do what in the admin: roles × addresses, and what each role does to a page."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.text import slugify
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Page, Site, Workflow
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from home.roles import ADMINISTRATION, MODERATION, REDACTION, WORKFLOW, provision_roles
from resources.models import InitiativePage
from tests import factories

ALL = {REDACTION, MODERATION, ADMINISTRATION}
EDITORS = {REDACTION, MODERATION}

# Address: who may see it. A superuser may always, a visitor never.
ADDRESSES = {
    "wagtailadmin_home": ALL,
    "wagtailadmin_account": ALL,
    "wagtailadmin_explore_root": EDITORS,
    "wagtailadmin_pages:search": EDITORS,
    "initiatives:index": EDITORS,
    "ressources:index": EDITORS,
    "mesures:index": {MODERATION},
    "mesures:add": {MODERATION},
    "assemblees:index": {MODERATION, ADMINISTRATION},
    "assemblees:add": {MODERATION, ADMINISTRATION},
    "courriels:index": {MODERATION, ADMINISTRATION},
    "courriels:retry_all": {MODERATION, ADMINISTRATION},
    "elections:index": {ADMINISTRATION},
    "elections:add": {ADMINISTRATION},
    "wagtailimages:index": EDITORS,
    "wagtailimages:add": EDITORS,
    "wagtailimages:add_multiple": EDITORS,
    "wagtaildocs:index": EDITORS,
    "wagtaildocs:add": EDITORS,
    "wagtaildocs:add_multiple": EDITORS,
    "wagtailusers_users:index": {ADMINISTRATION},
    "wagtailusers_users:add": {ADMINISTRATION},
    "wagtailusers_groups:index": {ADMINISTRATION},
    "wagtailredirects:index": {ADMINISTRATION},
    "wagtailadmin_collections:index": {ADMINISTRATION},
    "wagtailadmin_workflows:index": {ADMINISTRATION},
    "wagtailadmin_reports:workflow": EDITORS,
    "wagtailadmin_reports:locked_pages": {MODERATION},
    "wagtailsites:index": set(),
}


def opens(client, address):
    response = client.get(address, follow=True)
    refused = response.redirect_chain and (
        response.redirect_chain[-1][0].startswith((reverse("wagtailadmin_login"),))
        or response.redirect_chain[-1][0] == reverse("wagtailadmin_home")
    )
    assert response.status_code in (200, 403, 404), f"{address}: {response.status_code}"
    return response.status_code == 200 and not refused


@pytest.mark.parametrize("role", [None, REDACTION, MODERATION, ADMINISTRATION, "superuser"])
def test_each_role_opens_its_own_addresses_and_no_other(log_in, role):
    client = log_in(role)
    opened = {name for name in ADDRESSES if opens(client, reverse(name))}
    expected = {name for name, allowed in ADDRESSES.items() if role == "superuser" or role in allowed}
    assert opened == expected


@pytest.mark.parametrize(
    ("role", "allowed"), [(None, False), (REDACTION, True), (MODERATION, True), (ADMINISTRATION, False)]
)
def test_only_editors_open_pages(log_in, roles, role, allowed):
    client = log_in(role)
    page = factories.InitiativePageFactory(parent=roles.initiatives)
    for address in (
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("wagtailadmin_pages:history", args=[page.pk]),
        reverse("wagtailadmin_pages:add", args=["resources", "initiativepage", roles.initiatives.pk]),
        reverse("wagtailadmin_explore", args=[roles.initiatives.pk]),
    ):
        assert opens(client, address) is allowed, address


@pytest.mark.parametrize(("role", "allowed"), [(REDACTION, False), (MODERATION, False), (ADMINISTRATION, True)])
def test_only_administration_opens_the_settings_of_the_site(log_in, roles, role, allowed):
    address = reverse("wagtailsettings:edit", args=["home", "sitesettings", roles.site.pk])
    assert opens(log_in(role), address) is allowed


# --- Provisioning -----------------------------------------------------------------------------------------------------
def rights():
    return {
        (group.name, *kind): set(values)
        for group in Group.objects.all()
        for kind, values in {
            ("models",): group.permissions.values_list("codename", flat=True),
            ("pages",): GroupPagePermission.objects.filter(group=group).values_list("page", "permission__codename"),
            ("files",): GroupCollectionPermission.objects.filter(group=group).values_list("permission__codename"),
        }.items()
    }


def test_provisioning_twice_changes_nothing(roles):
    before = rights()
    provision_roles()
    assert rights() == before
    assert Workflow.objects.filter(name=WORKFLOW).count() == 1


def test_wagtail_defaults_are_gone_and_only_our_workflow_is_active(roles):
    assert set(Group.objects.values_list("name", flat=True)) == ALL
    assert list(Workflow.objects.active().values_list("name", flat=True)) == [WORKFLOW]
    page = factories.PlainPageFactory(parent=roles.home)
    assert page.get_workflow().name == WORKFLOW


def test_wagtail_defaults_stay_while_someone_is_in_them(site):
    user = factories.UserFactory(role="Editors")
    provision_roles()
    assert user.groups.get().name == "Editors"


def test_a_right_taken_away_stays_away_and_one_added_stays(roles):
    group = Group.objects.get(name=REDACTION)
    GroupPagePermission.objects.get(group=group, permission__codename="change_page").delete()
    GroupPagePermission.objects.create(group=group, page=roles.home, permission_type="lock")
    provision_roles()
    kept = GroupPagePermission.objects.filter(group=group).values_list("permission__codename", flat=True)
    assert set(kept) == {"add_page", "lock_page"}


def test_provisioning_waits_for_a_home_page(db):
    Site.objects.update(root_page=Page.get_first_root_node())
    provision_roles()
    assert not GroupPagePermission.objects.filter(group__name=REDACTION).exists()
    assert not Workflow.objects.filter(name=WORKFLOW).exists()


# --- From draft to publication ----------------------------------------------------------------------------------------
def initiative_form(title="Un toit à Toulouse", **changes):
    data = {
        "title": title,
        "summary": "",
        "slug": slugify(title),
        "commune_links": inline_formset([{"commune": "31555", "id": ""}]),
        "authority": "commune",
        "what_was_done": rich_text("<p>Des places ont été ouvertes.</p>"),
        "means": rich_text(""),
        "result": rich_text(""),
        "did_not_work": rich_text(""),
        "durability": rich_text(""),
        "alternance": "inconnu",
        "partners": "",
        "status": "en_cours",
        "started": "2016",
        "ended": "",
        "sources": {"count": "0"},
        "checked_on": "",
        "booklet_page": "",
        "photo": "",
        "seo_title": "",
        "search_description": "",
        "social_image": "",
        "comments": inline_formset([]),
        "go_live_at": "",
        "expire_at": "",
    }
    measures = changes.pop("measures", None)
    data = nested_form_data(data | changes)
    return data | {"measures": [str(one.pk) for one in measures] if measures is not None else []}


def create_initiative(client, site, **data):
    address = reverse("wagtailadmin_pages:add", args=["resources", "initiativepage", site.initiatives.pk])
    return client.post(address, initiative_form(measures=site.measures[:1], **data))


def test_redaction_creates_and_submits_and_moderation_publishes(log_in, roles):
    writer, moderator = log_in(REDACTION), log_in(MODERATION)
    response = create_initiative(writer, roles, **{"action-submit": "1"})
    assert response.status_code == 302, response.context["form"].errors
    page = InitiativePage.objects.get(title="Un toit à Toulouse")
    assert not page.live
    assert page.current_workflow_state.workflow.name == WORKFLOW

    # Neither the writer nor an administrator may approve.
    task_state = page.current_workflow_task_state
    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task_state.pk])
    for client in (writer, log_in(ADMINISTRATION)):
        client.post(approve, {"comment": ""})
        page.refresh_from_db()
        assert not page.live

    assert moderator.post(approve, {"comment": ""}).status_code == 302
    page = InitiativePage.objects.get(pk=page.pk)
    assert page.live
    assert page.current_workflow_state is None
    assert page.owner == writer.user


def test_redaction_cannot_publish(log_in, roles):
    writer = log_in(REDACTION)
    create_initiative(writer, roles, **{"action-publish": "1"})
    page = InitiativePage.objects.get(title="Un toit à Toulouse")
    assert not page.live

    live = factories.InitiativePageFactory(parent=roles.initiatives, title="En ligne")
    form = initiative_form(title="Changé", slug=live.slug, measures=roles.measures[:1], **{"action-publish": "1"})
    link = live.commune_links.get()
    form |= nested_form_data({"commune_links": inline_formset([{"commune": "31555", "id": str(link.pk)}], initial=1)})
    writer.post(reverse("wagtailadmin_pages:edit", args=[live.pk]), form)
    live.refresh_from_db()
    assert live.title == "En ligne"
    for name in ("unpublish", "delete"):
        writer.post(reverse(f"wagtailadmin_pages:{name}", args=[live.pk]))
    assert InitiativePage.objects.get(pk=live.pk).live


def test_moderation_publishes_and_unpublishes(log_in, roles):
    moderator = log_in(MODERATION)
    create_initiative(moderator, roles, **{"action-publish": "1"})
    page = InitiativePage.objects.get(title="Un toit à Toulouse")
    assert page.live
    moderator.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    page.refresh_from_db()
    assert not page.live


# --- Addresses the site itself answers --------------------------------------------------------------------------------
def test_a_reserved_address_is_refused_on_creation(log_in, roles):
    response = create_initiative(log_in(MODERATION), roles, slug="proposer", **{"action-publish": "1"})
    assert "déjà celle d’une page du site" in str(response.context["form"].errors["slug"])
    assert not InitiativePage.objects.exists()


def test_a_reserved_address_is_refused_on_change_once(log_in, roles):
    page = factories.InitiativePageFactory(parent=roles.initiatives)
    link = page.commune_links.get()
    form = initiative_form(slug="proposer", measures=roles.measures[:1], **{"action-publish": "1"})
    form |= nested_form_data({"commune_links": inline_formset([{"commune": "31555", "id": str(link.pk)}], initial=1)})
    response = log_in(MODERATION).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form)
    assert len(response.context["form"].errors["slug"]) == 1
    page.refresh_from_db()
    assert page.slug != "proposer"


def test_a_reserved_address_is_refused_on_copy(log_in, roles):
    page = factories.InitiativePageFactory(parent=roles.initiatives)
    response = log_in(MODERATION).post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {"new_title": "Copie", "new_slug": "proposer", "new_parent_page": roles.initiatives.pk},
    )
    assert "déjà celle d’une page du site" in str(response.context["form"].errors["new_slug"])
    assert InitiativePage.objects.count() == 1


def test_the_same_word_is_free_elsewhere(roles):
    assert factories.PlainPageFactory(parent=roles.home, slug="proposer").live


# --- Accounts ---------------------------------------------------------------------------------------------------------
def user_form(user, **changes):
    return {
        "username": user.username,
        "email": "nouveau@example.org",
        "first_name": "A",
        "last_name": "B",
        "is_active": "on",
        "password1": "",
        "password2": "",
        **changes,
    }


def test_administration_changes_accounts_but_not_those_of_superusers(log_in):
    administrator, root = log_in(ADMINISTRATION), log_in("superuser").user
    plain = factories.UserFactory()
    edit = reverse("wagtailusers_users:edit", args=[plain.pk])
    administrator.post(edit, user_form(plain))
    plain.refresh_from_db()
    assert plain.email == "nouveau@example.org"

    administrator.post(edit, user_form(plain, is_superuser="on"))
    administrator.post(reverse("wagtailusers_users:edit", args=[root.pk]), user_form(root, is_superuser="on"))
    administrator.post(reverse("wagtailusers_users:delete", args=[root.pk]))
    administrator.post(
        reverse("wagtail_bulk_action", args=["home", "user", "set_active_state"]) + f"?id={root.pk}",
        {"mark_as_active": ""},
    )
    plain.refresh_from_db()
    root.refresh_from_db()
    assert not plain.is_superuser
    assert root.email != "nouveau@example.org"
    assert root.is_active


# --- The home of the admin --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "said", "unsaid"),
    [
        (REDACTION, ["Nouvelle initiative", "Toutes les ressources"], ["Les mesures", "Les assemblées"]),
        (MODERATION, ["Nouvelle initiative", "Les mesures", "Les assemblées"], []),
        (ADMINISTRATION, ["Les assemblées"], ["Nouvelle initiative", "Les mesures"]),
    ],
)
def test_the_home_of_the_admin_offers_what_a_role_may_do(log_in, role, said, unsaid):
    html = log_in(role).get(reverse("wagtailadmin_home")).content.decode()
    assert all(words in html for words in said)
    assert not any(words in html for words in unsaid)


def test_the_home_of_the_admin_says_what_waits_for_moderation(log_in, roles):
    create_initiative(log_in(REDACTION), roles, **{"action-submit": "1"})
    assert "Un contenu attend votre relecture" in log_in(MODERATION).get(reverse("wagtailadmin_home")).content.decode()
    assert "attend votre relecture" not in log_in(REDACTION).get(reverse("wagtailadmin_home")).content.decode()


def test_the_root_of_the_tree_is_nobodys(log_in, roles):
    assert not Page.get_first_root_node().permissions_for_user(log_in(MODERATION).user).can_add_subpage()
