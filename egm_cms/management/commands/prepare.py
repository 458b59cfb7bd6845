import hashlib
import io
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string


class Command(BaseCommand):
    help = (
        "Met le site en état de servir : base de données, communes, campagne, comptes, fichiers statiques. "
        "Ne refait que ce qui a changé, ne touche à rien de ce qui a été modifié dans le site."
    )

    # `make check` runs them: here they would only delay the site.
    requires_system_checks = ()

    def handle(self, *args, **options):
        """One process for all of it: starting Django five times would take longer than the work."""
        self.migrate()
        for command in ("load_communes", "load_campaign", "create_accounts"):
            call_command(command, stdout=self.stdout, stderr=self.stderr)
        self.collect_static_files()

    def migrate(self):
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        executor = MigrationExecutor(connection)
        pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if pending:
            self.say(f"Base de données : {pending} migrations à appliquer…")
        # Always: it also creates the permissions, which a run that was cut short may have left out.
        call_command("migrate", verbosity=0, interactive=False)
        self.say("Base de données : à jour.")

    def collect_static_files(self):
        """`collectstatic` compresses everything again each time: skipped while no source file has changed."""
        storage = settings.STORAGES["staticfiles"]["BACKEND"]
        if not hasattr(import_string(storage), "manifest_name"):
            return
        stamp = Path(settings.STATIC_ROOT) / ".sources"
        digest = self.sources_digest()
        if stamp.exists() and stamp.read_text() == digest:
            self.say("Fichiers statiques : déjà à jour.")
            return
        self.say("Fichiers statiques : compression, quelques secondes…")
        call_command("collectstatic", verbosity=0, interactive=False, stdout=io.StringIO())
        stamp.write_text(digest)
        self.say("Fichiers statiques : à jour.")

    @staticmethod
    def sources_digest() -> str:
        """Changes when a static file of the site or of a library is added, changed or removed."""
        digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
        for finder in get_finders():
            for name, storage in finder.list([]):
                path = Path(storage.path(name))
                found = path.stat()
                digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
        return digest.hexdigest()

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()
