"""Initiatives as open data: what the filters show, streamed, keyed by INSEE code, with licence and provenance."""

import csv
import json

from django.utils.html import strip_tags
from django.utils.text import normalize_newlines

from home.spreadsheets import safe_cell

LICENCE = "CC BY-SA 4.0"
COLUMNS = (
    "insee", "commune", "departement", "region", "titre", "resume", "mesures", "autorite", "statut", "debut", "fin",
    "alternance", "livret", "partenaires", "ce_qui_a_ete_fait", "moyens", "resultat", "ce_qui_n_a_pas_marche",
    "ce_qui_a_fait_durer", "sources", "verifiee_le", "adresse", "licence",
)  # fmt: skip


def plain(rich_text: str) -> str:
    """Rich text without its markup, one space between paragraphs."""
    return " ".join(strip_tags(normalize_newlines(rich_text).replace("<", " <")).split())


class _Echo:
    """A file whose `write` gives the line back, for streaming."""

    @staticmethod
    def write(value):
        return value


def csv_rows(filters):
    """Lines of the CSV: UTF-8 with BOM, `;`. One line for each commune of each card."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow(COLUMNS)
    for card in filters.chunks():
        for commune in card.communes:
            yield writer.writerow([safe_cell(str(value)) for value in _row(card, commune)])


def _row(card, commune):
    sources = " | ".join(
        " ".join(filter(None, (one.value["title"], one.value["publisher"], one.value["url"]))) for one in card.sources
    )
    return (
        commune.insee, commune.name, commune.departement.name, commune.departement.region.name, card.title, card.summary,
        " | ".join(measure.name for measure in card.measure_list), card.get_authority_display(),
        card.get_status_display(), card.started, card.ended, card.get_alternance_display(),
        "oui" if card.in_booklet else "non", " | ".join(card.partner_list), plain(card.what_was_done), plain(card.means),
        plain(card.result), plain(card.did_not_work), plain(card.durability), sources, card.checked_on or "",
        card.absolute_url, LICENCE,
    )  # fmt: skip


def geojson_pieces(filters):
    """A GeoJSON FeatureCollection (RFC 7946), a piece at a time: one point for each commune of each card."""
    yield '{"type":"FeatureCollection","license":' + json.dumps(LICENCE) + ',"features":['
    separator = ""
    for card in filters.chunks():
        for commune in card.communes:
            yield separator + json.dumps(_feature(card, commune), ensure_ascii=False)
            separator = ","
    yield "]}"


def _feature(card, commune):
    located = commune.longitude is not None
    return {
        "type": "Feature",
        "id": f"{card.pk}-{commune.insee}",
        "geometry": {"type": "Point", "coordinates": [commune.longitude, commune.latitude]} if located else None,
        "properties": {
            "insee": commune.insee,
            "commune": commune.name,
            "departement": commune.departement_id,
            "titre": card.title,
            "resume": card.summary,
            "mesures": [measure.slug for measure in card.measure_list],
            "statut": card.status,
            "autorite": card.authority,
            "verifiee_le": card.checked_on.isoformat() if card.checked_on else None,
            "url": card.absolute_url,
        },
    }
