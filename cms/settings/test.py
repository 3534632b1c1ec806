"""Tests: SQLite in a file unless DATABASE_URL names another, everything else as close to real as is quick."""

import atexit
import json
import secrets
import shutil
import tempfile
from pathlib import Path

from . import environment
from .base import *
from .base import DATABASES, database

SECRET_KEY = "tests-only-not-a-secret-" + "x" * 40
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STYLEGUIDE = True
SERVE_MEDIA = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

_scratch = Path(tempfile.mkdtemp(prefix="family-hubs-tests-"))
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
MEDIA_ROOT = _scratch / "media"
DATA_KEYS_FILE = str(_scratch / "keys.json")
Path(DATA_KEYS_FILE).write_text(
    json.dumps(
        {
            "enc": {"1": secrets.token_hex(32)},
            "index": secrets.token_hex(32),
            "pepper": secrets.token_hex(32),
        }
    )
)

DATABASES["default"] = database(environment.DATABASE_URL or f"sqlite:///{_scratch / 'db.sqlite3'}")
# Nothing here has to outlive a power cut.
_options = DATABASES["default"]["OPTIONS"]
if "init_command" in _options:
    _options["init_command"] += "PRAGMA synchronous=OFF;"
else:
    _options["options"] = "-c synchronous_commit=off"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
# Files are looked up when asked for: a test client would otherwise list them all before its first page.
WHITENOISE_AUTOREFRESH = True
