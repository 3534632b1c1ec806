"""The one place where environment variables are read. The README's settings table mirrors it."""

from pathlib import Path

import environ

ROOT = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
if (ROOT / ".env").exists():
    env.read_env(ROOT / ".env")

VAR = Path(env.str("VAR_DIR", default=str(ROOT / "var")))
"""Run-time files: database, keys, media, built static files, outgoing mail in development."""

SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DATA_KEYS_FILE = env.str("DATA_KEYS_FILE", default="")
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
DEBUG = env.bool("DEBUG", default=False)
EMAIL_URL = env.str("EMAIL_URL", default="")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@example.org")
BASE_URL = env.str("BASE_URL", default="http://localhost:8000")
HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
EXIT_URL = env.str("EXIT_URL", default="https://www.bbc.co.uk/weather")
TRUST_PROXY = env.bool("TRUST_PROXY", default=False)
