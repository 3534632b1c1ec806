"""Two teams of one council, with somebody signed in to each."""

import pytest
from django.test import Client

from tests.factories.hubs import CouncilFactory, LocalityFactory
from tests.factories.referrals import QueueEntryFactory, WorkerFactory
from tests.signin import sign_in


@pytest.fixture
def dorset(db):
    return CouncilFactory(dorset=True)


@pytest.fixture
def chesil(dorset):
    return LocalityFactory(council=dorset, name="Chesil")


@pytest.fixture
def north(dorset):
    return LocalityFactory(council=dorset, name="North")


@pytest.fixture
def sam(chesil):
    return WorkerFactory(of=chesil, first_name="Sam", last_name="Okafor")


@pytest.fixture
def nell(north):
    return WorkerFactory(of=north, first_name="Nell", last_name="Northerly")


@pytest.fixture
def at_chesil(sam):
    """Sam's browser."""
    return sign_in(Client(), sam)


@pytest.fixture
def at_north(nell):
    """Nell's browser."""
    return sign_in(Client(), nell)


@pytest.fixture
def entry(chesil):
    """A request in Chesil's queue that nobody has claimed."""
    return QueueEntryFactory(locality=chesil)
