from .base import BasePage
from .counters import Counter
from .links import Link
from .mail import OutgoingMail
from .media import CustomDocument, CustomImage, CustomRendition
from .pages import HomePage, HomePhase, PlainPage
from .settings import Generation, SeededKey, SiteSettings
from .users import User

__all__ = [
    "BasePage",
    "Counter",
    "CustomDocument",
    "CustomImage",
    "CustomRendition",
    "Generation",
    "HomePage",
    "HomePhase",
    "Link",
    "OutgoingMail",
    "PlainPage",
    "SeededKey",
    "SiteSettings",
    "User",
]
