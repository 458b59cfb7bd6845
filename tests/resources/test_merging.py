import csv
import lzma
from pathlib import Path

import pytest
from django.utils.html import escape
from hypothesis import given, settings
from hypothesis import strategies as st

import territory
from resources.merging import (
    _ASPIRATED,
    _ASPIRATED_IN,
    BLANK,
    FIELDS,
    UnknownField,
    commune_values,
    merge,
    merge_text,
    parse,
    problems,
    with_a,
    with_dans_departement,
    with_de,
    with_de_departement,
)

NAMES = [
    # consonants
    ("Lyon", "de Lyon", "à Lyon"),
    ("Paris", "de Paris", "à Paris"),
    ("Saint-Denis", "de Saint-Denis", "à Saint-Denis"),
    ("Val d'Oust", "de Val d’Oust", "à Val d’Oust"),
    ("Villeneuve-d'Ascq", "de Villeneuve-d’Ascq", "à Villeneuve-d’Ascq"),
    ("Woippy", "de Woippy", "à Woippy"),
    ("Wattignies", "de Wattignies", "à Wattignies"),
    ("Xertigny", "de Xertigny", "à Xertigny"),
    # names that only look like an article
    ("Lescar", "de Lescar", "à Lescar"),
    ("Lens", "de Lens", "à Lens"),
    ("Lay-Saint-Christophe", "de Lay-Saint-Christophe", "à Lay-Saint-Christophe"),
    ("Las Illas", "de Las Illas", "à Las Illas"),
    ("Los Masos", "de Los Masos", "à Los Masos"),
    ("Lesneven", "de Lesneven", "à Lesneven"),
    ("Laon", "de Laon", "à Laon"),
    # vowels
    ("Ivry-sur-Seine", "d’Ivry-sur-Seine", "à Ivry-sur-Seine"),
    ("Aux Marais", "d’Aux Marais", "à Aux Marais"),
    ("Aubervilliers", "d’Aubervilliers", "à Aubervilliers"),
    ("Évry-Courcouronnes", "d’Évry-Courcouronnes", "à Évry-Courcouronnes"),
    ("E\u0301pinal", "d’Épinal", "à Épinal"),
    ("Èze", "d’Èze", "à Èze"),
    ("Île-d'Aix", "d’Île-d’Aix", "à Île-d’Aix"),
    ("Œting", "d’Œting", "à Œting"),
    ("Œuf-en-Ternois", "d’Œuf-en-Ternois", "à Œuf-en-Ternois"),
    ("Ô-de-Selle", "d’Ô-de-Selle", "à Ô-de-Selle"),
    ("Oô", "d’Oô", "à Oô"),
    ("Eu", "d’Eu", "à Eu"),
    ("Us", "d’Us", "à Us"),
    ("Ouistreham", "d’Ouistreham", "à Ouistreham"),
    ("Oyonnax", "d’Oyonnax", "à Oyonnax"),
    ("Ouvéa", "d’Ouvéa", "à Ouvéa"),
    # articles
    ("Le Havre", "du Havre", "au Havre"),
    ("Le Vigan", "du Vigan", "au Vigan"),
    ("Le Haillan", "du Haillan", "au Haillan"),
    ("Le Mans", "du Mans", "au Mans"),
    ("Le Pré-Saint-Gervais", "du Pré-Saint-Gervais", "au Pré-Saint-Gervais"),
    ("Le Kremlin-Bicêtre", "du Kremlin-Bicêtre", "au Kremlin-Bicêtre"),
    ("Les Abymes", "des Abymes", "aux Abymes"),
    ("Les Sables-d'Olonne", "des Sables-d’Olonne", "aux Sables-d’Olonne"),
    ("Les Lilas", "des Lilas", "aux Lilas"),
    ("Les Herbiers", "des Herbiers", "aux Herbiers"),
    ("La Rochelle", "de La Rochelle", "à La Rochelle"),
    ("La Haye-Pesnel", "de La Haye-Pesnel", "à La Haye-Pesnel"),
    ("La Courneuve", "de La Courneuve", "à La Courneuve"),
    ("L'Haÿ-les-Roses", "de L’Haÿ-les-Roses", "à L’Haÿ-les-Roses"),
    ("L’Île-Saint-Denis", "de L’Île-Saint-Denis", "à L’Île-Saint-Denis"),
    ("L'Union", "de L’Union", "à L’Union"),
    # y
    ("Y", "d’Y", "à Y"),
    ("Yvetot", "d’Yvetot", "à Yvetot"),
    ("Yssingeaux", "d’Yssingeaux", "à Yssingeaux"),
    ("Yerres", "d’Yerres", "à Yerres"),
    ("Yenne", "de Yenne", "à Yenne"),
    ("Yutz", "de Yutz", "à Yutz"),
    ("Yaté", "de Yaté", "à Yaté"),
    # mute h
    ("Hérouville-Saint-Clair", "d’Hérouville-Saint-Clair", "à Hérouville-Saint-Clair"),
    ("Hénin-Beaumont", "d’Hénin-Beaumont", "à Hénin-Beaumont"),
    ("Hautmont", "d’Hautmont", "à Hautmont"),
    ("Hauterives", "d’Hauterives", "à Hauterives"),
    ("Hendaye", "d’Hendaye", "à Hendaye"),
    ("Hyères", "d’Hyères", "à Hyères"),
    ("Halluin", "d’Halluin", "à Halluin"),
    ("Hazebrouck", "d’Hazebrouck", "à Hazebrouck"),
    ("Hennebont", "d’Hennebont", "à Hennebont"),
    ("Huez", "d’Huez", "à Huez"),
    ("Hœdic", "d’Hœdic", "à Hœdic"),
    ("Hôpital-Camfrout", "d’Hôpital-Camfrout", "à Hôpital-Camfrout"),
    # aspirated h
    ("Houilles", "de Houilles", "à Houilles"),
    ("Haguenau", "de Haguenau", "à Haguenau"),
    ("Hœnheim", "de Hœnheim", "à Hœnheim"),
    ("Honfleur", "de Honfleur", "à Honfleur"),
    ("Houdan", "de Houdan", "à Houdan"),
    ("Ham", "de Ham", "à Ham"),
    ("Hem", "de Hem", "à Hem"),
    ("Hayange", "de Hayange", "à Hayange"),
    ("Hédé-Bazouges", "de Hédé-Bazouges", "à Hédé-Bazouges"),
    ("Hodenc-l'Évêque", "de Hodenc-l’Évêque", "à Hodenc-l’Évêque"),
    ("Haute-Goulaine", "de Haute-Goulaine", "à Haute-Goulaine"),
    ("Haut-Mauco", "de Haut-Mauco", "à Haut-Mauco"),
    ("Haut Valromey", "de Haut Valromey", "à Haut Valromey"),
    ("Hauts de Bienne", "de Hauts de Bienne", "à Hauts de Bienne"),
    ("Huahine", "de Huahine", "à Huahine"),
    ("Hitiaa O Te Ra", "de Hitiaa O Te Ra", "à Hitiaa O Te Ra"),
    ("Houaïlou", "de Houaïlou", "à Houaïlou"),
    # as typed
    ("  Le   Havre ", "du Havre", "au Havre"),
    ("", "", ""),
]


