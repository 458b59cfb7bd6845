"""Assemblies do not see nor touch each other's: every address of the admin × who asks × GET and POST.

An assembly B has drafts, files, comments, members whose every text says MARK. Whoever is of assembly A never reads that
word, and never changes a row of B. That B and modération do, at the same addresses, shows that the test can fail.
"""

import hashlib
from http.cookies import SimpleCookie
from types import SimpleNamespace

import lxml.html
import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Comment,
    CommentReply,
    GroupCollectionPermission,
    GroupPagePermission,
    ModelLogEntry,
    Page,
    PageLogEntry,
    PageSubscription,
    PageViewRestriction,
    Revision,
    TaskState,
    UploadedFile,
    Workflow,
    WorkflowState,
)

from assemblies.models import Assembly, AssemblyPage, EventIndexPage, EventPage, EventProposal
from assemblies.provisioning import provision
from home.choosing import choosable
from home.models import CustomDocument, CustomImage, CustomRendition, HomePage, OutgoingMail, User
from home.roles import ADMINISTRATION, MODERATION, REDACTION, provision_roles
from resources.models import Measure
from territory.models import Election

from . import factories
from .admin_addresses import ADDRESSES

pytestmark = pytest.mark.django_db

MARK = "Zibeline"
# « furtive » finds what says MARK, without the question saying it.
SECRET = f"{MARK} furtive"
# What administration is for: accounts, groups, collections, redirects, workflows.
FOR_ADMINISTRATION = (
    "users",
    "groups",
    "collections",
    "redirects",
    "workflows",
    "assemblees",
    "bulk/home/user",
    "reports/site-history",
    "qui-peut-quoi",
)
# Where to see that the test can fail: what modération reads, and what B's own member changes.
FOR_MODERATION = ("pages/usage", "reports", "images/usage", "documents/usage", "propositions")
OF_B = ("pages/{changed}/", "pages/{draft}/", "bulk", "documents", "images", "api/main/pages/{draft}/")
ALSO_SENT = {
    "title": "Changé", "name": "Changé", "action-publish": "1", "body-count": "0", "sources-count": "0",
    "url": "https://example.org",
    "external-link-chooser-url": "https://example.org",
}  # fmt: skip


def assembly_with_member(slug, departement, name):
    assembly = provision(factories.AssemblyFactory(name=slug.upper(), slug=slug, departements=[departement]))
    member = factories.UserFactory(last_name=name, email=f"{name}@example.org")
    member.groups.add(assembly.group)
    return assembly, member


