"""Two hundred communes, from every part of France: each dossier is built, whole, in good French, and gives nothing away.

`make proofs`, about ten minutes. Prints the time of each build once the parts that suit every commune are printed.
"""

import random
import re
import statistics
import subprocess
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pypdf import PdfReader

from resources.dossiers.dossier import Dossier
from territory.models import Commune
from tests.factories import AssemblyFactory

# Y, L’Haÿ-les-Roses, Œting, Les Abymes, Le Vigan, Saint-Denis of Seine-Saint-Denis and of La Réunion, Le Havre…
EDGES = ["80829", "94038", "57521", "97101", "30350", "93066", "97411", "76351", "51513", "2A004", "75056", "97608"]
OVERSEAS = 20
NUMBER = 200
MARKER = "marqueur-prive@example.org"


def commune_words(dossier, text):
    """The mentions of the commune with the word before them."""
    bare = re.escape(dossier.values["commune"])
    return re.findall(rf"\b(?:de|d’|à|du|des|au|aux) ?{bare}", text)


@pytest.fixture
def campaign(db):
    call_command("load_campaign", verbosity=0)
    for departement in ("31", "93", "974", "30"):
        AssemblyFactory(departements=[departement], private_contact=MARKER, name_shown=True)


def communes():
    draw = random.Random(2026)
    codes = list(Commune.objects.order_by("pk").values_list("pk", flat=True))
    overseas = draw.sample([code for code in codes if code.startswith("97")], OVERSEAS)
    chosen = dict.fromkeys([*EDGES, *overseas, *draw.sample(codes, NUMBER)])
    return [code for code in chosen if code in set(codes)][:NUMBER]


def office_text(content, name):
    with zipfile.ZipFile(BytesIO(content)) as document:
        xml = document.read("content.xml" if name.endswith("odt") else "word/document.xml").decode()
    return re.sub(r"<[^>]+>", "", re.sub(r"</(?:text:p|w:p)>", "\n", xml))


def test_two_hundred_dossiers(campaign, tmp_path, capsys):
    warm = Dossier(Commune.objects.with_places().get(pk="31555"))
    warm.archive()
    times, wrong = [], []
    for code in communes():
        dossier = Dossier(Commune.objects.with_places().get(pk=code))
        # The examples of the place are printed once for all communes; they are not what is timed.
        for piece in dossier.pieces:
            if not piece.local:
                list(piece.files())
        start = time.perf_counter()
        archive = dossier.archive()
        times.append(time.perf_counter() - start)
        with zipfile.ZipFile(BytesIO(b"".join(archive.chunks()))) as opened:
            assert opened.testzip() is None
            for name in opened.namelist():
                content = opened.read(name)
                assert MARKER.encode() not in content, (code, name)
                if name.endswith((".odt", ".docx")) and name.startswith(("lettre", "demande", "bulletin")):
                    text = office_text(content, name)
                    assert MARKER not in text, (code, name)
                    assert "{{" not in text, (code, name)
                    assert dossier.values["commune"] in text, (code, name)
                    right = (dossier.values["de_commune"], dossier.values["a_commune"])
                    wrong += [(code, name, said) for said in commune_words(dossier, text) if said not in right]
                elif name.endswith(".pdf"):
                    reader = PdfReader(BytesIO(content))
                    assert reader.metadata.title, (code, name)
                    assert reader.trailer["/Root"]["/Lang"] == "fr", (code, name)
                    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"], (code, name)
    with capsys.disabled():
        print(
            f"\n{len(times)} dossiers: median {statistics.median(times):.2f} s,"
            f" p95 {sorted(times)[int(len(times) * 0.95)]:.2f} s, max {max(times):.2f} s"
        )
    assert wrong == []
    # One whole, as the checker of accessibility sees it.
    path = tmp_path / "dossier.pdf"
    path.write_bytes(warm.pdf()[1])
    checked = subprocess.run(
        [Path(sys.executable).parent / "outloud", path], capture_output=True, text=True, check=False
    )
    assert " 0 error(s)" in checked.stdout, checked.stdout[-2000:]
