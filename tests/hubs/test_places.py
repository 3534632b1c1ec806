"""Loading outcodes and towns."""

import pytest

from hubs.models import Outcode, Town
from hubs.places import OutcodeRow, TownRow, load_outcodes, load_towns

pytestmark = pytest.mark.django_db


def test_outcodes_are_added_and_brought_up_to_date():
    load_outcodes([OutcodeRow("DT1", 50.7, -2.4, "Dorchester"), OutcodeRow("DT4", 50.6, -2.45)])

    assert load_outcodes([OutcodeRow("DT1", 50.71, -2.44, "Dorchester town")]) == 1

    assert list(Outcode.objects.values_list("code", "latitude", "place")) == [
        ("DT1", 50.71, "Dorchester town"),
        ("DT4", 50.6, ""),
    ]


def test_towns_are_added_and_brought_up_to_date_by_name_and_county():
    load_towns([TownRow("Stoke", "Dorset", 50.7, -2.4, "DT1"), TownRow("Stoke", "Lincolnshire", 53.1, -0.5)])

    assert load_towns(iter([TownRow("Stoke", "Dorset", 50.7, -2.4, "DT2", "E06000059", "E05012698")])) == 1

    assert list(Town.objects.values_list("name", "county", "outcode", "ward")) == [
        ("Stoke", "Dorset", "DT2", "E05012698"),
        ("Stoke", "Lincolnshire", "", ""),
    ]
