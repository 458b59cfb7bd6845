"""For the tests: own keys and own folder, nothing of the machine's site is read or written."""

import os
import tempfile

os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="egm-tests-")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["HTTPS"] = "off"
os.environ["BASE_URL"] = "http://testserver"

from .base import *  # noqa: F403
from .base import DATABASES, STORAGES

# Slow on purpose elsewhere; here nobody attacks.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
# Mails wait in the database as elsewhere; `outbox.send_due()` brings them to `django.core.mail.outbox`.
MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
# Each test holds its own connection: a pool would keep the test database busy when it is dropped.
DATABASES["default"]["OPTIONS"].pop("pool", None)
