"""What every public page owes its readers: access, sobriety, privacy, valid HTML (TRUST.md, A1, A3, A4, E1, P1, V6)."""

import re
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import html5lib
import pytest
from ecoindex.compute import compute_ecoindex

from .access import too_wide, violations

MAX_REQUESTS = 6
MAX_BYTES = 60_000
HOME_ECOINDEX = 85

# The addresses of the sitemap, by type of page.
IN_THE_SITEMAP = {
    "accueil": r"/",
    "argumentaire": r"/argumentaire/",
    "mesure": r"/argumentaire/[\w-]+/",
    "ressources": r"/ressources/",
    "kits": r"/ressources/kits/",
    "kit": r"/ressources/kits/[\w-]+/",
    "ressource": r"/ressources/(?!kits/)[\w-]+/",
    "initiatives": r"/initiatives/",
    "initiative": r"/initiatives/[\w-]+/",
    "assemblées": r"/assemblees/",
    "assemblée": r"/assemblees/[\w-]+/",
    "ressources d’une assemblée": r"/assemblees/[\w-]+/ressources/",
    "engagements": r"/engagements/",
    "agenda": r"(/assemblees/[\w-]+)?/agenda/",
    "rendez-vous": r"(/assemblees/[\w-]+)?/agenda/[\w-]+/",
    "page": r"/(la-campagne|mentions-legales|donnees-personnelles|accessibilite)/",
}
# Those that are not pages of the tree, and the states of lists.
ELSEWHERE = [
    "/communes/",
    "/communes/?q=saint-denis",
    "/communes/?q=xqzzy",
    "/communes/59271-grande-synthe/",
    "/communes/15014-aurillac/",
    "/communes/30350-le-vigan/dossier/",
    "/agenda/?periode=passes",
    "/agenda/?departement=75&q=xqzzy",
    "/agenda/proposer/merci/",
    "/recherche/",
    "/recherche/?q=logement",
    "/recherche/?q=hebergemant",
    "/recherche/?q=xqzzy",
    "/initiatives/?mesure=scolarisation&mesure=carte-municipale&tri=titre",
    "/initiatives/?commune=grande+synt&statut=en_cours",
    "/initiatives/?commune=aurillac",
    "/initiatives/?q=xqzzy&page=douze",
    "/ressources/?type=courrier",
    "/ressources/?q=xqzzy",
    "/assemblees/?commune=toulouse",
    "/assemblees/?commune=albi",
    "/assemblees/?departement=zz&q=xqzzy",
    "/assemblees/egm-31/ecrire/",
    "/engagements/signer/",
    "/engagements/signer/?commune=saint+remi+en+bouzemont",
    "/engagements/signer/?commune=xqzzy",
    "/ressources/selection/",
    "/ressources/selection/?r=pas-un-nombre",
]
MISSING = "/une-page-qui-n-existe-pas/"


@pytest.fixture(scope="module")
def sitemap(server):
    """The paths of the sitemap."""
    with urllib.request.urlopen(server.url + "/sitemap.xml", timeout=20) as answer:
        found = re.findall(r"<loc>(.*?)</loc>", answer.read().decode())
    assert all(address.startswith(server.url + "/") for address in found), found
    return [address.removeprefix(server.url) for address in found]


@pytest.fixture(scope="module")
def addresses(sitemap):
    """`addresses(kind)` gives the paths of a type; without a type, all that a reader may come to."""

    def of(*kinds):
        wanted = [IN_THE_SITEMAP[kind] for kind in kinds or IN_THE_SITEMAP]
        found = [path for path in sitemap if any(re.fullmatch(pattern, path) for pattern in wanted)]
        return found if kinds else [*found, *ELSEWHERE]

    return of


def test_every_address_of_the_sitemap_is_of_a_type_that_these_tests_know(sitemap, addresses):
    assert not [path for path in sitemap if path not in addresses()]
    for kind in IN_THE_SITEMAP:
        assert addresses(kind), kind