@pytest.fixture(scope="module")
def communes():
    path = Path(territory.__file__).parent / "data" / "communes.csv.xz"
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("name", "de", "a"), NAMES)
def test_a_name_takes_its_preposition(name, de, a):
    assert (with_de(name), with_a(name)) == (de, a)


def test_the_table_has_at_least_sixty_names():
    assert len({name for name, *_ in NAMES}) >= 60


def test_the_departement_settles_homonyms_in_h():
    assert with_de("Hargnies", "08") == "de Hargnies"
    assert with_de("Hargnies", "59") == "d’Hargnies"
    assert with_de("Hargnies") == "d’Hargnies"
    assert commune_values("Hauteville", "02", "Aisne")["de_commune"] == "de Hauteville"
    assert commune_values("Hauteville", "73", "Savoie")["de_commune"] == "d’Hauteville"


def test_every_name_of_the_data_reads_as_french(communes):
    assert len(communes) > 34_000
    for row in communes:
        name, code = row["name"], row["departement_code"]
        bare = name.replace("'", "’")
        de, a = with_de(name, code), with_a(name)
        assert de.startswith(("de ", "d’", "du ", "des ")), de
        assert a.startswith(("à ", "au ", "aux ")), a
        for text in (de, a):
            assert "'" not in text
            assert "  " not in text
            assert text == text.strip()
        assert not de.startswith(("de Le ", "de Les ", "d’Le", "d’La ")), de
        assert de[3:4] not in set("AEIOUÀÂÄÉÈÊËÎÏÔÖŒÙÛÜ") or de.startswith(("du ", "des ")), de
        assert not a.startswith(("à Le ", "à Les ")), a
        if name.startswith("Le "):
            assert (de, a) == (f"du {bare[3:]}", f"au {bare[3:]}")
        elif name.startswith("Les "):
            assert (de, a) == (f"des {bare[4:]}", f"aux {bare[4:]}")
        else:
            assert de in (f"de {bare}", f"d’{bare}")
            assert a == f"à {bare}"