@pytest.fixture(scope="module")
def world(site_of_the_module):
    """Assembly A has an event; assembly B has one of everything, and each of its texts says MARK."""
    provision_roles()
    home = HomePage.objects.get()
    directory = factories.AssemblyIndexPageFactory(parent=home)
    _own, own_member = assembly_with_member("a", "31", "Martin")
    b, member = assembly_with_member("b", "59", SECRET.replace(" ", "-"))
    own_agenda, agenda = (EventIndexPage.objects.get(url_path__endswith=f"/{slug}/agenda/") for slug in "ab")
    own_event = factories.EventPageFactory(parent=own_agenda, title="Notre débat")
    draft = factories.EventPageFactory(parent=agenda, title=SECRET, slug="brouillon-furtif", live=False, owner=member)
    draft.save_revision(user=member, log_action=True)
    changed = factories.EventPageFactory(parent=agenda, title="Débat public", owner=member)
    changed.title = SECRET
    revision = changed.save_revision(user=member, log_action=True)
    scheduled = factories.EventPageFactory(parent=agenda, title=f"{SECRET} à venir", live=False, owner=member)
    scheduled.go_live_at = timezone.now() + timezone.timedelta(days=30)
    scheduled_revision = scheduled.save_revision(user=member)
    scheduled_revision.publish(user=member)
    submitted = factories.EventPageFactory(parent=agenda, title=f"{SECRET} soumise", live=False, owner=member)
    submitted.save_revision(user=member)
    workflow = Workflow.objects.active().get()
    state = workflow.start(submitted, member)
    TaskState.objects.update(comment=SECRET)
    page = AssemblyPage.objects.get(assembly=b)
    page.title = page.draft_title = SECRET
    page.save()
    page.save_revision(user=member)
    comment = Comment.objects.create(page=changed, user=member, text=SECRET, contentpath="title")
    CommentReply.objects.create(comment=comment, user=member, text=SECRET)
    PageSubscription.objects.create(page=changed, user=member, comment_notifications=True)
    files = {}
    for name, kind, collection in (
        ("image", factories.ImageFactory, b.public_files),
        ("private_image", factories.ImageFactory, b.private_files),
        ("document", factories.DocumentFactory, b.public_files),
        ("private_document", factories.DocumentFactory, b.private_files),
    ):
        files[name] = kind(title=f"{SECRET} {name}", collection=collection, uploaded_by_user=member)
    for collection in (b.public_files, b.private_files):
        collection.name = SECRET
        collection.save()
    shared_image, shared_document = factories.ImageFactory(), factories.DocumentFactory()
    changed.social_image = shared_image
    changed.summary = SECRET
    changed.save_revision()
    kind = ContentType.objects.get_for_model(CustomDocument)
    upload = UploadedFile.objects.create(for_content_type=kind, uploaded_by_user=member)
    upload.file.save("zibeline.txt", ContentFile(SECRET.encode()))
    proposal = EventProposal.objects.create(
        title=SECRET,
        details=SECRET,
        date=timezone.localdate(),
        start_time="18:00",
        commune_id="59350",
        organisers=SECRET,
        name=SECRET,
        email="zibeline@example.org",
        state=EventProposal.State.WAITING,
    )
    mail = OutgoingMail.objects.create(
        message_id="<1@example.org>",
        recipient="zibeline@example.org",
        sender="a@example.org",
        subject="Lettre",
        content=SECRET.encode(),
    )
    rows = {
        "mail": mail,
        "home": home,
        "directory": directory,
        "assembly": b,
        "page": page,
        "agenda": agenda,
        "draft": draft,
        "changed": changed,
        "scheduled": scheduled,
        "submitted": submitted,
        "own_agenda": own_agenda,
        "own_event": own_event,
        "revision": revision,
        "scheduled_revision": scheduled_revision,
        "workflow": workflow,
        "workflow_state": state,
        "task_state": state.current_task_state,
        "task": state.current_task_state.task,
        "member": member,
        "proposal": proposal,
        "group": b.group,
        "public_files": b.public_files,
        "private_files": b.private_files,
        "upload": upload,
        "shared_image": shared_image,
        "shared_document": shared_document,
        "redirect": Redirect.objects.create(old_path="/zibeline-furtive", redirect_page=draft),
        "session": EditingSession.objects.create(user=member, content_object=changed, last_seen_at=timezone.now()),
        "site": home.sites_rooted_here.get(),
        "measure": Measure.objects.first(),
        "election": Election.objects.first() or Election.objects.create(name="2032", slug="2032"),
        **files,
    }
    names = {name: row.pk for name, row in rows.items()}
    clients = {name: Client(raise_request_exception=False) for name in ("anonymous", "A", "B")}
    for name, user in (("A", own_member), ("B", member)):
        clients[name].force_login(user)
    for role in (MODERATION, ADMINISTRATION):
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(factories.UserFactory(role=role))
    pages = list(Page.objects.descendant_of(page, inclusive=True).values_list("pk", flat=True))
    cookies = {who: client.cookies.output(header="", sep=";") for who, client in clients.items()}
    return SimpleNamespace(
        names=names, clients=clients, cookies=cookies, rows=rows, pages=pages, assembly=b, member=member
    )


def rows_of_b(world):
    """Every row that is B's, a queryset a table."""
    pages, own = world.pages, (world.assembly.public_files_id, world.assembly.private_files_id)
    ids = [str(pk) for pk in pages]
    yield Page.objects.filter(pk__in=pages)
    for model in {page.specific_class for page in Page.objects.filter(pk__in=pages)}:
        yield model.objects.filter(pk__in=pages)
    yield Page.objects.filter(path__startswith=world.rows["page"].path)
    yield Revision.objects.filter(object_id__in=ids)
    yield Comment.objects.filter(page__in=pages)
    yield CommentReply.objects.filter(comment__page__in=pages)
    yield PageSubscription.objects.filter(user=world.member)
    yield PageViewRestriction.objects.filter(page__in=pages)
    yield WorkflowState.objects.filter(object_id__in=ids)
    yield TaskState.objects.filter(workflow_state__object_id__in=ids)
    yield PageLogEntry.objects.filter(page__in=pages)
    for model in (CustomImage, CustomDocument):
        yield model.objects.filter(collection__in=own)
    yield CustomRendition.objects.filter(image__collection__in=own)
    yield Collection.objects.filter(pk__in=own)
    yield CollectionViewRestriction.objects.filter(collection__in=own)
    yield CollectionViewRestriction.groups.through.objects.all()
    yield Group.objects.filter(pk=world.assembly.group_id)
    yield User.groups.through.objects.filter(group=world.assembly.group_id)
    yield GroupPagePermission.objects.filter(page__in=pages)
    yield GroupCollectionPermission.objects.filter(collection__in=own)
    yield User.objects.filter(pk=world.member.pk)
    yield UploadedFile.objects.filter(uploaded_by_user=world.member)
    yield EditingSession.objects.filter(user=world.member)
    yield Redirect.objects.all()
    yield EventProposal.objects.all()
    yield Assembly.objects.filter(pk=world.assembly.pk)
    yield Assembly.departements.through.objects.filter(assembly=world.assembly)
    yield ModelLogEntry.objects.filter(object_id__in=[str(world.assembly.pk)])


