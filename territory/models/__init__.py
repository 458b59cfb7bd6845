from .elections import Election, Phase, Round, RoundHours
from .places import Commune, CommuneAlias, CommuneSize, DataRelease, Departement, Region, distance_km, km_from

__all__ = [
    "Commune",
    "CommuneAlias",
    "CommuneSize",
    "DataRelease",
    "Departement",
    "Election",
    "Phase",
    "Region",
    "Round",
    "RoundHours",
    "distance_km",
    "km_from",
]
