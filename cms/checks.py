"""What must hold of the database before it serves families."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections

from hubs.models import Demonstration

REFUSAL = (
    "This database is marked as a demonstration, whose passwords everybody knows. Production will not serve it. "
    "Set DATABASE_URL to a database of your own"
)


class DemonstrationRefused(ImproperlyConfigured):
    """Production was about to serve a demonstration."""

    def __init__(self) -> None:
        super().__init__(REFUSAL)


def refuse_demonstration(alias: str = "default") -> None:
    """Raise `DemonstrationRefused` when production is about to serve a demonstration.

    A database that does not answer yet stops nobody: `/readyz` says so, and in production the people of a
    demonstration cannot sign in anyway.
    """
    if not settings.DEMO_REFUSED:
        return
    try:
        refused = _is_demonstration(alias)
    except OperationalError:
        return
    finally:
        disconnect(alias)
    if refused:
        raise DemonstrationRefused


def disconnect(alias: str) -> None:
    """Close the connection and its pool: gunicorn may be about to fork, and neither must be shared."""
    connections[alias].close()
    # Only PostgreSQL's has a pool.
    if close_pool := getattr(connections[alias], "close_pool", None):
        close_pool()


def _is_demonstration(alias: str) -> bool:
    tables = connections[alias].introspection.table_names()
    return Demonstration._meta.db_table in tables and Demonstration.objects.using(alias).exists()


@register(Tags.database)
def no_demonstration_in_production(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Say the same before `migrate` and in `check --database default`."""
    if not settings.DEMO_REFUSED:
        return []
    return [Error(REFUSAL, id="cms.E001") for alias in databases or () if _is_demonstration(alias)]