# --- A1, A3, E1, V6, P1 -----------------------------------------------------------------------------------------------
# A first visit, as it weighs; then both widths in both schemes, with what is folded open, and 400 % zoom.
STATE = """() => [
  ...(document.documentElement.lang === "fr" ? [] : ["lang is not fr"]),
  ...(document.querySelectorAll("h1").length === 1 ? [] : ["not one h1"]),
  ...(document.title ? [] : ["no title"]),
  ...(document.cookie || localStorage.length || sessionStorage.length ? ["something is stored"] : []),
]"""


@dataclass(frozen=True)
class Weight:
    """What a first visit asks for. Elements as EcoIndex counts them: a drawing is one."""

    requests: list
    size: int
    elements: int

    @cached_property
    def ecoindex(self):
        return finished(compute_ecoindex(nodes=self.elements, size=self.size / 1000, requests=len(self.requests)))

    @property
    def problems(self):
        if len(self.requests) > MAX_REQUESTS:
            yield f"{len(self.requests)} requests: {self.requests}"
        if self.size > MAX_BYTES:
            yield f"{self.size} bytes"
        if self.ecoindex.grade != "A":
            yield f"EcoIndex {self.ecoindex.grade} ({self.ecoindex.score:.0f}), {self.elements} elements"


@pytest.fixture
def weigh(page):
    """`weigh(path)` goes there with nothing kept from before, and gives its `Weight`."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked, sizes = [], []
    network.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))

    def visit(path):
        asked.clear()
        sizes.clear()
        page.goto(path)
        page.wait_for_function("document.fonts.status === 'loaded'")
        deadline = time.monotonic() + 5
        while len(sizes) < len(asked) and time.monotonic() < deadline:
            page.wait_for_timeout(20)
        assert len(sizes) == len(asked), f"{path}: {asked}"
        elements = page.evaluate("document.querySelectorAll('*').length - document.querySelectorAll('svg *').length")
        return Weight(list(asked), sum(sizes), elements)

    return visit


def finished(coroutine):
    """The result of a coroutine that waits for nothing; Playwright's loop is already running in this thread."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("This coroutine waits for something")