def test_every_aspirated_name_is_a_commune_of_the_data(communes):
    known = {row["name"].replace("'", "’") for row in communes}
    assert known >= _ASPIRATED
    assert not _ASPIRATED & set(_ASPIRATED_IN)
    places = {(row["name"], row["departement_code"]) for row in communes}
    assert all((name, code) in places for name, codes in _ASPIRATED_IN.items() for code in codes.split())


def test_every_commune_of_the_data_has_its_values(communes):
    places = {(row["departement_code"], row["departement_name"]): row["name"] for row in communes}
    assert len(places) > 100
    for (code, departement), name in places.items():
        values = commune_values(name, code, departement)
        assert set(values) <= set(FIELDS)
        assert all(values.values())
        assert values["du_departement"].endswith(values["departement"])
        assert values["dans_departement"].endswith(values["departement"])


@pytest.mark.parametrize(
    ("code", "de", "dans"),
    [
        ("01", "de l’Ain", "dans l’Ain"),
        ("2A", "de la Corse-du-Sud", "en Corse-du-Sud"),
        ("21", "de la Côte-d’Or", "en Côte-d’Or"),
        ("28", "d’Eure-et-Loir", "en Eure-et-Loir"),
        ("31", "de la Haute-Garonne", "en Haute-Garonne"),
        ("34", "de l’Hérault", "dans l’Hérault"),
        ("38", "de l’Isère", "en Isère"),
        ("40", "des Landes", "dans les Landes"),
        ("41", "du Loir-et-Cher", "dans le Loir-et-Cher"),
        ("54", "de Meurthe-et-Moselle", "en Meurthe-et-Moselle"),
        ("59", "du Nord", "dans le Nord"),
        ("72", "de la Sarthe", "dans la Sarthe"),
        ("75", "de Paris", "à Paris"),
        ("90", "du Territoire de Belfort", "dans le Territoire de Belfort"),
        ("93", "de la Seine-Saint-Denis", "en Seine-Saint-Denis"),
        ("971", "de la Guadeloupe", "en Guadeloupe"),
        ("974", "de La Réunion", "à La Réunion"),
        ("976", "de Mayotte", "à Mayotte"),
        ("987", "de la Polynésie française", "en Polynésie française"),
    ],
)
def test_a_departement_takes_its_prepositions(code, de, dans):
    assert (with_de_departement(code), with_dans_departement(code)) == (de, dans)


def test_an_unknown_departement_is_an_error():
    with pytest.raises(KeyError):
        with_de_departement("20")


