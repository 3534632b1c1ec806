"""The public pages."""

import pytest

from tests.factories.directory import PlacedServiceFactory

pytestmark = pytest.mark.django_db


def test_find_answers(client):
    PlacedServiceFactory()
    for path in ("/find/", "/whats-on/", "/hubs/", "/find/stay-and-play-0/"):
        assert client.get(path).status_code in (200, 404)
