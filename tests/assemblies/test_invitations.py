"""Invited, in the group, out of it: who writes for an assembly."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assemblies.invitations import invite, withdraw
from assemblies.models import EventIndexPage
from assemblies.provisioning import provision
from home import public_forms
from home.models import Link, OutgoingMail, User
from home.roles import ADMINISTRATION, MODERATION, REDACTION
from tests import factories
from tests.home.test_admin import menu

PASSWORD = "une-cabane-dans-les-arbres"


@pytest.fixture
def assembly(roles):
    factories.AssemblyIndexPageFactory(parent=roles.home)
    return provision(factories.AssemblyFactory(name="EGM 59", slug="egm-59"))


@pytest.fixture
def member(assembly):
    """A client of someone who writes for it."""
    client = Client()
    client.user = factories.UserFactory()
    client.user.groups.add(assembly.group)
    client.force_login(client.user)
    return client


def access(assembly):
    return reverse("assembly_access", args=[assembly.pk])


def letters():
    mails = OutgoingMail.objects.order_by("pk")
    return [message_from_bytes(bytes(one.content), policy=policy.default).get_content() for one in mails]


def link():
    return re.search(r"http://testserver(/invitation/\S+/)", letters()[-1])[1]


@pytest.fixture(autouse=True)
def typed_slowly(monkeypatch):
    monkeypatch.setattr(public_forms, "FASTEST_SECONDS", 0)


def form(password=PASSWORD, **changes):
    return {"password": password, "again": password, "stamp": public_forms.stamp(), "trap": "", **changes}


def invited(assembly, by=None, name="Awa Exemple", email="Awa@Example.org"):
    invite(assembly, name, email, by or factories.UserFactory())
    return User.objects.get(email="awa@example.org")


# --- Inviting ---------------------------------------------------------------------------------------------------------
def test_an_invitation_makes_an_account_that_opens_nothing_before_its_link(log_in, assembly):
    response = log_in(MODERATION).post(access(assembly), {"name": "Awa Exemple", "email": "Awa@Example.org"})
    assert response.status_code == 302
    user = User.objects.get(username="awa@example.org")
    assert (user.get_full_name(), user.has_usable_password()) == ("Awa Exemple", False)
    assert list(user.groups.all()) == [assembly.group]
    assert OutgoingMail.objects.get().recipient == "awa@example.org"
    assert "EGM 59" in " ".join(letters()[0].split())


def test_the_link_changes_nothing_by_itself_and_its_form_chooses_a_password(assembly):
    user, client = invited(assembly), Client()
    for _time in range(3):
        response = client.get(link())
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
    client.head(link())
    user.refresh_from_db()
    assert not user.has_usable_password()

    response = client.post(link(), form())
    assert (response.status_code, response["Location"]) == (302, reverse("wagtailadmin_home"))
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert "Annoncer un débat" in client.get(reverse("wagtailadmin_home")).content.decode()


def test_a_link_serves_once_and_for_72_hours(assembly):
    user, address = invited(assembly), link()
    assert Link.objects.get().expires_at - timezone.now() < timedelta(hours=72)
    Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(address).status_code == 404
    assert Client().post(address, form()).status_code == 404
    Link.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    Client().post(address, form())
    again = Client().post(address, form("un-autre-mot-de-passe-encore"))
    assert "a déjà servi" in again.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert Client().get("/invitation/nimporte-quoi/").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [{"password": "court", "again": "court"}, {"again": "autre"}, {"stamp": ""}, {"password": "0123456789012"}],
)
def test_a_weak_or_mistyped_password_is_refused_and_the_link_stays(assembly, changes):
    user = invited(assembly)
    assert Client().post(link(), form(**changes)).status_code == 200
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert Client().post(link(), form()).status_code == 302


def test_a_browser_that_may_not_say_where_it_comes_from_is_let_in(assembly):
    """The page says `no-referrer`: a post from it says `Origin: null`, and its address is proof enough."""
    invited(assembly)
    browser = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    assert browser.get(link())["Referrer-Policy"] == "no-referrer"
    assert browser.post(link(), form()).status_code == 302


def test_an_invitation_that_is_sent_again_closes_the_first(member, assembly):
    user = invited(assembly)
    first = link()
    member.post(reverse("assembly_remind", args=[assembly.pk, user.pk]))
    assert Client().get(first).status_code == 404
    assert Client().get(link()).status_code == 200


def test_an_address_that_has_an_account_is_added_with_the_same_answer(member, assembly):
    known = factories.UserFactory(username="awa", email="awa@example.org", role=REDACTION)
    answers = []
    for email in ("awa@example.org", "nouvelle@example.org"):
        response = member.post(access(assembly), {"name": "Awa", "email": email}, follow=True)
        answers.append(str(next(iter(response.context["messages"]))).replace(email, "…"))
    assert answers[0] == answers[1]
    assert {group.name for group in known.groups.all()} == {REDACTION, assembly.group.name}
    assert known.has_usable_password()
    assert "/invitation/" not in letters()[0]
    assert User.objects.filter(email="awa@example.org").count() == 1


def test_an_account_that_administration_closed_stays_closed(member, assembly):
    closed = factories.UserFactory(email="awa@example.org", is_active=False)
    member.post(access(assembly), {"name": "Awa", "email": "awa@example.org"})
    closed.refresh_from_db()
    assert not closed.is_active
    assert not closed.groups.exists()


# --- Who may ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "allowed"), [(None, False), (REDACTION, False), (MODERATION, True), (ADMINISTRATION, True)]
)
def test_moderation_and_administration_invite_for_any_assembly(log_in, assembly, role, allowed):
    client = log_in(role)
    client.post(access(assembly), {"name": "Awa", "email": "awa@example.org"})
    assert User.objects.filter(email="awa@example.org").exists() is allowed


def test_members_invite_for_their_own_and_no_other(member, assembly):
    other = provision(factories.AssemblyFactory())
    for one in (assembly, other):
        member.post(access(one), {"name": "Awa", "email": f"awa@{one.slug}.example.org"})
    assert User.objects.filter(email__startswith="awa@").get().groups.get() == assembly.group


def test_nothing_is_changed_by_reading(member, assembly):
    user = invited(assembly)
    for name in ("assembly_remind", "assembly_withdraw"):
        assert member.get(reverse(name, args=[assembly.pk, user.pk])).status_code == 405


# --- Taking access away -----------------------------------------------------------------------------------------------
def test_whoever_is_taken_out_is_out_at_once(log_in, member, assembly):
    edit = reverse("wagtailadmin_pages:edit", args=[assembly.page.pk])
    assert member.get(edit).status_code == 200
    User.objects.filter(pk=member.user.pk).update(last_login=timezone.now())
    log_in(MODERATION).post(reverse("assembly_withdraw", args=[assembly.pk, member.user.pk]))
    assert member.get(edit)["Location"].startswith(reverse("wagtailadmin_login"))
    member.user.refresh_from_db()
    assert not member.user.has_usable_password()


def test_whoever_has_another_role_keeps_it(member, assembly, roles):
    member.user.groups.add(Group.objects.get(name=REDACTION))
    withdraw(assembly, member.user, member.user)
    assert member.get(reverse("wagtailadmin_home")).status_code == 200
    member.user.refresh_from_db()
    assert member.user.has_usable_password()


def test_an_account_that_never_served_is_erased(member, assembly):
    user = invited(assembly)
    address = link()
    member.post(reverse("assembly_withdraw", args=[assembly.pk, user.pk]))
    assert not User.objects.filter(email="awa@example.org").exists()
    assert Client().get(address).status_code == 404


# --- The screens ------------------------------------------------------------------------------------------------------
def test_the_screen_of_an_assembly_says_who_writes_and_who_is_awaited(member, assembly):
    invited(assembly)
    html = member.get(access(assembly)).content.decode()
    assert "Awa Exemple" in html
    assert "pas encore ouverte" in html
    assert html.count("Renvoyer l’invitation") == 1
    assert html.count("Retirer l’accès") == 2


def test_who_may_what_shows_groups_to_administration_only(log_in, member, assembly):
    address = reverse("who_may_what")
    said = log_in(ADMINISTRATION).get(address).content.decode()
    assert "Rédaction" in said
    assert "Pages, à partir de" in said
    assert "Rédaction" not in re.sub(r"<script.*?</script>", "", member.get(address).content.decode(), flags=re.S)
    assert "EGM 59" in member.get(address).content.decode()
    assert log_in(REDACTION).get(address).status_code == 302


def test_the_home_of_the_admin_leads_an_editor_to_her_page_and_a_new_debate(member, assembly):
    html = member.get(reverse("wagtailadmin_home")).content.decode()
    agenda = EventIndexPage.objects.child_of(assembly.page).get()
    for address in (
        reverse("wagtailadmin_pages:add", args=["assemblies", "eventpage", agenda.pk]),
        reverse("wagtailadmin_pages:edit", args=[assembly.page.pk]),
        access(assembly),
    ):
        assert f'href="{address}"' in html
        assert member.get(address).status_code == 200
    assert "Mes fichiers" in html


def test_creating_an_assembly_leads_to_inviting(log_in, roles):
    factories.AssemblyIndexPageFactory(parent=roles.home)
    data = {"name": "EGM 59", "slug": "egm-59", "departements": "59", "communes": "", "printable_contact": ""}
    response = log_in(MODERATION).post(reverse("assemblees:add"), data, follow=True)
    assert "Inviter" in response.content.decode()
    assert "/acces/" in response.redirect_chain[-1][0]


def test_her_menu_and_home_hold_what_she_uses(member):
    entries = menu(member)
    assert {"Pages", "Images", "Documents", "Propositions", "Qui peut faire quoi"} <= entries
    assert not {"Contenus", "Rapports", "Réglages", "Paramètres", "Assemblées", "Utilisateurs", "Courriels"} & entries
    html = member.get(reverse("wagtailadmin_home")).content.decode()
    assert "Nouvelle initiative" not in html
