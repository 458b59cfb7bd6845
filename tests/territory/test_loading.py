import csv
import io
import lzma

import pytest
from django.core.management import call_command
from django.utils import timezone

from territory.loading import ALIASES_FILE, COMMUNES_FILE, commune_slug, load_communes
from territory.lookup import find_communes
from territory.models import Commune, CommuneAlias, DataRelease, Departement, Election, Region, Round, RoundHours

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed(tmp_path):
    """The data file with its rows passed through a function."""

    def write(change, source=COMMUNES_FILE):
        with lzma.open(source, "rt", encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        fields = list(rows[0])
        text = io.StringIO()
        writer = csv.DictWriter(text, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))
        file = tmp_path / source.name
        file.write_bytes(lzma.compress(text.getvalue().encode(), preset=0))
        return file

    return write


def test_france_is_there():
    assert Commune.objects.count() == 34_963
    assert Departement.objects.count() == 107
    assert Region.objects.count() == 24
    assert CommuneAlias.objects.count() == 2_547
    ajaccio = Commune.objects.get(pk="2A004")
    assert (ajaccio.departement_id, ajaccio.postal_code_list) == ("2A", ["20000", "20090", "20167"])


def test_what_is_loaded_is_not_loaded_again(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert load_communes().skipped


def test_loading_twice_changes_nothing():
    before = list(Commune.objects.order_by("pk").values())
    aliases = list(CommuneAlias.objects.order_by("pk").values())
    report = load_communes(force=True)
    assert (report.communes, report.deleted, report.kept) == (34_963, 0, [])
    assert list(Commune.objects.order_by("pk").values()) == before
    assert list(CommuneAlias.objects.order_by("pk").values()) == aliases


def test_a_changed_file_corrects_and_the_look_up_follows(changed):
    def change(rows):
        for row in rows:
            if row["code_insee"] == "38185":
                row["name"], row["population"] = "Grenoble-la-Neuve", "7"
        return rows

    assert find_communes("grenoble")[0].name == "Grenoble"
    assert not load_communes(changed(change), ALIASES_FILE).skipped
    grenoble = Commune.objects.get(pk="38185")
    assert (grenoble.name, grenoble.slug, grenoble.population) == ("Grenoble-la-Neuve", "grenoble-la-neuve", 7)
    assert find_communes("grenoble la neuve")[0].exact


def test_what_left_the_file_is_deleted_but_not_what_the_site_refers_to(changed):
    election = Election.objects.create(name="Partielle", slug="partielle", departement_id="976")
    row = Round.objects.create(election=election, number=1, date=timezone.localdate())
    RoundHours.objects.create(round=row, departement_id="974", closes_at="18:00")
    gone = changed(lambda rows: [one for one in rows if one["departement_code"] not in ("974", "976", "988", "90")])
    report = load_communes(gone, ALIASES_FILE)
    assert not Commune.objects.filter(departement__in=["974", "976", "988", "90"]).exists()
    assert not Departement.objects.filter(pk="90").exists()
    assert set(Departement.objects.filter(pk__in=["974", "976"]).values_list("pk", flat=True)) == {"974", "976"}
    assert set(report.kept) == {"La Réunion (974)", "Mayotte (976)", "La Réunion", "Mayotte"}


def test_a_file_that_cannot_be_read_changes_nothing(tmp_path):
    broken = tmp_path / "communes.csv.xz"
    broken.write_bytes(lzma.compress(b"code_insee,name\n01001,Seule\n"))
    with pytest.raises(KeyError):
        load_communes(broken, ALIASES_FILE)
    assert Commune.objects.count() == 34_963


def test_the_command_says_in_french_what_it_did(capsys):
    call_command("load_communes")
    assert "déjà à jour" in capsys.readouterr().out
    DataRelease.objects.update(digest="")
    call_command("load_communes")
    assert "34963 chargées" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("L'Haÿ-les-Roses", "l-hay-les-roses"),
        ("Œting", "oeting"),
        ("Oô", "oo"),
        ("Brissac Loire Aubance", "brissac-loire-aubance"),
    ],
)
def test_a_slug_is_readable(name, slug):
    assert commune_slug(name) == slug
