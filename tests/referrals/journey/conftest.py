"""The council that every test of the journey happens in."""

import pytest

from tests.referrals.family import dorset


@pytest.fixture
def council(db):
    return dorset()
