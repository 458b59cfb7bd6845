"""The ZIP opens everywhere, is the same twice, has the length said, and gives any range of itself without the rest."""

import hashlib
import io
import shutil
import subprocess
import tracemalloc
import unicodedata
import zipfile
import zlib
from types import SimpleNamespace

import pytest
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.http import StreamingHttpResponse
from django.middleware.gzip import GZipMiddleware
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from resources.archives import (
    CHUNK_BYTES,
    Archive,
    Entry,
    MissingFile,
    RefusedName,
    TooLarge,
    archive_response,
    manifest,
)

UNKNOWN = "0" * 64
FILES = {
    "Lisez-moi.txt": b"Bonjour",
    "Œting/Lettre à l'équipe.odt": b"une lettre " * 20,
    "Œting/Affiche « l’accueil ».pdf": bytes(range(256)) * 3,
    "vide.txt": b"",
    "東京/Ελλάδα 🕊.txt": b"ailleurs",
}


def archive_of(files):
    return Archive(Entry.from_bytes(name, content) for name, content in files.items())


def whole(archive):
    return b"".join(archive.chunks())


def on_disk(path, name=None):
    """An entry of which only the place and the size are known."""
    return Entry(name or path.name, path.stat().st_size, 0, UNKNOWN, lambda: File(path.open("rb")))


def respond(archive, method="get", filename="kit.zip", **headers):
    request = getattr(RequestFactory(), method)(
        "/kit.zip", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    return archive_response(request, archive, filename)


def body(response):
    return b"".join(response) if response.streaming else response.content


def unpack(content, folder):
    """Checked by Python's reader, and by Info-ZIP's where it is installed; unpacked in `folder`."""
    folder.mkdir()
    stored = folder.with_suffix(".zip")
    stored.write_bytes(content)
    with zipfile.ZipFile(stored) as opened:
        assert opened.testzip() is None
        opened.extractall(folder)
    if shutil.which("unzip") and opened.filelist:
        checked = subprocess.run(["unzip", "-t", stored], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "No errors detected" in checked.stdout
    return folder


# What it holds


def test_it_opens_everywhere_with_folders_and_utf8_names(tmp_path):
    folder = unpack(whole(archive_of(FILES)), tmp_path / "kit")
    assert {name: (folder / name).read_bytes() for name in FILES} == FILES


def test_entries_are_stored_dated_1980_readable_by_all_and_named_in_utf8():
    for one in zipfile.ZipFile(io.BytesIO(whole(archive_of(FILES)))).filelist:
        assert (one.compress_type, one.date_time, one.flag_bits) == (zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0), 0x800)
        assert (one.create_system, one.external_attr >> 16, one.extra, one.comment) == (3, 0o100644, b"", b"")


def test_an_empty_archive_is_one(tmp_path):
    archive = archive_of({})
    assert archive.length == len(whole(archive)) == 22
    assert list(unpack(whole(archive), tmp_path / "empty").iterdir()) == []


def test_two_thousand_small_entries_go_in_few_chunks(tmp_path):
    archive = archive_of({f"Fiches/{number:04}.txt": b"%d" % number * 99 for number in range(2000)})
    assert len(list(archive.chunks())) <= archive.length // CHUNK_BYTES + 1
    folder = unpack(whole(archive), tmp_path / "many")
    assert len(list((folder / "Fiches").iterdir())) == 2000


def test_a_document_of_the_library_is_read_from_its_storage(tmp_path):
    content = b"%PDF-1.7 " * 100_000
    storage = FileSystemStorage(tmp_path)
    stored = SimpleNamespace(storage=storage, name=storage.save("guide.pdf", File(io.BytesIO(content))))
    document = SimpleNamespace(
        file=stored, file_size=len(content), crc32=zlib.crc32(content), sha256=hashlib.sha256(content).hexdigest()
    )
    archive = Archive([Entry.from_document("Guides/Guide.pdf", document)])
    assert zipfile.ZipFile(io.BytesIO(whole(archive))).read("Guides/Guide.pdf") == content
    # The same content has the same tag, wherever it comes from.
    assert archive.etag == archive_of({"Guides/Guide.pdf": content}).etag


def test_the_manifest_is_read_by_sha256sum(tmp_path):
    entries = [Entry.from_bytes(name, content) for name, content in FILES.items()]
    text = manifest(entries)
    assert text.splitlines()[0] == f"{hashlib.sha256(b'Bonjour').hexdigest()}  Lisez-moi.txt"
    archive = Archive([*entries, Entry.from_bytes("SHA256SUMS", text.encode())])
    folder = unpack(whole(archive), tmp_path / "kit")
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, check=True, capture_output=True)
    for line in text.splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


