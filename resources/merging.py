"""Merge fields of the letters, and the French grammar of the names they carry.

Editors' text is data: only the names of `FIELDS` between `{{ }}` are replaced, in one pass; nothing is run as a template.
"""

import re
import unicodedata
from collections.abc import Mapping
from html import unescape

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz, process

# Names

# h: French spelling has no rule, so INSEE's own answer is taken commune by commune: « type de nom en clair » of the Code
# officiel géographique 2026 (TNCC 0 = « de », 1 = « d’ »), as @etalab/decoupage-administratif 6.0.0 gives it. It departs
# from INSEE for Houilles, Hayange, Harnes, Hesse (the town hall writes « de ») and Hœdic (« d’Hœdic »); the islands and
# Kanak communes have no TNCC: their h is pronounced. A name that is not below elides, as two INSEE names in three do.
_ASPIRATED = frozenset(
    re.findall(
        r"[^;\s][^;\n]*",
        """
    Habsheim; Hachan; Hadancourt-le-Haut-Clocher; Haegen; Hagedet; Hagenbach; Hagenthal-le-Bas; Hagenthal-le-Haut;
    Haget; Hagnicourt; Haguenau; Hailles; Haimps; Haims; Halles-sous-les-Côtes; Ham; Ham-en-Artois; Ham-les-Moines;
    Ham-sous-Varsberg; Ham-sur-Meuse; Hambach; Hambers; Hambye; Hamelet; Hames-Boucres; Hammeville; Hamonville;
    Hampigny; Hampont; Han-devant-Pierrepont; Han-lès-Juvigny; Han-sur-Meuse; Han-sur-Nied; Handschuheim; Hangard;
    Hangenbieten; Hangviller; Hannapes; Hannappes; Hannogne-Saint-Martin; Hannogne-Saint-Rémy; Hannonville-Suzémont;
    Hannonville-sous-les-Côtes; Hans; Hanvec; Hanviller; Hanvoile; Hao; Happencourt; Harcy; Hardanges; Hardinvast;
    Harnes; Harricourt; Harskirchen; Hartmannswiller; Harville; Hary; Hatten; Hattmatt; Hattstatt; Hauban; Haudivillers;
    Haulies; Haulmé; Hausgauen; Hautbos; Hautecloque; Hautefage; Hautefontaine; Hauteville-la-Guichard;
    Hauteville-sur-Mer; Haution; Hautot-le-Vatois; Hautot-sur-Seine; Hautteville-Bocage; Hauville; Hauviné; Hayange;
    Haybes; Hecken; Hecmanville; Hegeney; Heidolsheim; Heidwiller; Heiligenberg; Heiligenstein; Heilles; Heimersdorf;
    Heimsbrunn; Heiteren; Heiwiller; Helfrantzkirch; Helleville; Hem; Hem-Hardinval; Hem-Lenglet; Hem-Monacu;
    Hengwiller; Henvic; Herbitzheim; Herbsheim; Hercé; Hermes; Hermival-les-Vaux; Herpont; Herran; Herrlisheim;
    Herrlisheim-près-Colmar; Hescamps; Hesse; Hessenheim; Hettenschlag; Heudicourt-sous-les-Côtes;
    Heugueville-sur-Sienne; Hèches; Hères; Hédé-Bazouges; Hégenheim; Hémevez; Hénansal; Hénon; Hésingue; Hibarette;
    Hienghène; Hierges; Hiermont; Hiesville; Hiis; Hikueru; Hilsenheim; Hinacourt; Hindisheim; Hindlingen; Hinsbourg;
    Hinsingen; Hipsheim; Hirschland; Hirsingue; Hirtzbach; Hirtzfelden; Hitiaa O Te Ra; Hitte; Hiva-Oa; Hochfelden;
    Hochstatt; Hochstett; Hocquigny; Hodenc-en-Bray; Hodenc-l’Évêque; Hodeng-Hodenger; Hodeng-au-Bosc; Hoffen;
    Hohengœft; Hohfrankenheim; Hohrod; Holnon; Holque; Holtzheim; Hombourg; Hombourg-Budange; Hombourg-Haut; Hommarting;
    Hommert; Hon-Hergies; Hondainville; Hondouville; Honfleur; Honguemare-Guenouville; Honskirch; Horbourg-Wihr;
    Horgues; Hornoy-le-Bourg; Hoste; Hotot-en-Auge; Hottot-les-Bagues; Hottviller; Houaïlou; Houdan; Houdilcourt;
    Houetteville; Houeydets; Houilles; Houldizy; Houlette; Houlgate; Houlle; Houppeville; Houquetot; Hourc; Hourges;
    Houry; Houssen; Housset; Houville-en-Vexin; Hoymille; Huahine; Huanne-Montmartin; Huelgoat; Huest;
    Hugleville-en-Caux; Huillé-Lézigné; Huiron; Huisnes-sur-Mer; Humes-Jorquenay; Hunawihr; Hundsbach; Huningue;
    Hunspach; Hurtigheim; Husseren-Wesserling; Husseren-les-Châteaux; Huttendorf; Huttenheim; Hyet; Hyémondans; Hœnheim;
    Hœrdt
        """,
    )
)
# Names that INSEE reads in two ways: the départements where the h is aspirated; elsewhere, or unknown, it is mute.
_ASPIRATED_IN = {
    "Halloy": "60",
    "Haraucourt": "08",
    "Hargnies": "08",
    "Hauterive": "61",
    "Hauteroche": "39",
    "Hauteville": "02 08",
    "Herly": "80",
    "Heuqueville": "76",
    "Homps": "32",
    "Houssay": "53",
}
# The adjective « haut » keeps its aspirated h as a word of its own; « Hauterives » or « Hautmont » follow the list.
_HAUT = re.compile(r"Haute?s?[- ]")
# INSEE elides before every Y (« d’Y », pronounced [i]; « d’Yvetot », « d’Yerres »): these three are said [j], with « de ».
_Y_CONSONANT = frozenset({"Yaté", "Yenne", "Yutz"})