def digest(world):
    texts = (repr(sorted(map(repr, rows.order_by().values_list()))) for rows in rows_of_b(world))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


class Asked:
    """One request, its writes undone: its answer, whether it shows MARK, whether it changed a row of B."""

    def __init__(self, world, who, method, address, data, before):
        self.wrote = False
        client = world.clients[who]
        # An earlier request may have logged out.
        client.cookies = SimpleCookie(world.cookies[who])
        with transaction.atomic(), connection.execute_wrapper(self.note):
            ask = client.get if method == "GET" else client.post
            self.response = ask(address, data) if method == "POST" else ask(address)
            response = self.response
            body = b"".join(response.streaming_content) if response.streaming else response.content
            heads = repr(list(response.items())).encode()
            self.body = body
            self.shows = MARK.lower().encode() in (body + heads).lower()
            self.changes = self.wrote and digest(world) != before
            transaction.set_rollback(True)

    def note(self, execute, sql, params, many, context):
        self.wrote = self.wrote or sql.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE")
        return execute(sql, params, many, context)


def form_of(asked):
    """What the largest form of an answer would send, with another title; None where there is no form."""
    html = asked.body.decode("utf-8", "replace")
    if asked.response.get("Content-Type", "").startswith("application/json"):
        answer = asked.response.json()
        html = answer.get("html") or "" if isinstance(answer, dict) else ""
    if asked.response.status_code != 200 or "<form" not in html:
        return None
    forms = [form.form_values() for form in lxml.html.fromstring(html).forms]
    data = {}
    for name, value in max(forms, key=len):
        data.setdefault(name, []).append(value)
    # Blocks are drawn by the browser: none is sent.
    return data | ALSO_SENT


@pytest.fixture(scope="module")
def answers(world):
    """{who: {address: what GET and POST gave}}. What is posted is the form of someone who gets one there."""
    found = {who: {} for who in world.clients}
    before = digest(world)
    for pattern in ADDRESSES:
        address = "/admin/" + pattern.format(**world.names)

        def ask(who, method, data=None, pattern=pattern, address=address):
            asked = Asked(world, who, method, address, data, before)
            found[who].setdefault(pattern, []).append(asked)
            return asked

        own = ask("B", "GET")
        forms = [form_of(own), form_of(ask(ADMINISTRATION, "GET"))]
        # Modération may do everything: its form, where B has none, is what A tries to send.
        if own.response.status_code != 200 or pattern.startswith(FOR_MODERATION):
            forms.append(form_of(ask(MODERATION, "GET")))
        data = next(filter(None, forms), ALSO_SENT)
        for who in ("anonymous", "A"):
            ask(who, "GET")
            ask(who, "POST", data)
        ask(ADMINISTRATION, "POST", data)
        if pattern.startswith(OF_B):
            ask("B", "POST", data)
    assert digest(world) == before
    return found


def routes(patterns, prefix=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern).removeprefix("^"))
        else:
            yield prefix + str(pattern.pattern).removeprefix("^")


def test_every_address_of_the_admin_is_tried(world):
    listed = {route for route in routes(get_resolver().url_patterns) if route.startswith("admin/")}
    tried = {resolve("/admin/" + one.format(**world.names).split("?")[0]).route for one in ADDRESSES}
    assert listed - tried == set()