# The same bytes, the length said


def test_two_builds_are_the_same_bytes_and_the_same_tag():
    first, second = archive_of(FILES), archive_of(FILES)
    assert (whole(first), first.etag) == (whole(second), second.etag)


@pytest.mark.parametrize(
    "change",
    [
        {"Lisez-moi.txt": b"Bonsoir"},
        {"Lisez-moi.txt": b"Bonjour !"},
        {"vide.txt": b"."},
        {"de plus.txt": b""},
    ],
)
def test_when_content_changes_so_do_the_bytes_and_the_tag(change):
    before, after = archive_of(FILES), archive_of(FILES | change)
    assert whole(before) != whole(after)
    assert before.etag != after.etag


def test_names_and_order_are_content_too():
    one, two = Entry.from_bytes("1.txt", b"1"), Entry.from_bytes("2.txt", b"2")
    renamed = Entry.from_bytes("3.txt", b"2")
    assert len({Archive(entries).etag for entries in ([one, two], [two, one], [one, renamed], [one])}) == 4


def test_the_tag_tells_apart_contents_of_the_same_crc(tmp_path):
    one, two = (Entry("a", 4, 7, digest * 64, lambda: None) for digest in "ab")
    assert Archive([one]).etag != Archive([two]).etag


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_the_length_is_known_beforehand(contents):
    archive = archive_of({f"{number}/é": content for number, content in enumerate(contents)})
    assert len(whole(archive)) == archive.length


SLICED = archive_of(FILES)
SLICED_BYTES = whole(SLICED)
BOUND = st.integers(-len(SLICED_BYTES) - 5, len(SLICED_BYTES) + 5)


@given(BOUND, st.none() | BOUND)
def test_any_range_is_the_slice_of_the_whole(start, stop):
    assert b"".join(SLICED.chunks(start, stop)) == SLICED_BYTES[start:stop]


LARGE = archive_of({"a": bytes(range(251)) * 2500, "b": b"-" * 10, "c": bytes(range(199)) * 1500})
LARGE_BYTES = whole(LARGE)


@given(st.integers(0, 3 * CHUNK_BYTES), st.integers(0, 3 * CHUNK_BYTES))
def test_any_range_of_large_entries_is_too(start, length):
    chunks = list(LARGE.chunks(start, start + length))
    assert b"".join(chunks) == LARGE_BYTES[start : start + length]
    assert all(len(chunk) < 2 * CHUNK_BYTES for chunk in chunks)