def typographic(name: str) -> str:
    """The name as printed: composed accents, single spaces, apostrophe ’."""
    return " ".join(unicodedata.normalize("NFC", name).replace("'", "’").split())


def _elides(name: str, departement_code: str) -> bool:
    first = unicodedata.normalize("NFD", name)[0].upper()
    if first == "H":
        aspirated = (
            name in _ASPIRATED
            or _HAUT.match(name)
            or (departement_code and departement_code in _ASPIRATED_IN.get(name, "").split())
        )
        return not aspirated
    if first == "Y":
        return name not in _Y_CONSONANT
    return first in "AEIOUŒÆ"


def with_de(name: str, departement_code: str = "") -> str:
    """« de Lyon », « d’Ivry-sur-Seine », « du Havre », « des Abymes », « de La Rochelle », « de L’Haÿ-les-Roses ».

    Le and Les contract with « de » and leave the name, La and L’ stay. The département only settles ten homonyms in h
    (« de Hargnies » in the Ardennes, « d’Hargnies » in the Nord). An empty name gives an empty text.
    """
    name = typographic(name)
    if not name:
        return ""
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return ("d’" if _elides(name, departement_code) else "de ") + name


def with_a(name: str) -> str:
    """« à Lyon », « au Havre », « aux Abymes », « à La Rochelle », « à L’Haÿ-les-Roses ». Empty for an empty name."""
    name = typographic(name)
    if not name:
        return ""
    for article, contracted in (("Le ", "au "), ("Les ", "aux ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return "à " + name


# With its article, as INSEE's TNCC gives it (COG 2026); usage for the Pacific ones.
_DEPARTEMENTS = dict(
    re.findall(
        r"(\w+) ([^;\n]+)",
        """
    01 l’Ain; 02 l’Aisne; 03 l’Allier; 04 les Alpes-de-Haute-Provence; 05 les Hautes-Alpes; 06 les Alpes-Maritimes;
    07 l’Ardèche; 08 les Ardennes; 09 l’Ariège; 10 l’Aube; 11 l’Aude; 12 l’Aveyron; 13 les Bouches-du-Rhône;
    14 le Calvados; 15 le Cantal; 16 la Charente; 17 la Charente-Maritime; 18 le Cher; 19 la Corrèze; 21 la Côte-d’Or;
    22 les Côtes-d’Armor; 23 la Creuse; 24 la Dordogne; 25 le Doubs; 26 la Drôme; 27 l’Eure; 28 Eure-et-Loir;
    29 le Finistère; 2A la Corse-du-Sud; 2B la Haute-Corse; 30 le Gard; 31 la Haute-Garonne; 32 le Gers; 33 la Gironde;
    34 l’Hérault; 35 Ille-et-Vilaine; 36 l’Indre; 37 Indre-et-Loire; 38 l’Isère; 39 le Jura; 40 les Landes;
    41 le Loir-et-Cher; 42 la Loire; 43 la Haute-Loire; 44 la Loire-Atlantique; 45 le Loiret; 46 le Lot;
    47 le Lot-et-Garonne; 48 la Lozère; 49 Maine-et-Loire; 50 la Manche; 51 la Marne; 52 la Haute-Marne; 53 la Mayenne;
    54 Meurthe-et-Moselle; 55 la Meuse; 56 le Morbihan; 57 la Moselle; 58 la Nièvre; 59 le Nord; 60 l’Oise; 61 l’Orne;
    62 le Pas-de-Calais; 63 le Puy-de-Dôme; 64 les Pyrénées-Atlantiques; 65 les Hautes-Pyrénées;
    66 les Pyrénées-Orientales; 67 le Bas-Rhin; 68 le Haut-Rhin; 69 le Rhône; 70 la Haute-Saône; 71 Saône-et-Loire;
    72 la Sarthe; 73 la Savoie; 74 la Haute-Savoie; 75 Paris; 76 la Seine-Maritime; 77 Seine-et-Marne; 78 les Yvelines;
    79 les Deux-Sèvres; 80 la Somme; 81 le Tarn; 82 le Tarn-et-Garonne; 83 le Var; 84 le Vaucluse; 85 la Vendée;
    86 la Vienne; 87 la Haute-Vienne; 88 les Vosges; 89 l’Yonne; 90 le Territoire de Belfort; 91 l’Essonne;
    92 les Hauts-de-Seine; 93 la Seine-Saint-Denis; 94 le Val-de-Marne; 95 le Val-d’Oise; 971 la Guadeloupe;
    972 la Martinique; 973 la Guyane; 974 La Réunion; 975 Saint-Pierre-et-Miquelon; 976 Mayotte; 977 Saint-Barthélemy;
    978 Saint-Martin; 986 Wallis et Futuna; 987 la Polynésie française; 988 la Nouvelle-Calédonie
        """,
    )
)
_ARTICLE = re.compile(r"(le |la |les |l’)?(.+)")
# Usage: « en » before a feminine name, except the rivers and the coast that keep « dans la »; and before « l’ » where said.
_DANS_LA = {"23", "26", "42", "50", "51", "55", "58", "72", "80", "86"}
_EN_BEFORE_VOWEL = {"07", "09", "38"}
_A = {"75", "974", "975", "976", "977", "978", "986"}


def with_de_departement(code: str) -> str:
    """« de la Haute-Garonne », « du Nord », « des Landes », « de l’Ain », « d’Eure-et-Loir », « de La Réunion ».

    Raises `KeyError` for a code that is no département or overseas collectivity.
    """
    article, name = _ARTICLE.fullmatch(_DEPARTEMENTS[code]).groups()
    if not article:
        return with_de(name)
    return {"le ": "du ", "les ": "des "}.get(article, f"de {article}") + name


def with_dans_departement(code: str) -> str:
    """« en Haute-Garonne », « dans le Nord », « dans les Landes », « dans l’Ain », « à Paris », « à La Réunion ».

    Raises `KeyError` like `with_de_departement`.
    """
    article, name = _ARTICLE.fullmatch(_DEPARTEMENTS[code]).groups()
    if code in _A:
        return f"à {name}"
    if not article or (article == "la " and code not in _DANS_LA) or code in _EN_BEFORE_VOWEL:
        return f"en {name}"
    return f"dans {article}{name}"


# Fields

BLANK = "…" * 5

FIELDS: dict[str, str | Promise] = {
    "commune": gettext_lazy("Nom de la commune : « Le Havre »"),
    "de_commune": gettext_lazy("Nom précédé de « de » : « du Havre », « d’Ivry-sur-Seine »"),
    "a_commune": gettext_lazy("Nom précédé de « à » : « au Havre », « à Ivry-sur-Seine »"),
    "departement": gettext_lazy("Nom du département : « Haute-Garonne »"),
    "du_departement": gettext_lazy("Département précédé de « de » : « de la Haute-Garonne », « du Nord »"),
    "dans_departement": gettext_lazy("Département précédé de « dans » : « en Haute-Garonne », « dans le Nord »"),
    "assemblee": gettext_lazy("Nom de l’assemblée locale, si elle accepte d’être nommée"),
    "contact": gettext_lazy("Contact imprimable de l’assemblée, sinon l’adresse de la page où lui écrire"),
    "destinataire": gettext_lazy("Tête de liste ou maire à qui le courrier est adressé"),
    "signataire": gettext_lazy("Personne ou collectif qui signe"),
    "date": gettext_lazy("Date du courrier"),
    "election": gettext_lazy("Élection : « élections municipales de 2026 »"),
    "date_debat": gettext_lazy("Date du débat public"),
    "lieu_debat": gettext_lazy("Lieu du débat public"),
    "lien": gettext_lazy("Adresse de la page de la commune sur ce site"),
}

# Attribute values may hold a « > »; possessive, so that hostile text costs no more than its length.
_TAG = re.compile(r"""(</?[a-zA-Z](?:"[^"]*+"|'[^']*+'|[^'"<>])*+>)""")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|code|del|em|embed|font|i|mark|s|small|span|strong|sub|sup|u)\b", re.IGNORECASE
)
_FIELD = re.compile(r"\{\{([^{}<>]*)\}\}")

