"""For those who change the code: errors in full, files as they are on disk. Same database and keys as `make run`."""

from .base import *  # noqa: F403
from .base import STORAGES

DEBUG = True
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
