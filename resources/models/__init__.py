from .argument import ArgumentPage, MeasurePage
from .calendar import CalendarStep
from .downloads import DownloadCount
from .files import ResourceFile
from .initiatives import Alternance, InitiativeCommune, InitiativeIndexPage, InitiativeMeasure, InitiativePage, Status
from .kits import KitIndexPage, KitItem, KitPage
from .letters import LetterPage
from .library import Audience, ResourceIndexPage, ResourceKind, ResourceMeasure, ResourcePage
from .local_library import LocalLibraryPage
from .measures import Authority, Measure, MeasuresField

__all__ = [
    "Alternance",
    "ArgumentPage",
    "Audience",
    "Authority",
    "CalendarStep",
    "DownloadCount",
    "InitiativeCommune",
    "InitiativeIndexPage",
    "InitiativeMeasure",
    "InitiativePage",
    "KitIndexPage",
    "KitItem",
    "KitPage",
    "LetterPage",
    "LocalLibraryPage",
    "Measure",
    "MeasurePage",
    "MeasuresField",
    "ResourceFile",
    "ResourceIndexPage",
    "ResourceKind",
    "ResourceMeasure",
    "ResourcePage",
    "Status",
]
