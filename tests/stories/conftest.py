"""Stories are told on the demonstration, in a real browser."""

import pytest
from django.core.management import call_command


@pytest.fixture
def demo(transactional_db, django_db_setup):
    """The demonstration, in the database that the test server uses."""
    django_db_setup.begin_with("demo", lambda: call_command("demo", verbosity=0))
