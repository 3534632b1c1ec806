"""Where the demonstration may be loaded, and who may serve it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cms import checks
from cms.demo import people
from hubs.models import Council, Demonstration
from tests.factories.hubs import PASSWORD, CouncilFactory, UserFactory


def load(**options):
    call_command("demo", verbosity=0, **options)


def test_it_leaves_a_database_with_somebodys_data_alone(db):
    CouncilFactory(name="A real council")

    with pytest.raises(CommandError, match="Nothing was changed"):
        load()

    assert Council.objects.count() == 1
    assert not Demonstration.here()


def test_it_loads_over_data_when_told_to_and_says_what_it_does(db):
    CouncilFactory(name="A council being tried out")

    said = StringIO()

    call_command("demo", yes=True, stdout=said)

    assert Council.objects.count() == 4
    assert Demonstration.here()
    assert "Hubs and their opening hours" in said.getvalue()
    assert f"Password for all of them: {people.PASSWORD}" in said.getvalue()


def test_production_will_not_serve_it(db, settings):
    Demonstration.objects.create()
    settings.DEMO_REFUSED = True

    assert [error.id for error in checks.no_demonstration_in_production(databases=["default"])] == [
        "cms.E001"
    ]


def test_production_serves_a_database_that_is_not_one(db, settings):
    settings.DEMO_REFUSED = True

    assert checks.no_demonstration_in_production(databases=["default"]) == []


@pytest.mark.django_db(transaction=True)
def test_production_does_not_start_on_it(settings):
    settings.DEMO_REFUSED = True
    checks.refuse_demonstration()
    Demonstration.objects.create()

    with pytest.raises(checks.DemonstrationRefused, match="marked as a demonstration"):
        checks.refuse_demonstration()


@pytest.mark.parametrize("in_production", [False, True])
def test_nobody_of_it_signs_in_to_production(in_production, db, settings, client):
    settings.DEMO_REFUSED = in_production
    Demonstration.objects.create()
    person = UserFactory(for_demonstration=True)

    client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})

    assert ("_auth_user_id" in client.session) is not in_production
