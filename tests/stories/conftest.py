"""Stories are told on the demonstration, in a real browser."""

import pytest
from django.core.management import call_command


@pytest.fixture
def demo(transactional_db):
    """The demonstration, loaded into the database that the test server uses."""
    call_command("demo", verbosity=0)
