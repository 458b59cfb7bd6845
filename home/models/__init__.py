from .base import BasePage
from .media import CustomDocument, CustomImage, CustomRendition
from .pages import HomePage, HomePhase, PlainPage
from .settings import Generation, SeededKey, SiteSettings
from .users import User

__all__ = [
    "BasePage",
    "CustomDocument",
    "CustomImage",
    "CustomRendition",
    "Generation",
    "HomePage",
    "HomePhase",
    "PlainPage",
    "SeededKey",
    "SiteSettings",
    "User",
]