# In `problems`, a tag within a line counts as one character, a paragraph's as another, which no field crosses.
_INLINE, _BREAK = "\ue000", "\ue001"
_ANYTHING_WRITTEN = re.compile(
    rf"""
      (?P<template> \{{{_INLINE}*[%\#] [^{{}}{_BREAK}]* \}}? )
    | (?P<field> \{{{_INLINE}*\{{ (?P<name>[^{{}}{_BREAK}]*) \}}{_INLINE}*\}} )
    | (?P<unclosed> \{{{_INLINE}*\{{ [^{{}}{_BREAK}]* \}}? )
    | (?P<unopened> \}}{_INLINE}*\}} )
    | (?P<single> \{{ [^{{}}{_BREAK}]* \}}{{1,2}} | [{{}}] )
    """,
    re.VERBOSE,
)


class UnknownField(ValueError):
    """A field that `FIELDS` does not name; `name` is what was written, the message says what to write."""

    def __init__(self, name: str):
        self.name = name
        super().__init__(_unknown(name))


def parse(text: str) -> list[str]:
    """The names written as `{{ name }}` in rich text or plain text, valid or not, each once, in order."""
    return list(dict.fromkeys(_name(match[1]) for piece in _TAG.split(text)[::2] for match in _FIELD.finditer(piece)))


