from .assemblies import Assembly
from .events import EventIndexPage, EventPage
from .pages import AssemblyIndexPage, AssemblyPage

__all__ = ["Assembly", "AssemblyIndexPage", "AssemblyPage", "EventIndexPage", "EventPage"]
