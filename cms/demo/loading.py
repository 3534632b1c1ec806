"""Loads the whole demonstration, step by step."""

from collections.abc import Callable

from django.contrib.auth.models import Group
from django.db import transaction

from directory.models import Service
from hubs.models import Council, Demonstration, User
from referrals.models import Referral

from . import listings, pages, people, places, requests

Say = Callable[[str], None]

DESK_AND_CMS = {"hub": "Hub staff", "organisation": "Partners", "leads_content": "Content leads"}
"""The editors' group that goes with each kind of place somebody may have."""


def holds_real_data() -> bool:
    """Say whether there is anything here that somebody made, in a database not marked as a demonstration."""
    if Demonstration.here():
        return False
    return any(model.objects.exists() for model in (Council, Service, Referral, User))


@transaction.atomic
def load(say: Say) -> None:
    """Make the demonstration or bring it up to date, with its dates round today. All or nothing."""
    if not Demonstration.here():
        Demonstration.objects.create()
    say("People, their passwords and second factors")
    staff = people.load()
    say("Councils, teams, wards, postcode districts and towns")
    councils = places.load_councils()
    teams = places.load_teams(councils)
    places.load_rough_places()
    people.join_teams(staff)
    say("Hubs and their opening hours")
    hubs = places.load_hubs(councils, teams)
    people.staff_hubs(staff, hubs)
    directory = listings.Directory(
        councils=councils,
        hubs=hubs,
        places=places.load_places(councils),
        topics=listings.load_topics(),
        organisations=listings.load_organisations(staff),
    )
    say("Activities and offers, with their dates")
    made = listings.load_listings(directory)
    listings.check_listings(made, staff)
    _join_groups(staff)
    say("Pages")
    pages.load(councils.values())
    say("Requests for help, through the same door as a family's")
    requests.load(staff, teams)


def _join_groups(staff: dict[str, User]) -> None:
    groups = {group.name: group for group in Group.objects.filter(name__in=DESK_AND_CMS.values())}
    for code, place in people.PLACES.items():
        wanted = [groups[name] for kind, name in DESK_AND_CMS.items() if getattr(place, kind)]
        if place.leads_content or place.desk_role == "manager":
            wanted.append(Group.objects.get(name="Council settings"))
        staff[code].groups.set(wanted)
