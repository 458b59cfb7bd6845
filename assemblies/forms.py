"""The form of an assembly in the admin: its territory is typed, a place a line, out of 35,000 communes."""

from anyascii import anyascii
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminAutoHeightTextInput

from territory.folding import fold_name
from territory.lookup import current_index, find_communes
from territory.models import Commune, Departement

from .models import Assembly

MAX_LINES = 2000
MAX_SHOWN = 60


class UnknownPlaceError(ValueError):
    """A line that names no place, or several; its message says which."""


class PlacesField(forms.CharField):
    """Rows typed one a line. Subclasses give their `rows`, find the primary key of a line, and write a row back."""

    widget = AdminAutoHeightTextInput
    rows = None

    def __init__(self, **kwargs):
        super().__init__(required=False, strip=False, **kwargs)

    def prepare_value(self, value):
        return value if isinstance(value, str) or value is None else "\n".join(map(self.write, value))

    def has_changed(self, initial, data):
        return (self.prepare_value(initial) or "").split() != (data or "").split()

    def to_python(self, value):
        """The rows named, each once. Every line that is not understood is said, not only the first."""
        lines = [line for line in map(str.strip, self.split(str(value or ""))) if line]
        if len(lines) > MAX_LINES:
            raise ValidationError(_now("Pas plus de %d lignes.") % MAX_LINES)
        find, found, errors = self.finder(), [], []
        for line in lines:
            try:
                found.append(find(line))
            except UnknownPlaceError as error:
                errors.append(str(error))
        if errors:
            raise ValidationError(errors)
        return list(self.rows.filter(pk__in=found))

    def split(self, text):
        return text.splitlines()

    def validate(self, value):
        pass

    def run_validators(self, value):
        pass


class DepartementsField(PlacesField):
    rows = Departement.objects.all()

    def split(self, text):
        return text.replace(",", "\n").splitlines()

    def write(self, departement):
        return f"{departement.code} {departement.name}"

    def finder(self):
        codes = {}
        for one in self.rows.all():
            for way in (one.code, one.name, str(one), self.write(one)):
                codes[fold_name(way)] = one.code

        def find(line):
            code = codes.get(fold_name(line))
            if code is None:
                message = _now("« %s » : ce n’est ni le numéro ni le nom d’un département.")
                raise UnknownPlaceError(message % line[:MAX_SHOWN])
            return code

        return find


class CommunesField(PlacesField):
    rows = Commune.objects.all()

    def write(self, commune):
        return f"{commune.insee} {commune.name}"

    def finder(self):
        index = current_index()

        def find(line):
            code, _space, name = line.partition(" ")
            found = index.by_code(code)
            # « 31500 Toulouse » begins with a postal code, which may be the INSEE code of another commune.
            if found and (not name or fold_name(name) == fold_name(found.name)):
                return found.insee
            answers = find_communes(line, limit=6)
            exact = [answer for answer in answers if answer.exact]
            if len(exact) != 1:
                raise UnknownPlaceError(_explain(line[:MAX_SHOWN], exact, answers))
            return exact[0].insee

        return find


def _explain(line, exact, answers):
    named = ", ".join(f"{one.insee} {one.name} ({one.departement_name})" for one in (exact or answers)[:4])
    if exact:
        message = _now("« %(line)s » : plusieurs communes portent ce nom. Écrire le code de la bonne : %(named)s.")
    elif answers:
        message = _now("« %(line)s » : aucune commune ne porte ce nom. Peut-être : %(named)s.")
    else:
        message = _now("« %(line)s » : aucune commune ne porte ce nom ni ce code.")
    return message % {"line": line, "named": named}


class AssemblyForm(WagtailAdminModelForm):
    departements = DepartementsField(
        label=_("Départements"),
        help_text=_("Ceux qu’elle couvre en entier, un par ligne : « 31 », ou « Haute-Garonne »."),
    )
    communes = CommunesField(
        label=_("Communes"),
        help_text=_(
            "Seulement si l’assemblée couvre des communes précises, et non un département entier. Une par ligne : "
            "le code INSEE, le nom s’il est unique, ou le nom et le département (« Saint-Denis 93 »)."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            # Filled in from the name while one types; by `clean` where no script ran.
            self.fields["slug"].required = False

    def clean(self):
        cleaned_data = super().clean()
        if not cleaned_data.get("slug") and cleaned_data.get("name") and not self.has_error("slug"):
            cleaned_data["slug"] = self.instance.slug or _free_slug(cleaned_data["name"])
        return cleaned_data


def _free_slug(name: str) -> str:
    base = slugify(anyascii(name).replace("'", "-"))[:50].strip("-") or "assemblee"
    names = (base, *(f"{base}-{number}" for number in range(2, 100)))
    return next(one for one in names if not Assembly.objects.filter(slug=one).exists())
