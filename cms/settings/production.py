"""A real council. Refuses to start when something that keeps families safe is missing."""

from django.core.exceptions import ImproperlyConfigured

from . import environment
from .base import *

_missing = [
    name
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATA_KEYS_FILE", "DATABASE_URL")
    if not getattr(environment, name)
]
if _missing:
    raise ImproperlyConfigured(f"Set {', '.join(_missing)} before starting in production (see the README)")
if environment.DEBUG:
    raise ImproperlyConfigured("DEBUG must be off in production: its error pages show personal data")

DEBUG = False
DEMO_REFUSED = True
"""Production will not serve a database that is marked as a demonstration."""

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = environment.HSTS_SECONDS
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if environment.TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-fh"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-fh-csrf"
DRAFT_COOKIE_NAME = "__Host-fh-draft"
