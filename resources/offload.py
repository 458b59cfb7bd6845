"""Archives kept whole for a front server, which gives a file better than we do (`ACCEL_ARCHIVES`, `X-Accel-Redirect`).

Each lies under its ETag: what is there is never stale, only of use or not. A web process that finds none sends the same
bytes itself.
"""

import logging
import os
from pathlib import Path

from django.conf import settings

from home.printing import PressBusy

from .archives import MissingFile, RefusedName, TooLarge, is_stored, stored_path
from .models import KitPage
from .packing import PrivateFile, kit_archive

logger = logging.getLogger(__name__)

# {primary key: what is wrong}, so that a kit that stays closed is not logged every minute.
_told = {}


def keep_archives():
    """A job: write the archive of each published kit that is not there, remove those that are no kit's any more."""
    folder = settings.VAR_DIR / "archives"
    folder.mkdir(parents=True, exist_ok=True)
    wanted, missing, all_known, problems = set(), [], True, {}
    for kit in KitPage.objects.published():
        try:
            archive = kit_archive(kit)
            archive.check()
        except PressBusy:
            # Which file is its own cannot be told: next time.
            all_known = False
        except (PrivateFile, MissingFile, TooLarge, RefusedName) as error:
            problems[kit.pk] = f"{type(error).__name__} {error}".strip()
            if _told.get(kit.pk) != problems[kit.pk]:
                logger.warning("Archive not kept for the front server: kit %s, %s", kit.slug, problems[kit.pk])
        else:
            wanted.add(stored_path(archive))
            if not is_stored(archive):
                missing.append(archive)
    _told.clear()
    _told.update(problems)
    # Before writing: it makes room. Whoever is reading one of them reads on.
    if all_known:
        for path in set(folder.iterdir()) - wanted:
            path.unlink(missing_ok=True)
    for archive in missing:
        try:
            _write(archive, stored_path(archive))
        except MissingFile as error:
            logger.warning("Archive not kept for the front server: %s", error)


def _write(archive, path: Path):
    """Whole or not at all, also after a power cut."""
    draft = path.with_suffix(f".{os.getpid()}.new")
    try:
        with draft.open("wb") as file:
            for chunk in archive.chunks():
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
