import pytest
from django.utils.safestring import mark_safe

from home.dates import format_partial_date, parse_partial_date
from home.templatetags.typography import number, partial_date, rich, typo
from home.typography import french

NBSP, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Pourquoi ?", f"Pourquoi{NARROW}?"),
        ("Oui ! Non ; si", f"Oui{NARROW}! Non{NARROW}; si"),
        ("Lyon : des places", f"Lyon{NBSP}: des places"),
        ("« Zéro »", f"«{NBSP}Zéro{NBSP}»"),
        ("«Zéro»", f"«{NBSP}Zéro{NBSP}»"),
        ("11 000 personnes", f"11{NARROW}000 personnes"),
        ("4,2 M€ et 80 %", f"4,2{NBSP}M€ et 80{NBSP}%"),
        ("n° 12", f"n°{NBSP}12"),
        ("l'école", "l’école"),
        ("à 18:30", "à 18:30"),
        ("https://exemple.fr/a?b", "https://exemple.fr/a?b"),
        ('<a href="x : y">a : b</a>', f'<a href="x : y">a{NBSP}: b</a>'),
        ("", ""),
    ],
)
def test_french(typed, printed):
    assert french(typed) == printed
    assert french(french(typed)) == french(typed)


def test_the_filters_escape_what_is_typed_and_keep_what_is_safe():
    assert typo("<b>a</b> ?") == f"&lt;b&gt;a&lt;/b&gt;{NARROW}?"
    assert typo(mark_safe("<b>a</b> ?")) == f"<b>a</b>{NARROW}?"
    assert typo("L'Haÿ") == "L’Haÿ"
    assert typo(None) == ""
    assert rich("<p>Oui !</p>") == f"<p>Oui{NARROW}!</p>"
    assert number(34963) == f"34{NARROW}963"


@pytest.mark.parametrize(
    ("value", "shown"), [("2016", "2016"), ("2016-03", "mars 2016"), ("2015-06-25", "25 juin 2015"), ("", "")]
)
def test_partial_dates(value, shown):
    assert format_partial_date(value) == shown
    assert partial_date(value) == shown


@pytest.mark.parametrize("value", ["16", "2016-13", "2016-02-30", "mars 2016", "2016-3"])
def test_bad_partial_dates_are_refused(value):
    with pytest.raises(ValueError, match=r".*"):
        parse_partial_date(value)
    assert partial_date(value) == value
