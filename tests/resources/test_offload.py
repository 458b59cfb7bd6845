"""Kits given by a front server: the same answers, to the byte and the header, as without one."""

import http.client
import os
import threading
from wsgiref import simple_server

import pytest
from django.core.handlers.wsgi import WSGIRequest
from wagtail.models import Collection, CollectionViewRestriction

from home import jobs
from home.printing import PressBusy
from resources import offload
from resources.archives import archive_response, stored_path
from resources.models import DownloadCount, KitPage
from resources.packing import kit_archive
from tests import factories, front

from .test_archives import IGNORED, OUTSIDE, RANGES, SIZE, SLICED, SLICED_BYTES, archive_of, body, respond

# Of the connection, not of the answer.
HOP = {"date", "server", "connection", "transfer-encoding", "keep-alive"}


@pytest.fixture
def accel(settings, tmp_path):
    settings.VAR_DIR, settings.ACCEL_ARCHIVES = tmp_path / "var", "/_archives/"
    return tmp_path / "var" / "archives"


def keep(archive, content=SLICED_BYTES):
    path = stored_path(archive)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


# --- What the site says -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("asked", "status"), [(None, 200), ("bytes=5-9", 206)])
def test_the_front_server_is_sent_to_the_file(accel, asked, status):
    path = keep(SLICED)
    response = respond(SLICED, **({"range": asked} if asked else {}))
    assert (response.status_code, body(response), response.streaming) == (status, b"", False)
    assert response["X-Accel-Redirect"] == f"/_archives/{path.name}"
    assert response["ETag"] == SLICED.etag
    assert path.name == SLICED.etag.strip('"') + ".zip"


@pytest.mark.parametrize("how", ["not set", "not kept", "cut", "another"])
def test_without_it_or_without_the_file_the_site_gives_the_bytes(accel, settings, how):
    if how == "not set":
        settings.ACCEL_ARCHIVES = ""
    if how == "another":
        keep(archive_of({"a": b"another"}))
    elif how != "not kept":
        keep(SLICED, SLICED_BYTES[:-1] if how == "cut" else SLICED_BYTES)
    response = respond(SLICED)
    assert not response.has_header("X-Accel-Redirect")
    assert body(response) == SLICED_BYTES


