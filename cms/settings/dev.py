"""A laptop: embedded SQLite, mail into files, keys made on first use."""

import secrets

from . import environment
from .base import *
from .base import VAR

DEBUG = environment.DEBUG
STYLEGUIDE = True
SERVE_MEDIA = True


def _secret_key() -> str:
    """Return the laptop's own secret, made once and kept beside the database."""
    path = VAR / "secret_key"
    if not path.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


SECRET_KEY = environment.SECRET_KEY or _secret_key()
ALLOWED_HOSTS = environment.ALLOWED_HOSTS or ["*"]
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
