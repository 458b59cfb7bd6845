"""The reference data of the repository, put in the database: régions, départements, communes and their old names."""

import csv
import hashlib
import io
import lzma
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from anyascii import anyascii
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.text import slugify

from .folding import fold_name
from .models import Commune, CommuneAlias, DataRelease, Departement, Region

DATA = Path(__file__).parent / "data"
COMMUNES_FILE = DATA / "communes.csv.xz"
ALIASES_FILE = DATA / "communes_alias.csv.xz"
RELEASE = "communes"
BATCH = 2_000


@dataclass
class Report:
    """What a loading did. `kept` names the communes that left the data and that something of the site still uses."""

    skipped: bool = False
    regions: int = 0
    departements: int = 0
    communes: int = 0
    aliases: int = 0
    deleted: int = 0
    kept: list[str] = field(default_factory=list)


def commune_slug(name: str) -> str:
    """« L’Haÿ-les-Roses » → `l-hay-les-roses`, « Œting » → `oeting`."""
    return slugify(anyascii(name).replace("'", "-"))


def load_communes(
    communes_file: Path = COMMUNES_FILE,
    aliases_file: Path = ALIASES_FILE,
    *,
    force: bool = False,
    progress: Callable[[list], Iterator] = iter,
) -> Report:
    """Make the database say what the two files (CSV, xz) say. All or nothing; nothing where they were already loaded.

    Rows that left the files are deleted, except those that something else refers to. `progress` wraps the list of
    batches, for who wants to show it.
    """
    digest = _digest(communes_file, aliases_file)
    if not force and DataRelease.objects.filter(name=RELEASE, digest=digest).exists():
        return Report(skipped=True)
    rows, alias_rows = _read(communes_file), _read(aliases_file)
    with transaction.atomic():
        report = _write(rows, alias_rows, progress)
        DataRelease.objects.update_or_create(name=RELEASE, defaults={"digest": digest, "loaded_at": timezone.now()})
    return report


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _read(file: Path) -> list[dict]:
    with lzma.open(file) as stream:
        return list(csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8", newline="")))


def _write(rows, alias_rows, progress) -> Report:
    regions = {row["region_code"]: Region(code=row["region_code"], name=row["region_name"]) for row in rows}
    departements = {
        row["departement_code"]: Departement(
            code=row["departement_code"], name=row["departement_name"], region_id=row["region_code"]
        )
        for row in rows
    }
    communes = [_commune(row) for row in rows]
    _upsert(Region, regions.values(), ["code"])
    _upsert(Departement, departements.values(), ["code"])
    for start in progress(range(0, len(communes), BATCH)):
        _upsert(Commune, communes[start : start + BATCH], ["insee"])
    aliases = [
        CommuneAlias(code=row["code"], name=row["name"], kind=row["type"], commune_id=row["code_insee"])
        for row in alias_rows
    ]
    _upsert(CommuneAlias, aliases, ["code", "name"])

    report = Report(regions=len(regions), departements=len(departements), communes=len(communes), aliases=len(aliases))
    present = {(alias.code, alias.name) for alias in aliases}
    gone = [
        pk for pk, code, name in CommuneAlias.objects.values_list("pk", "code", "name") if (code, name) not in present
    ]
    CommuneAlias.objects.filter(pk__in=gone).delete()
    report.deleted += len(gone)
    _delete_vanished(Commune, {commune.pk for commune in communes}, report)
    _delete_vanished(Departement, set(departements), report)
    _delete_vanished(Region, set(regions), report)
    return report


def _commune(row: dict) -> Commune:
    return Commune(
        insee=row["code_insee"],
        name=row["name"],
        slug=commune_slug(row["name"]),
        departement_id=row["departement_code"],
        population=int(row["population"] or 0),
        latitude=float(row["lat"]) if row["lat"] else None,
        longitude=float(row["lon"]) if row["lon"] else None,
        postal_codes=row["postal_codes"],
        folded=fold_name(row["name"]),
    )


def _upsert(model, objects, unique_fields):
    fields = [one.name for one in model._meta.concrete_fields if one.name not in (*unique_fields, "id")]
    model.objects.bulk_create(
        list(objects), batch_size=BATCH, update_conflicts=True, unique_fields=unique_fields, update_fields=fields
    )


def _delete_vanished(model, present: set, report: Report):
    """One by one: a row that is referred to (PROTECT, RESTRICT) stays, and does not keep the others."""
    gone = set(model.objects.order_by().values_list("pk", flat=True)) - present
    for row in model.objects.filter(pk__in=gone):
        try:
            with transaction.atomic():
                row.delete()
            report.deleted += 1
        except (ProtectedError, RestrictedError):
            report.kept.append(str(row))
