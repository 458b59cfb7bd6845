"""The lists that visitors filter. The list, its facets, its map and its exports come from one object: they cannot disagree."""

from .initiatives import InitiativeFilters
from .library import ResourceFilters

__all__ = ["InitiativeFilters", "ResourceFilters"]
