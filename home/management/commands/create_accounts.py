from django.core.management.base import BaseCommand, CommandError

from home.accounts import ServerRefused, create_first_accounts, login_url, passwords_file


class Command(BaseCommand):
    help = "Crée une fois les comptes de ce poste (rédaction, modération, administration) et dit comment se connecter."

    def handle(self, *args, **options):
        try:
            accounts = create_first_accounts()
        except ServerRefused as error:
            raise CommandError(
                "Ce site est servi en HTTPS : créer les comptes à la main, un par personne, "
                "avec « manage.py createsuperuser » puis dans l’administration."
            ) from error
        path = passwords_file()
        self.stdout.write(f"Se connecter : {login_url()}")
        for account in accounts:
            self.stdout.write(f"  {account.username:<12} {account.may}")
        if path.exists():
            self.stdout.write(f"Les mots de passe sont dans {path} (lisible par vous seul·e).")
        else:
            self.stdout.write(
                f"Le fichier {path} n’est plus là : les mots de passe ne sont écrits nulle part ailleurs. "
                "Pour en changer un : « manage.py changepassword admin »."
            )