@pytest.mark.parametrize("who", ["anonymous", "A"])
def test_nobody_else_reads_what_is_of_an_assembly(answers, who):
    shown = [one for one, asked in answers[who].items() if any(each.shows for each in asked)]
    assert not shown, "\n".join(shown)


@pytest.mark.parametrize("who", ["anonymous", "A"])
def test_nobody_else_changes_what_is_of_an_assembly(answers, who):
    changed = [one for one, asked in answers[who].items() if any(each.changes for each in asked)]
    assert not changed, "\n".join(changed)


def test_administration_reads_no_draft_nor_file(answers):
    read = [one for one, asked in answers[ADMINISTRATION].items() if any(each.shows for each in asked)]
    read = [one for one in read if not one.startswith(FOR_ADMINISTRATION)]
    assert not read, "\n".join(read)


def test_those_who_may_do_read_and_change_it_at_the_same_addresses(answers):
    assert sum(asked[0].shows for asked in answers["B"].values()) > 100
    assert sum(asked[0].shows for asked in answers[MODERATION].values()) > 10
    assert sum(asked[-1].changes for asked in answers["B"].values()) > 15


@pytest.mark.parametrize("who", ["anonymous", "A"])
def test_what_is_refused_is_refused_and_not_broken(answers, who):
    broken = [one for one, asked in answers[who].items() if any(each.response.status_code >= 500 for each in asked)]
    assert broken == ["failwhale/"] * (who == "A")


# --- What a form is sent ----------------------------------------------------------------------------------------------
def send(world, who, **changes):
    """What comes of someone of A or B writing an event of theirs with a file or a page that they name by its number."""
    client, page = world.clients[who], world.rows["own_event" if who == "A" else "draft"]
    client.cookies = SimpleCookie(world.cookies[who])
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = lxml.html.fromstring(client.get(address).content.decode()).get_element_by_id("page-edit-form")
    return client.post(address, {**ALSO_SENT, **dict(form.form_values()), **changes})


@pytest.mark.parametrize("name", ["image", "private_image"])
def test_a_form_refuses_a_file_of_another_assembly(world, name):
    refused = send(world, "A", social_image=str(world.names[name]))
    assert "n’est pas à vous" in refused.content.decode()
    own = send(world, "B", social_image=str(world.names[name]))
    assert "n’est pas à vous" not in own.content.decode()


def test_a_form_takes_a_file_of_the_country(world):
    page = world.rows["own_event"]
    send(world, "A", social_image=str(world.names["shared_image"]))
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().social_image == world.rows["shared_image"]


def test_what_was_chosen_by_who_may_stays(world):
    page = EventPage.objects.get(pk=world.names["own_event"])
    page.social_image = world.rows["image"]
    page.save()
    page.save_revision()
    assert "n’est pas à vous" not in send(world, "A", title="Autre").content.decode()


# --- What is served ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 404), ("A", 404), (ADMINISTRATION, 404), ("B", 200), (MODERATION, 200)]
)
def test_a_private_document_is_found_by_its_own_only(world, who, status):
    client, document = world.clients[who], world.rows["private_document"]
    client.cookies = SimpleCookie(world.cookies[who])
    assert client.get(document.url).status_code == status


def test_redaction_works_on_public_files_of_assemblies_and_not_on_private_ones(world):
    writer = factories.UserFactory(role=REDACTION)
    seen = choosable(CustomDocument, writer)
    assert world.rows["document"] in seen
    assert world.rows["private_document"] not in seen
    assert world.rows["private_document"] in choosable(CustomDocument, world.member)


# --- What is shared ---------------------------------------------------------------------------------------------------
def test_what_is_published_can_be_linked_to(world):
    client = world.clients["A"]
    client.cookies = SimpleCookie(world.cookies["A"])
    published = factories.EventPageFactory(parent=world.rows["agenda"], title="Grand débat de Lille")
    found = client.get("/admin/choose-page/search/?q=lille").content.decode()
    assert "Grand débat de Lille" in found
    assert client.get(f"/admin/choose-page/chosen-multiple/?id={published.pk}").status_code == 200


def test_a_member_does_not_delete_the_page_of_the_assembly(world):
    client, page = world.clients["B"], world.rows["page"]
    client.cookies = SimpleCookie(world.cookies["B"])
    client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    client.post(f"/admin/bulk/wagtailcore/page/delete/?id={page.pk}")
    client.post(f"/admin/api/main/pages/{page.pk}/action/delete/")
    assert Page.objects.filter(pk=page.pk).exists()