# --- With nginx -------------------------------------------------------------------------------------------------------
class Quiet(simple_server.WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def application(environ, start_response):
    response = archive_response(WSGIRequest(environ), SLICED, "Dossier d’Œting.zip")
    response["Content-Security-Policy"] = "default-src 'none'"
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return response


@pytest.fixture(scope="module")
def ports(tmp_path_factory):
    """Those of the site and of nginx before it, which keeps one archive."""
    if not front.NGINX:
        pytest.skip("nginx is not installed")
    var = tmp_path_factory.mktemp("offload")
    server = simple_server.make_server("127.0.0.1", 0, application, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    with (
        pytest.MonkeyPatch.context() as patch,
        front.nginx(var / "nginx", server.server_port, var / "archives") as port,
    ):
        from django.conf import settings

        patch.setattr(settings, "VAR_DIR", var)
        os.utime(keep(SLICED), (10**9, 10**9))
        yield server.server_port, port
    server.shutdown()
    server.server_close()


def ask(port, method, headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, "/kit.zip", headers=headers)
        response = connection.getresponse()
        kept = {name.lower(): value for name, value in response.getheaders() if name.lower() not in HOP}
        return response.status, kept, response.read()
    finally:
        connection.close()


CONDITIONS = [
    {},
    {"If-None-Match": SLICED.etag},
    {"If-None-Match": f"W/{SLICED.etag}"},
    {"If-None-Match": "*"},
    {"If-None-Match": '"another"'},
    {"If-Match": SLICED.etag},
    {"If-Match": '"another"'},
    # What nginx would say of the file by itself.
    {"If-None-Match": f'"{10**9:x}-{SIZE:x}"'},
    {"If-Modified-Since": "Sun, 09 Sep 2001 01:46:40 GMT"},
    {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    {"If-Unmodified-Since": "Tue, 01 Jan 1980 00:00:00 GMT"},
]
REQUESTS = [
    *CONDITIONS,
    *({"Range": "bytes=5-9"} | one for one in CONDITIONS),
    *({"Range": asked} for asked in [*RANGES, *OUTSIDE, *IGNORED] if asked.isascii()),
    *({"Range": asked, "If-Range": SLICED.etag} for asked in ("bytes=5-", "bytes=-5", f"bytes={SIZE}-")),
    *(
        {"Range": "bytes=5-", "If-Range": wrong}
        for wrong in (f"W/{SLICED.etag}", '"another"', SLICED.etag.strip('"'), "Fri, 01 Jan 2100 00:00:00 GMT", "")
    ),
    {"If-Range": SLICED.etag},
    {"Accept-Encoding": "gzip, br"},
]


def test_nginx_answers_as_the_site_does_whatever_is_asked(ports, settings):
    site, nginx = ports
    different, given_by_nginx = [], 0
    for method in ("GET", "HEAD"):
        for headers in REQUESTS:
            settings.ACCEL_ARCHIVES = ""
            expected = ask(site, method, headers)
            settings.ACCEL_ARCHIVES = "/_archives/"
            given_by_nginx += "x-accel-redirect" in ask(site, method, headers)[1]
            if (found := ask(nginx, method, headers)) != expected:
                different.append((method, headers, expected[:2], found[:2]))
    assert different == []
    assert given_by_nginx > len(RANGES)


def test_a_download_cut_and_resumed_through_nginx_is_the_same(ports, settings):
    settings.ACCEL_ARCHIVES = "/_archives/"
    status, headers, start = ask(ports[1], "GET", {"Range": "bytes=0-99"})
    assert (status, headers["etag"]) == (206, SLICED.etag)
    status, _headers, end = ask(ports[1], "GET", {"Range": "bytes=100-", "If-Range": headers["etag"]})
    assert (status, start + end) == (206, SLICED_BYTES)


def test_nobody_reads_the_kept_files_but_through_the_site(ports):
    connection = http.client.HTTPConnection("127.0.0.1", ports[1], timeout=10)
    connection.request("GET", f"/_archives/{stored_path(SLICED).name}")
    assert connection.getresponse().status == 404
    connection.close()


# --- What is kept -----------------------------------------------------------------------------------------------------
@pytest.fixture
def kit(site):
    own = factories.DocumentFactory(title="Liste", file__filename="liste.csv", file__data=b"a;b")
    index = factories.KitIndexPageFactory(parent=site.resources)
    return factories.KitPageFactory(parent=index, title="Un kit", slug="un-kit", contents=[own])


def kept_in(folder):
    return sorted(path.name for path in folder.iterdir())


def current(kit):
    return kit_archive(KitPage.objects.get(pk=kit.pk))


def test_the_archive_of_a_kit_is_kept_and_given_and_counted(accel, kit, client):
    address = "/ressources/kits/un-kit/kit.zip"
    whole = body(client.get(address))
    offload.keep_archives()
    (name,) = kept_in(accel)
    path = accel / name
    assert path.read_bytes() == whole
    assert path.stat().st_mode & 0o044
    before = path.stat().st_mtime_ns
    offload.keep_archives()
    assert path.stat().st_mtime_ns == before
    response = client.get(address)
    assert response["X-Accel-Redirect"] == f"/_archives/{name}"
    assert client.get(address, headers={"Range": "bytes=5-"}).status_code == 206
    # The two from the start, not the range.
    assert DownloadCount.objects.get(page=kit.pk).number == 2
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_what_is_no_kit_any_more_is_removed(accel, kit):
    offload.keep_archives()
    (old,) = kept_in(accel)
    (accel / "cut.1.new").write_bytes(b"a draft that a cut has left")
    item = kit.items.get()
    item.comment = "Un mot."
    item.save()
    offload.keep_archives()
    assert kept_in(accel) == [stored_path(current(kit)).name] != [old]
    kit.unpublish()
    offload.keep_archives()
    assert kept_in(accel) == []


def test_a_file_that_was_cut_is_written_again(accel, kit):
    offload.keep_archives()
    path = stored_path(current(kit))
    os.truncate(path, 10)
    offload.keep_archives()
    assert path.read_bytes() == b"".join(current(kit).chunks())


@pytest.mark.parametrize("how", ["private", "missing"])
def test_a_kit_that_cannot_be_given_is_skipped_logged_once_and_not_kept(accel, kit, client, caplog, how):
    other = factories.KitPageFactory(
        parent=kit.get_parent(), slug="autre", contents=[factories.DocumentFactory(file__data=b"x")]
    )
    offload.keep_archives()
    document = kit.items.get().document
    if how == "private":
        document.collection = Collection.get_first_root_node().add_child(name="Privée")
        CollectionViewRestriction.objects.create(collection=document.collection, restriction_type="login")
        document.save()
    else:
        document.file.storage.delete(document.file.name)
    assert client.get("/ressources/kits/un-kit/kit.zip").status_code == (403 if how == "private" else 503)
    offload.keep_archives()
    offload.keep_archives()
    assert kept_in(accel) == [stored_path(current(other)).name]
    assert caplog.text.count("kit un-kit") == 1


def test_while_the_press_is_busy_nothing_is_removed(accel, kit, monkeypatch):
    offload.keep_archives()
    before = kept_in(accel)

    def busy(kit):
        raise PressBusy

    monkeypatch.setattr(offload, "kit_archive", busy)
    offload.keep_archives()
    assert kept_in(accel) == before


def test_a_full_disk_leaves_no_half_file(accel, kit, monkeypatch):
    def full(file):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        offload.keep_archives()
    assert kept_in(accel) == []


@pytest.mark.parametrize("prefix", ["", "/_archives/"])
def test_it_is_done_only_where_a_front_server_is_said(settings, monkeypatch, prefix):
    settings.ACCEL_ARCHIVES = prefix
    names = []
    monkeypatch.setattr(jobs, "register", lambda name, *rest: names.append(name))
    from django.apps import apps

    apps.get_app_config("resources").ready()
    assert ("keep archives for the front server" in names) == bool(prefix)