def test_a_range_opens_no_file_but_its_own_after_the_check(tmp_path):
    opened = []

    def entry(name):
        def open_it():
            opened.append(name)
            return File(io.BytesIO(b"12345"), name)

        return Entry(name, 5, zlib.crc32(b"12345"), UNKNOWN, open_it)

    archive = Archive([entry(name) for name in "abc"])
    assert opened == []
    chunks = archive.chunks(archive.length // 4, archive.length // 4 + 5)
    opened.clear()
    list(chunks)
    assert len(opened) <= 1


class CountedFile(File):
    bytes_read = 0

    def read(self, size):
        CountedFile.bytes_read += size
        return self.file.read(size)


def test_a_range_in_the_middle_of_600_mb_reads_nothing_else_and_takes_little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(CountedFile, "bytes_read", 0)
    path, size = tmp_path / "film.mp4", 600 * 1000**2
    with path.open("wb") as file:
        file.seek(size // 2)
        file.write(b"here")
        file.truncate(size)
    archive = Archive([Entry(path.name, size, 0, UNKNOWN, lambda: CountedFile(path.open("rb")))])
    start, length = 30 + len(path.name) + size // 2, 50 * 1000**2
    tracemalloc.start()
    chunks = archive.chunks(start, start + length)
    first = next(chunks)
    total = len(first) + sum(len(chunk) for chunk in chunks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert first.startswith(b"here\0")
    assert total == CountedFile.bytes_read == length
    assert peak < 5 * 1000**2


# What cannot be given


@pytest.mark.parametrize("what", ["removed", "cut", "grown", "a folder", "forbidden"])
def test_a_file_that_is_not_as_said_fails_before_the_first_byte(tmp_path, what):
    good, path = tmp_path / "good", tmp_path / "Lettre.odt"
    good.write_bytes(b"good")
    path.write_bytes(b"as uploaded")
    entry = on_disk(path, "Lettres/Lettre.odt")
    if what == "forbidden":

        def refuse():
            raise PermissionError("forbidden")

        entry = Entry(entry.name, entry.size, 0, UNKNOWN, refuse)
    elif what in ("cut", "grown"):
        path.write_bytes(b"as" if what == "cut" else b"as uploaded and more")
    else:
        path.unlink()
        if what == "a folder":
            path.mkdir()
    archive = Archive([on_disk(good), entry])
    for ask in (archive.check, archive.chunks, lambda: archive.chunks(0, 1)):
        with pytest.raises(MissingFile, match=r"Lettres/Lettre\.odt"):
            ask()
    for method in ("get", "head"):
        with pytest.raises(MissingFile):
            respond(archive, method)


def test_a_file_cut_while_it_is_sent_breaks_the_download_rather_than_end_it(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"." * 3 * CHUNK_BYTES)
    archive = Archive([on_disk(path)])
    chunks = archive.chunks()
    path.write_bytes(b"." * 2 * CHUNK_BYTES)
    with pytest.raises(MissingFile, match=r"film\.mp4"):
        list(chunks)
    path.unlink()
    with pytest.raises(MissingFile, match=r"film\.mp4"):
        list(archive.entries[0].read(0, 1))


@pytest.mark.django_db
def test_a_reader_who_leaves_closes_the_file(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"." * 3 * CHUNK_BYTES)
    opened = []

    def open_it():
        opened.append(File(path.open("rb")))
        return opened[-1]

    response = respond(Archive([Entry("film.mp4", 3 * CHUNK_BYTES, 0, UNKNOWN, open_it)]))
    next(iter(response))
    assert not opened[-1].closed
    response.close()
    assert all(file.closed for file in opened)


@pytest.mark.parametrize(
    "name",
    [
        "", "/", "/etc/passwd", "..", "../a", "a/../../b", "a/..", "./a", "a/./b", "a//b", "a/", "a\\b", "..\\a", "C:/a", "C:a",
        "\\\\serveur\\a", "a\0b", "a\nb", "a\x7fb", "a\x85b", "a\u2028b", "fiche\u202efdp.exe", "a\u200bb", "a\ud800b",
        "a:b", "Que faire ?", "a*b", '"a"', "<a>", "a|b", "a.", "a ", "dossier./a", "dossier /a", "con", "Aux.txt", "x/COM1.pdf",
        "é" * 128,
    ],
)  # fmt: skip
def test_a_name_that_some_system_cannot_write_is_refused(name):
    with pytest.raises(RefusedName):
        Entry.from_bytes(name, b"")


@pytest.mark.parametrize(
    "names",
    [
        ("a.txt", "a.txt"),
        ("Lettre.odt", "lettre.ODT"),
        ("Équipe", unicodedata.normalize("NFD", "Équipe")),
        ("ÉQUIPE/a", unicodedata.normalize("NFD", "équipe/a")),
        ("STRASSE", "straße"),
        ("Lettres", "Lettres/a"),
        ("Lettres/1/a", "lettres"),
    ],
)
def test_two_names_that_some_system_takes_for_one_are_refused(names):
    with pytest.raises(RefusedName):
        Archive(Entry.from_bytes(name, b"") for name in names)


@given(st.text())
def test_any_name_is_refused_or_unpacked_as_it_is(name):
    try:
        entry = Entry.from_bytes(name, b"content")
    except RefusedName:
        return
    (read,) = zipfile.ZipFile(io.BytesIO(whole(Archive([entry])))).namelist()
    assert read == name
    assert not name.startswith("/")
    assert ".." not in name.split("/")


@pytest.mark.parametrize("wrong", [{"size": None}, {"crc32": None}, {"sha256": ""}, {"size": -1}, {"crc32": 2**32}])
def test_a_document_never_measured_is_refused(wrong):
    with pytest.raises(ValueError, match="a: size, CRC-32 or SHA-256 unknown"):
        Entry(**{"name": "a", "size": 0, "crc32": 0, "sha256": UNKNOWN, "open": None} | wrong)


def test_what_would_need_the_64_bit_format_is_refused():
    with pytest.raises(TooLarge):
        Archive([Entry("film.mp4", 4 * 2**30, 0, UNKNOWN, None)])
    with pytest.raises(TooLarge):
        Archive([Entry(name, 2 * 2**30, 0, UNKNOWN, None) for name in "ab"])
    around = archive_of({"film.mp4": b""}).length
    assert Archive([Entry("film.mp4", 2**32 - 2 - around, 0, UNKNOWN, None)]).length == 2**32 - 2
    with pytest.raises(TooLarge):
        Archive([Entry("film.mp4", 2**32 - 1 - around, 0, UNKNOWN, None)])
    many = [Entry(str(number), 0, 0, UNKNOWN, None) for number in range(65_535)]
    assert Archive(many[1:]).length
    with pytest.raises(TooLarge):
        Archive(many)


# As a download

SIZE = SLICED.length
RANGES = {
    "bytes=0-9": (0, 10),
    "bytes=0-0": (0, 1),
    f"bytes={SIZE - 1}-{SIZE - 1}": (SIZE - 1, SIZE),
    "bytes=100-": (100, SIZE),
    "bytes=0-": (0, SIZE),
    "bytes=100-99999999": (100, SIZE),
    "bytes=-500": (SIZE - 500, SIZE),
    "bytes=-99999999": (0, SIZE),
    "Bytes= 5-6 ": (5, 7),
}
OUTSIDE = [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=99999999-", "bytes=-0"]
IGNORED = [
    "", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=9-5", "bytes=a-b", "bytes=0-1,5-6", "bytes=0-1, -5", "bytes==0-1",
    "octets=0-1", "0-1", "bytes=--5", "bytes=+1-2", "bytes=0x1-2", "bytes=1.0-2", "bytes=١-٢", f"bytes={'9' * 5000}-", "bytes=0-1;",
]  # fmt: skip


def test_whole():
    response = respond(SLICED, filename="Dossier d’Œting.zip")
    assert isinstance(response, StreamingHttpResponse)
    assert (response.status_code, body(response)) == (200, SLICED_BYTES)
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Length"] == str(SIZE)
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Dossier%20d%E2%80%99%C5%92ting.zip"
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == SLICED.etag
    assert not response.has_header("Content-Range")
    assert SLICED.etag.startswith('"')


def test_head_has_the_headers_of_the_whole_and_no_body():
    response, get = respond(SLICED, "head", range="bytes=0-9"), respond(SLICED)
    assert (response.status_code, body(response)) == (200, b"")
    assert response.headers == get.headers


@pytest.mark.parametrize("asked", RANGES)
def test_one_range(asked):
    response, (start, stop) = respond(SLICED, range=asked), RANGES[asked]
    assert (response.status_code, body(response)) == (206, SLICED_BYTES[start:stop])
    assert response["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert response["Content-Length"] == str(stop - start)
    assert response["ETag"] == SLICED.etag


@pytest.mark.parametrize("asked", OUTSIDE)
def test_a_range_out_of_the_archive(asked):
    response = respond(SLICED, range=asked)
    assert (response.status_code, body(response)) == (416, b"")
    assert response["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("asked", IGNORED)
def test_several_ranges_or_a_malformed_one_give_the_whole(asked):
    response = respond(SLICED, range=asked)
    assert (response.status_code, body(response)) == (200, SLICED_BYTES)


@given(st.text() | st.text("bytes=-0123456789, ").map("bytes={}".format), st.text(), st.text())
def test_no_header_whatever_breaks_it(asked, if_range, if_none_match):
    response = respond(SLICED, range=asked)
    assert response.status_code in (200, 206, 416)
    assert response.status_code == 416 or int(response["Content-Length"]) == len(body(response))
    assert respond(SLICED, range=asked, if_range=if_range).status_code in (200, 206, 416)
    assert respond(SLICED, if_none_match=if_none_match).status_code in (200, 304)


@pytest.mark.parametrize(
    ("if_range", "status"),
    [
        (SLICED.etag, 206),
        (f"W/{SLICED.etag}", 200),
        ('"another"', 200),
        (SLICED.etag.strip('"'), 200),
        ("Tue, 01 Jan 1980 00:00:00 GMT", 200),
        ("", 200),
    ],
)
def test_a_download_is_resumed_only_of_the_same_archive(if_range, status):
    response = respond(SLICED, range="bytes=5-", if_range=if_range)
    assert response.status_code == status
    assert body(response) == SLICED_BYTES[5 if status == 206 else 0 :]
    # What is out of another archive is not out of this one.
    outside = respond(SLICED, range=f"bytes={SIZE}-", if_range=if_range)
    assert outside.status_code == (416 if status == 206 else 200)


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [
        (SLICED.etag, 304),
        (f"W/{SLICED.etag}", 304),
        (f'"another", {SLICED.etag}', 304),
        ("*", 304),
        ('"another"', 200),
        ("rubbish", 200),
    ],
)
def test_what_the_reader_has_already_is_not_sent_again(method, if_none_match, status):
    # Before the range: the answer is about the whole.
    response = respond(SLICED, method, if_none_match=if_none_match)
    assert response.status_code == status
    assert response["ETag"] == SLICED.etag
    ranged = respond(SLICED, method, if_none_match=if_none_match, range="bytes=0-1")
    assert (ranged.status_code == 304) == (status == 304)


def test_not_modified_opens_no_file(tmp_path):
    archive = Archive([Entry("gone", 5, 0, UNKNOWN, tmp_path.joinpath("gone").open)])
    assert respond(archive, if_none_match=archive.etag).status_code == 304


def test_a_post_gets_the_whole_whatever_it_asks():
    response = respond(SLICED, "post", range="bytes=0-1")
    assert (response.status_code, body(response)) == (200, SLICED_BYTES)


@pytest.mark.parametrize("asked", ["", "bytes=0-999"])
def test_it_is_never_compressed_on_the_way(asked):
    def get_response(request):
        return archive_response(request, SLICED, "kit.zip")

    request = RequestFactory().get("/kit.zip", headers={"accept-encoding": "gzip, br", "range": asked})
    response = GZipMiddleware(get_response)(request)
    assert not response.has_header("Content-Encoding")
    assert response["ETag"] == SLICED.etag
    assert response["Content-Length"] == str(len(body(response)))


def test_a_download_broken_anywhere_is_resumed_to_the_same_bytes(tmp_path):
    received = b""
    for stop in (1, 40, 700, SIZE):
        response = respond(archive_of(FILES), range=f"bytes={len(received)}-", if_range=SLICED.etag)
        assert response.status_code == 206
        received += body(response)[: stop - len(received)]
    assert received == SLICED_BYTES
    unpack(received, tmp_path / "resumed")
