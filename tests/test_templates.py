"""Rules that every template keeps."""

import re
from pathlib import Path

import pytest

TEMPLATES = sorted((Path(__file__).parent.parent / "templates").rglob("*.html"))
LITERAL = re.compile(r'{% translate "([^"]*)"|{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}', re.S)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(path.parents[2])))
def test_french_signs_are_kept_with_their_word_and_nothing_is_inline(path):
    text = path.read_text()
    for match in LITERAL.finditer(text):
        literal = match[1] or match[2] or ""
        assert not re.search(r"[^\s] [?!;:»](?:\s|$|{)|« ", literal), literal
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text)
    assert "|safe" not in text
