import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from tqdm import tqdm

from territory.loading import load_communes


class Command(BaseCommand):
    help = _("Charge les régions, départements et communes livrés avec le site ; ne fait rien s’ils le sont déjà.")

    def add_arguments(self, parser):
        parser.add_argument("--force", action="store_true", help=_("recharger même si les données n’ont pas changé"))

    def handle(self, *args, **options):
        quiet = options["verbosity"] == 0 or not sys.stderr.isatty()
        report = load_communes(
            force=options["force"],
            progress=lambda batches: tqdm(batches, desc=_("Communes"), unit=_(" lots"), disable=quiet, leave=False),
        )
        if options["verbosity"] == 0:
            return
        if report.skipped:
            self.stdout.write(_("Communes : déjà à jour."))
            return
        self.stdout.write(
            _(
                "Communes : %(communes)d chargées (%(departements)d départements, %(regions)d régions, "
                "%(aliases)d anciennes communes et arrondissements), %(deleted)d lignes disparues retirées."
            )
            % vars(report)
        )
        for name in report.kept:
            self.stdout.write(
                self.style.WARNING(_("Gardée, car le site s’y réfère encore : %(name)s.") % {"name": name})
            )