def look(page):
    """What is wrong with the page that is open."""
    yield from page.evaluate(STATE)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for width, scheme in ((1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        found = [*violations(page, colours_only=scheme == "dark"), *too_wide(page)]
        yield from (f"at {width} px, {scheme}: {one}" for one in found)
    # 1280 × 1024 at 400 %.
    page.set_viewport_size({"width": 320, "height": 256})
    yield from (f"at 400 %: {one}" for one in too_wide(page))


@pytest.mark.parametrize("kind", IN_THE_SITEMAP)
def test_every_type_of_page_is_open_to_all_light_and_keeps_nothing(page, weigh, addresses, kind):
    problems = []
    # One page stands for its type; resources differ more, by the blocks of their body.
    for path in addresses(kind)[: 2 if kind == "ressource" else 1]:
        weight = weigh(path)
        problems += [f"{path}: {problem}" for problem in (*weight.problems, *look(page))]
        print(path, len(weight.requests), weight.size, weight.elements, weight.ecoindex)
        if path == "/":
            assert weight.ecoindex.score >= HOME_ECOINDEX, weight
    assert not problems, "\n".join(problems)
    assert page.context.cookies() == []


@pytest.mark.parametrize("path", ELSEWHERE)
def test_lists_and_their_states_are_open_to_all_light_and_keep_nothing(page, weigh, path):
    problems = [*weigh(path).problems, *look(page)]
    assert not problems, "\n".join(problems)
    assert page.context.cookies() == []


def test_the_form_of_a_proposed_event_is_open_to_all(open_context):
    # Its cookie, that of CSRF, no script reads.
    page = open_context(reader=False).new_page()
    page.goto("/agenda/proposer/")
    assert list(look(page)) == []
    page.get_by_role("button", name="Proposer").click()
    page.get_by_role("alert").wait_for()
    assert list(look(page)) == []


def test_a_page_that_does_not_exist_is_open_to_all(page, weigh):
    page.context.watch.expect("status of 404")
    problems = [*weigh(MISSING).problems, *look(page)]
    assert not problems, "\n".join(problems)


def test_axe_finds_nothing_in_the_colour_of_any_measure(page, addresses):
    problems = []
    for path in addresses("mesure")[1:]:
        page.goto(path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            problems += [f"{path}, {scheme}: {violation}" for violation in violations(page, colours_only=True)]
    assert not problems, "\n".join(problems)


def test_a_cookie_or_a_weight_would_be_seen(page, weigh):
    heavy = Weight(["/"] * (MAX_REQUESTS + 1), MAX_BYTES + 1, 5000)
    assert len(list(heavy.problems)) == 3
    weigh("/communes/")
    page.evaluate("document.title = ''; document.querySelector('h1').remove()")
    assert page.evaluate(STATE) == ["not one h1", "no title"]


def test_a_fault_would_be_seen(page):
    page.goto("/communes/")
    page.evaluate("document.querySelector('h1').style.color = '#bbb'")
    page.evaluate("document.querySelector('input').removeAttribute('id')")
    found = " ".join(violations(page))
    assert "color-contrast: h1" in found
    assert "label" in found
    assert not too_wide(page)
    page.evaluate("document.querySelector('main').style.width = '3000px'")
    assert too_wide(page)


# --- A4 ---------------------------------------------------------------------------------------------------------------
# The Nu checker needs Java; this strict parser is what can be had without. The rest of A4 is done by hand.
CLICKABLE = {"a", "button", "input", "select", "textarea", "summary", "label"}
POINTING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "list", "headers", "form")


def test_every_page_is_valid_html(server, addresses):
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(server.url + MISSING, timeout=20)
    problems = [f"{MISSING}: {fault}" for fault in faults(missing.value.read().decode())]
    for path in addresses():
        with urllib.request.urlopen(server.url + path, timeout=20) as answer:
            problems += [f"{path}: {fault}" for fault in faults(answer.read().decode())]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>A<div>B</p></div>",
        "<p id=a></p><p id=a></p>",
        "<a href=/><button>x</button></a>",
        "<label for=nowhere>x</label>",
        "<ul><p>x</p></ul>",
        "<h1>a</h1><h3>b</h3>",
        "<p style='color: red'>x</p>",
    ],
)
def test_invalid_html_would_be_seen(markup):
    assert faults(f"<!doctype html><html lang=fr><title>t</title><body>{markup}")


def faults(text):
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    document = parser.parse(text)
    for (line, column), code, _values in parser.errors:
        yield f"line {line}, column {column}: {code}"
    identifiers = Counter(one.get("id") for one in document.iter() if one.get("id") is not None)
    yield from (f"id {name!r} used {count} times" for name, count in identifiers.items() if count > 1 or not name)
    level = 0
    for one, ancestors in walk(document):
        name = one.tag
        if not isinstance(name, str):
            continue
        for attribute in POINTING:
            missing = [target for target in one.get(attribute, "").split() if target not in identifiers]
            if missing:
                yield f"<{name} {attribute}> points to nothing: {missing}"
        if name == "a" and one.get("href", "").startswith("#") and one.get("href")[1:] not in identifiers:
            yield f"link to nothing: {one.get('href')}"
        if name in CLICKABLE - {"label"} and CLICKABLE & set(ancestors) - ({"label"} if name == "input" else set()):
            yield f"<{name}> inside {ancestors}"
        if name in ("ul", "ol") and [child.tag for child in one if child.tag not in ("li", "script", "template")]:
            yield f"<{name}> with other children than <li>"
        if name == "p" and {"p", "button", "span"} & set(ancestors) == {"p"}:
            yield "<p> inside <p>"
        if re.fullmatch("h[1-6]", name):
            if int(name[1]) > level + 1:
                yield f"<{name}> after <h{level}>"
            level = int(name[1])
        if one.get("style") is not None or name == "style" or any(key.startswith("on") for key in one.attrib):
            yield f"<{name}> with a style or a script of its own"


def walk(element, ancestors=()):
    yield element, ancestors
    for child in element:
        yield from walk(child, (*ancestors, element.tag))
