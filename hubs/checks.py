"""What must hold in the database before families are let in. Run by `manage.py check --database default`.

Warnings, not errors: `migrate` runs these too, and must not be stopped by something that is mended in the CMS. A
deployment asks for `--fail-level WARNING`.
"""

from collections.abc import Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError, connections
from django.db.models import Exists, OuterRef


@register(Tags.database)
def every_council_has_a_duty_team(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: object
) -> list[CheckMessage]:
    """Warn of councils where a request that cannot be placed would have nowhere to go."""
    from .models import Council, Locality

    duty = Locality.objects.filter(council=OuterRef("pk"), is_duty=True)
    names = _names(Council.objects.filter(~Exists(duty)), databases)
    return [
        Warning(
            f"{name} has no duty team",
            hint="Mark one locality as the one that takes what nobody else can.",
            id="hubs.W001",
        )
        for name in names
    ]


@register(Tags.database)
def every_locality_has_somebody(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: object
) -> list[CheckMessage]:
    """Warn of teams whose queue nobody can open today."""
    from .staffing import empty_teams

    names = _names(empty_teams(), databases)
    return [
        Warning(
            f"Nobody works in the team {name}",
            hint="Give somebody a membership that is in force today.",
            id="hubs.W002",
        )
        for name in names
    ]


def _names(rows, databases: Sequence[str] | None) -> list[str]:  # type: ignore[no-untyped-def]
    """Return the names of `rows` in the databases to be checked; none before they have been migrated."""
    names = []
    for alias in databases or []:
        connection = connections[alias]
        if rows.model._meta.db_table not in connection.introspection.table_names():
            continue
        try:
            names += rows.using(alias).order_by("name").values_list("name", flat=True)
        except DatabaseError:
            # Tables from before the migrations that are about to run.
            continue
    return names
