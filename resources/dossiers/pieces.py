"""What a dossier is made of: pieces, given by makers. An app of an upper floor adds its own in `AppConfig.ready()`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from home.printing import KEPT_A_DAY, KEPT_SECONDS, Proof, print_proof, set_proof

ALL_FORMATS = ("pdf", "odt", "docx", "html")


@dataclass(frozen=True)
class Piece:
    """One document of a dossier, in several formats.

    `name` is the path of its files without extension (`Lettres/Lettre 1`). `local`: it differs from a commune or a day
    to the next. `personal`: it holds what the visitor typed, and is kept nowhere. `screen` is the template that shows it
    on the page of the dossier, given `piece` and its context.
    """

    key: str
    title: str
    name: str
    template: str
    context: dict = field(repr=False)
    formats: tuple[str, ...] = ALL_FORMATS
    local: bool = True
    personal: bool = False
    screen: str = ""
    note: str = ""

    @property
    def kept_seconds(self) -> int:
        return 0 if self.personal else KEPT_A_DAY if self.local else KEPT_SECONDS

    def proof(self, file_format="pdf") -> Proof:
        """`a3.pdf` is a PDF on the larger sheet."""
        paper, _dot, extension = file_format.rpartition(".")
        return set_proof(self.template, {"paper": "A3" if paper == "a3" else "A4", **self.context}, extension)

    def file_name(self, file_format) -> str:
        paper, _dot, extension = file_format.rpartition(".")
        return f"{self.name}{f' {paper.upper()}' if paper else ''}.{extension}"

    @property
    def file_names(self) -> list[str]:
        return [self.file_name(file_format) for file_format in self.formats]

    def files(self) -> Iterable[tuple[str, bytes]]:
        """(name with extension, bytes) of each format. Raises `PressBusy`."""
        for file_format in self.formats:
            yield self.file_name(file_format), self.content(file_format)

    def content(self, file_format) -> bytes:
        proof = self.proof(file_format)
        return proof.html.encode() if proof.extension == "html" else print_proof(proof, seconds=self.kept_seconds)


_makers: dict[str, tuple[int, Callable]] = {}


def register(name: str, position: int, maker: Callable[..., Iterable[Piece]]):
    """Have `maker(dossier)` give pieces at a place of the print order. The same name again replaces it."""
    _makers[name] = (position, maker)


def pieces_of(dossier) -> list[Piece]:
    """All the pieces of a dossier, in print order."""
    makers = sorted(_makers.items(), key=lambda item: (item[1][0], item[0]))
    return [piece for _name, (_position, maker) in makers for piece in maker(dossier)]
