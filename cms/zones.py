"""Which part of the site an address belongs to, and the policy each part keeps."""

from enum import StrEnum


class Zone(StrEnum):
    """One policy each for cookies, caching and content (see docs/security.md)."""

    PUBLIC = "public"
    JOURNEY = "journey"
    DESK = "desk"
    ADMIN = "admin"
    ACCOUNT = "account"
    STATIC = "static"


PREFIXES = {
    "/help/": Zone.JOURNEY,
    "/desk/": Zone.DESK,
    "/admin/": Zone.ADMIN,
    "/documents/": Zone.PUBLIC,
    "/account/": Zone.ACCOUNT,
    "/static/": Zone.STATIC,
    "/media/": Zone.STATIC,
}

NOT_STORED = {Zone.JOURNEY, Zone.DESK, Zone.ACCOUNT}
"""Pages that no browser or proxy may keep."""

NEEDS_SECOND_FACTOR = {Zone.DESK, Zone.ADMIN}


def zone_of(path: str) -> Zone:
    """Return the zone of an address's path."""
    return next((zone for prefix, zone in PREFIXES.items() if path.startswith(prefix)), Zone.PUBLIC)
