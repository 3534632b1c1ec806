"""Whether every team has somebody who can open its requests."""

import logging

from django.db.models import Exists, OuterRef, QuerySet

from .models import Locality, Membership

log = logging.getLogger(__name__)


def empty_teams() -> QuerySet[Locality]:
    """Return the teams whose queue nobody can open today. Auditors read; they take nothing on."""
    working = Membership.objects.current().exclude(role=Membership.Role.AUDITOR)
    return Locality.objects.filter(~Exists(working.filter(locality=OuterRef("pk")))).select_related("council")


def tell_of_empty_teams() -> int:
    """Log an error for each team that nobody works in, and return how many there are. The worker asks once a day."""
    teams = list(empty_teams())
    for team in teams:
        log.error("Nobody works in the team %s. Nobody can open what families send it", team)
    return len(teams)
