"""SQLite's planner is told how large the tables are."""

import pytest
from django.db import connection

from hubs import statistics
from hubs.models import Location
from tests.factories.hubs import HubFactory

pytestmark = pytest.mark.django_db


def rows_known(table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = %s", [table])
        return {int(stat.split()[0]) for (stat,) in cursor.fetchall()}


def test_sqlite_learns_that_hubs_are_few_among_places(django_assert_num_queries):
    hub = HubFactory()
    Location.objects.bulk_create(
        Location(name=f"Hall {number}", council=hub.council, latitude=50, longitude=-2)
        for number in range(499)
    )

    if connection.vendor == "sqlite":
        statistics.refresh()
        assert (rows_known("hubs_hub"), rows_known("hubs_location")) == ({1}, {500})
    else:
        with django_assert_num_queries(0):
            statistics.refresh()