VALUES = commune_values("L'Haÿ-les-Roses", "94", "Val-de-Marne")


def test_fields_are_replaced_whatever_the_spaces():
    html = "<p>{{commune}}, <b>{{ de_commune }}</b> {{\u00a0a_commune&nbsp;}} ({{ du_departement\n}})</p>"
    assert parse(html) == ["commune", "de_commune", "a_commune", "du_departement"]
    assert problems(html) == []
    assert merge(html, VALUES) == (
        "<p>L’Haÿ-les-Roses, <b>de L’Haÿ-les-Roses</b> à L’Haÿ-les-Roses (du Val-de-Marne)</p>"
    )


def test_a_name_is_listed_once_valid_or_not():
    assert parse("{{ commune }} {{ comune }} {{ commune }} {{ }}") == ["commune", "comune", ""]


@pytest.mark.parametrize("values", [{}, {"destinataire": None}, {"destinataire": ""}, {"destinataire": " \n"}])
def test_a_missing_value_prints_as_a_dotted_blank(values):
    assert merge("<p>À {{ destinataire }}</p>", values) == f"<p>À {BLANK}</p>"
    assert BLANK == "……………"


def test_a_value_is_escaped_and_never_merged_again():
    hostile = {"destinataire": '<b>"{{ commune }}" & {% now %}', "commune": "Lyon"}
    assert merge("<p>{{ destinataire }}</p>", hostile) == ("<p>&lt;b&gt;&quot;{{ commune }}&quot; &amp; {% now %}</p>")
    assert merge_text("{{ destinataire }}", hostile) == hostile["destinataire"]


def test_a_field_inside_a_tag_is_left_alone():
    html = '<p><a href="{{ lien }}" title="a > b {{ commune }}">ici</a></p>'
    assert merge(html, {"lien": "x onclick=alert(1)"}) == html
    assert problems(html) == [
        "Un champ ne peut pas servir d’adresse de lien : écrivez-le dans le texte, comme « {{ lien }} »."
    ]


def test_plain_text_keeps_its_signs():
    assert merge_text("1 < 2 {{ commune }}", {"commune": "Y & Z"}) == "1 < 2 Y & Z"


@pytest.mark.parametrize("do", [merge, merge_text])
@pytest.mark.parametrize("name", ["comune", "Commune", "commune|upper", "commune.name", "__class__", ""])
def test_an_unknown_field_is_refused(do, name):
    with pytest.raises(UnknownField) as refused:
        do(f"{{{{ {name} }}}}", {name: "x"})
    assert refused.value.name == name


def test_an_unknown_field_says_what_to_write():
    [message] = problems("<p>À {{ comune }}</p>")
    assert message.startswith(
        "Le champ « comune » n’existe pas. Vouliez-vous dire « commune » ? Champs possibles : commune, de_commune, "
    )
    assert all(name in message for name in FIELDS)
    assert "Vouliez-vous dire « de_commune » ?" in problems("{{ de commune }}")[0]
    assert "Vouliez-vous dire « commune » ?" in problems("{{ COMMUNE }}")[0]
    assert "Vouliez-vous" not in problems("{{ xyz }}")[0]
    assert problems("{{ }}")[0].startswith("Un champ est vide. Champs possibles :")


@pytest.mark.parametrize(
    "html",
    [
        "{{ com<b>mune</b> }}",
        "{<i>{ commune }</i>}",
        "<p>{{ <b>commune</b> }}</p>",
        "{{ commune }<b>}</b>",
        '{{ <a href="/">commune</a> }}',
    ],
)
def test_a_field_broken_by_formatting_is_said_so(html):
    [message] = problems(html)
    assert message.startswith("Le champ « commune » est coupé par une mise en forme")
    assert "« {{ commune }} »" in message


@pytest.mark.parametrize("html", ["<b>{{ commune }}</b>", "<i>à <b>{{ commune }}</b></i>", "<p>sans champ</p>", ""])
def test_formatting_around_a_field_is_fine(html):
    assert problems(html) == []