def problems(html: str) -> list[str]:
    """What must be corrected before this rich text can be saved, in French, in the order of the text; empty when sound."""
    found = [_in_a_tag() for tag in _TAG.findall(html) if re.search(r"\{[{%]", tag)]
    marked = re.sub(f"[{_INLINE}{_BREAK}]", "?", html)
    marked = _TAG.sub(lambda match: _INLINE if _INLINE_TAG.match(match[0]) else _BREAK, marked)
    for match in _ANYTHING_WRITTEN.finditer(marked):
        if match["field"]:
            found.append(_field_problem(match["name"], match[0]))
        elif match["template"]:
            found.append(_template(match[0]))
        elif match["unclosed"]:
            found.append(_unclosed(match[0]))
        elif match["unopened"]:
            found.append(_("Des accolades « }} » ferment un champ qui n’est pas ouvert : écrivez « {{ commune }} »."))
        else:
            found.append(_single(match[0]))
    return [message for message in dict.fromkeys(found) if message]


def merge(html: str, values: Mapping[str, str | None]) -> str:
    """The rich text with its fields replaced, in one pass; values are escaped, one that is absent or empty prints `BLANK`.

    Fields inside a tag are left alone (`problems` refuses them). Raises `UnknownField`.
    """
    pieces = _TAG.split(html)
    pieces[::2] = [_FIELD.sub(lambda match: escape(_value(match, values)), piece) for piece in pieces[::2]]
    return "".join(pieces)


