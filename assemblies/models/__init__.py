from .agendas import EventIndexPage
from .assemblies import Assembly
from .event_dates import EventStatus
from .events import EventKind, EventPage
from .pages import AssemblyIndexPage, AssemblyPage
from .proposals import EventProposal

__all__ = [
    "Assembly",
    "AssemblyIndexPage",
    "AssemblyPage",
    "EventIndexPage",
    "EventKind",
    "EventPage",
    "EventProposal",
    "EventStatus",
]
