"""The dossier of a commune: who, where and when; what it holds is the makers'."""

import datetime
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from assemblies.directory import Entry as AssemblyEntry
from assemblies.directory import directory
from home.dates import long_date
from home.printing import press, printed_together
from home.typography import french
from territory.models import Commune, Election, Phase

from ..archives import Archive, Entry
from ..models.letters import Recipient, VersionSize, election_words, values_of
from ..packing import pack
from .pieces import Piece, pieces_of


@dataclass(frozen=True)
class Wishes:
    """What the visitor typed, for this answer only: never stored, never in an address, a log or a cache."""

    recipients: tuple[str, ...] = ()
    debate_date: str = ""
    debate_place: str = ""
    signatory: str = ""
    # Keys of the pieces wanted; all of them when empty.
    pieces: tuple[str, ...] = ()

    @property
    def are_personal(self) -> bool:
        return bool(self.recipients or self.debate_date or self.debate_place or self.signatory)

    @property
    def has_debate(self) -> bool:
        return bool(self.debate_date or self.debate_place)


@dataclass(frozen=True)
class Dossier:
    commune: Commune
    wishes: Wishes = field(default_factory=Wishes, repr=False)
    day: datetime.date = field(default_factory=timezone.localdate)

    @cached_property
    def election(self) -> Election | None:
        return Election.objects.current(self.day)

    @cached_property
    def phase(self) -> str:
        return self.election.phase() if self.election else Phase.MANDATE

    @cached_property
    def assemblies(self) -> list[AssemblyEntry]:
        """Those of the commune: that which names it first. The private contact of none is ever read here."""
        return directory().covering(self.commune.pk, self.commune.departement_id)

    @property
    def recipient(self) -> Recipient:
        return Recipient.in_phase(self.phase)

    @property
    def size(self) -> VersionSize:
        return VersionSize.of(self.commune)

    @property
    def title(self) -> str:
        return _("Dossier %s") % self.values["de_commune"]

    @cached_property
    def values(self) -> dict[str, str]:
        """Every merge field but the recipient's; what nobody gave is left out, and prints as a blank."""
        wishes = self.wishes
        return (
            values_of(self.commune)
            | sender(next(iter(self.assemblies), None))
            | {
                "date": long_date(self.day),
                "election": election_words(self.election),
                "signataire": wishes.signatory,
                "date_debat": wishes.debate_date,
                "lieu_debat": wishes.debate_place,
                "lien": settings.BASE_URL + self.commune.get_absolute_url(),
            }
        )

    def values_of_letter(self, letter) -> dict[str, str]:
        """The same; a letter that an assembly wrote speaks in the name of that one."""
        own = next((one for one in self.assemblies if one.pk == letter.assembly_id), None)
        return self.values | (sender(own) if own else {})

    @cached_property
    def all_pieces(self) -> list[Piece]:
        return pieces_of(self)

    @cached_property
    def pieces(self) -> list[Piece]:
        """Those wanted, in print order."""
        wanted = self.wishes.pieces
        return [piece for piece in self.all_pieces if not wanted or piece.key in wanted] or self.all_pieces

    @property
    def is_personal(self) -> bool:
        return self.wishes.are_personal

    def archive(self) -> Archive:
        """The editable files. Raises `PressBusy`."""
        with press():
            entries = [Entry.from_bytes(name, content) for piece in self.pieces for name, content in piece.files()]
        return pack(
            entries,
            title=self.title,
            template="resources/print/dossier_index.html",
            context={"dossier": self, "pieces": self.pieces},
            licence=self.licences(),
        )

    def licences(self) -> str:
        lines = [_("Licence de chaque document de ce dossier"), ""]
        for piece in self.pieces:
            page = piece.context.get("page")
            lines.append(f"{piece.title} : {getattr(page, 'licence', '') or 'CC BY-SA 4.0'}")
        return french("\n".join([*dict.fromkeys(lines), ""]))

    def pdf(self) -> tuple[str, bytes]:
        """Everything in print order as one PDF: (key of the content, bytes). Raises `PressBusy`."""
        proofs = [piece.proof() for piece in self.pieces if "pdf" in piece.formats]
        seconds = 0 if self.is_personal else min(piece.kept_seconds for piece in self.pieces)
        return printed_together(proofs, seconds=seconds)


def sender(assembly: AssemblyEntry | None) -> dict[str, str]:
    """What a letter says of an assembly: its name where it opted in; its printable contact, else where to write to it."""
    if assembly is None:
        return {"assemblee": "", "contact": ""}
    relay = settings.BASE_URL + assembly.relay_url if assembly.relay_url else ""
    return {
        "assemblee": assembly.name if assembly.name_shown else "",
        "contact": assembly.printable_contact or relay,
    }