def merge_text(text: str, values: Mapping[str, str | None]) -> str:
    """`merge` for plain text (a title, a file name): nothing is escaped. Raises `UnknownField`."""
    return _FIELD.sub(lambda match: _value(match, values), text)


def commune_values(name: str, departement_code: str, departement_name: str) -> dict[str, str]:
    """The fields that depend on the commune alone. Raises `KeyError` for an unknown département code."""
    return {
        "commune": typographic(name),
        "de_commune": with_de(name, departement_code),
        "a_commune": with_a(name),
        "departement": typographic(departement_name),
        "du_departement": with_de_departement(departement_code),
        "dans_departement": with_dans_departement(departement_code),
    }


def _value(match: re.Match, values: Mapping[str, str | None]) -> str:
    name = _name(match[1])
    if name not in FIELDS:
        raise UnknownField(name)
    value = values.get(name) or ""
    return value if value.strip() else BLANK


def _name(inside: str) -> str:
    return unescape(inside).strip()


def _short(written: str) -> str:
    written = " ".join(unescape(written.replace(_INLINE, "")).split())
    return written if len(written) <= 40 else written[:39] + "…"


def _field_problem(inside: str, written: str) -> str | None:
    name = _name(inside.replace(_INLINE, ""))
    if name not in FIELDS:
        if re.search(r"[|.()\[\]]", name):
            return _template(written)
        return _unknown(name)
    if _INLINE in written:
        return _(
            "Le champ « %(name)s » est coupé par une mise en forme (gras, italique, lien) : effacez-le et retapez "
            "« {{ %(name)s }} » d’un trait, puis mettez en forme le champ entier, accolades comprises."
        ) % {"name": name}
    return None


def _unknown(name: str) -> str:
    if not name:
        said = _("Un champ est vide.")
    else:
        said = _("Le champ « %(name)s » n’existe pas.") % {"name": _short(name)}
        near = process.extractOne(name[:40].lower(), FIELDS.keys(), scorer=fuzz.ratio, score_cutoff=60)
        if near:
            said += " " + _("Vouliez-vous dire « %(name)s » ?") % {"name": near[0]}
    return said + " " + _("Champs possibles : %(names)s.") % {"names": ", ".join(FIELDS)}


def _template(written: str) -> str:
    return _(
        "« %(written)s » est du langage de gabarit, qui n’est jamais exécuté : seul le nom d’un champ se met entre "
        "accolades, comme « {{ commune }} »."
    ) % {"written": _short(written)}


def _unclosed(written: str) -> str:
    return _("Le champ « %(written)s » n’est pas fermé : écrivez « {{ commune }} », sur une seule ligne.") % {
        "written": _short(written)
    }


def _single(written: str) -> str:
    return _("« %(written)s » : une accolade est seule ; un champ en prend deux de chaque côté, « {{ commune }} ».") % {
        "written": _short(written)
    }


def _in_a_tag() -> str:
    return _("Un champ ne peut pas servir d’adresse de lien : écrivez-le dans le texte, comme « {{ lien }} ».")