@pytest.mark.parametrize(
    ("html", "start"),
    [
        ("<p>{{ commune</p><p>suite</p>", "Le champ « {{ commune » n’est pas fermé"),
        ("{{ commune }", "Le champ « {{ commune } » n’est pas fermé"),
        ("{{ {{ commune }}", "Le champ « {{ » n’est pas fermé"),
        ("<p>commune }}</p>", "Des accolades « }} » ferment un champ qui n’est pas ouvert"),
        ("{ commune }", "« { commune } » : une accolade est seule"),
        ("{ commune }}", "« { commune }} » : une accolade est seule"),
        ("a } b", "« } » : une accolade est seule"),
        ("{% if commune %}", "« {% if commune %} » est du langage de gabarit"),
        ("{% load", "« {% load » est du langage de gabarit"),
        ("{# note #}", "« {# note #} » est du langage de gabarit"),
        ("{{ commune|upper }}", "« {{ commune|upper }} » est du langage de gabarit"),
        ("{{ commune.name }}", "« {{ commune.name }} » est du langage de gabarit"),
        ("{{ f() }}", "« {{ f() }} » est du langage de gabarit"),
    ],
)
def test_what_is_no_field_is_said(html, start):
    [message] = problems(html)
    assert message.startswith(start)
    assert "« {{ commune }} »" in message


def test_a_field_does_not_cross_paragraphs():
    assert len(problems("<p>{{ com</p><p>mune }}</p>")) == 2


def test_several_problems_are_said_once_each_in_order():
    found = problems("<p>{{ comune }} {{ comune }} {% x %} {{ lieux }}</p>")
    assert ["comune" in found[0], "{% x %}" in found[1], "lieux" in found[2], len(found)] == [True, True, True, 3]


def test_long_hostile_text_is_quick():
    for bit in ("{{", "{", "}", "<a '", '<a "', "{{ com<b>", "{%%", "<!--", "<a ", "{<b>", "{{ &nbsp;"):
        text = bit * 20_000
        problems(text)
        parse(text)
        merge("}}".join([text, ""]) if bit == "<a " else text, {})


MARKS = ["{{", "}}", "{", "}", "{%", "%}", "|", ".", "&#123;", "\ue000", "\ue001"]
TAGS = ["<b>", "</b>", "<p>", "</p>", '<a href="', '">', "<!--", "'", "<", " ", "&nbsp;", "\n"]
WORDS = ["{{ commune }}", "{{ contact }}", "{{ comune }}", "commune", "é"]
PIECES = st.sampled_from([*MARKS, *TAGS, *WORDS])
HTML = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=14).map("".join)


@settings(max_examples=300, deadline=None)
@given(html=HTML, value=st.text(max_size=10))
def test_hostile_text_only_ever_raises_unknown_field(html, value):
    found = problems(html)
    assert all(isinstance(message, str) and message for message in found)
    values = dict.fromkeys(FIELDS, value)
    for do in (merge, merge_text):
        try:
            do(html, values)
        except UnknownField:
            assert set(parse(html)) - set(FIELDS) or do is merge_text
            assert found
    if not found:
        assert "{{" not in merge(html, {})
        assert "}}" not in merge(html, {})


@settings(max_examples=200, deadline=None)
@given(value=st.text(max_size=20))
def test_a_value_never_leaves_unescaped(value):
    out = merge("<p>[{{ contact }}]</p>", {"contact": value})
    assert out == f"<p>[{escape(value) if value.strip() else BLANK}]</p>"
    inside = out.removeprefix("<p>[").removesuffix("]</p>")
    assert not set(inside) & set("<>\"'")


@settings(max_examples=200, deadline=None)
@given(name=st.text(max_size=12), code=st.sampled_from(["", "08", "59", "xx"]))
def test_any_name_gets_a_preposition(name, code):
    assert bool(with_de(name, code)) == bool(with_a(name)) == bool(name.split())
