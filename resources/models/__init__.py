from .argument import ArgumentPage, MeasurePage
from .initiatives import Alternance, InitiativeCommune, InitiativeIndexPage, InitiativeMeasure, InitiativePage, Status
from .library import Audience, ResourceFile, ResourceIndexPage, ResourceKind, ResourceMeasure, ResourcePage
from .measures import Authority, Measure, MeasuresField

__all__ = [
    "Alternance",
    "ArgumentPage",
    "Audience",
    "Authority",
    "InitiativeCommune",
    "InitiativeIndexPage",
    "InitiativeMeasure",
    "InitiativePage",
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
