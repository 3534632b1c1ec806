"""Who can sign in to the demonstration. Everyone knows their passwords, so they work nowhere else."""

import base64
import hashlib
import time
from dataclasses import dataclass

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from hubs.models import Hub, Locality, Membership, User

PASSWORD = "tea and biscuits"  # noqa: S105 (meant to be known)
"""The one password of all of them."""


@dataclass(frozen=True)
class Place:
    """Where somebody of the demonstration works, by names that the data files use."""

    council: str
    team: str = ""
    desk_role: str = ""
    hub: str = ""
    organisation: str = ""
    leads_content: bool = False


def _person(code: str, name: str, role: str) -> dict[str, str]:
    return {"code": code, "name": name, "email": f"{code}@example.org", "role": role}


PEOPLE: list[dict[str, str]] = [
    _person("sam", "Sam Sampleford", "worker, Chesil team, Dorset"),
    _person("lee", "Lee Leadbeater-Test", "team lead, Chesil team, Dorset"),
    _person("noor", "Noor Placeholder", "worker, West Dorset team, Dorset"),
    _person("max", "Max Managerly", "manager of the teams, Dorset"),
    _person("hana", "Hana Hubbley", "staff of Lodmoor hub, Dorset"),
    _person("pip", "Pip Partnerson", "editor for Coastal Play Together, Dorset"),
    _person("cora", "Cora Contently", "content lead, all councils"),
    _person("bea", "Bea Bilstonia", "worker, Bilston team, Wolverhampton"),
    _person("amir", "Amir Leadwell-Test", "team lead, Bilston team, Wolverhampton"),
    _person("gus", "Gus Greenfixture", "worker, Wednesfield team, Wolverhampton"),
    _person("rita", "Rita Rosterly", "manager of the teams, Wolverhampton"),
    _person("jaz", "Jaz Bridgeford-Test", "staff of Bilston Bridge hub, Wolverhampton"),
    _person("olu", "Olu Canalside", "editor for Cut and Canal Community Trust, Wolverhampton"),
    _person("dot", "Dot Draftwell", "content lead, all councils"),
    _person("eve", "Eve Eastlindley", "worker, East Lindsey team, Lincolnshire"),
    _person("tom", "Tom Trialman", "team lead, East Lindsey team, Lincolnshire"),
    _person("kit", "Kit Kestevenly", "worker, North & South Kesteven team, Lincolnshire"),
    _person("ursa", "Ursa Underwritten", "manager of the teams, Lincolnshire"),
    _person("sid", "Sid Seathorne-Test", "staff of Seathorne hub, Lincolnshire"),
    _person("ania", "Ania Havenska-Test", "editor for Haven Friends, Lincolnshire"),
    _person("wyn", "Wyn Wordsworthy", "content lead, all councils"),
]
"""Three councils' people, each with a code: the short name that `manage.py demo --code` asks for."""

PLACES: dict[str, Place] = {
    "sam": Place("Dorset", team="Chesil", desk_role="worker"),
    "lee": Place("Dorset", team="Chesil", desk_role="lead"),
    "noor": Place("Dorset", team="West Dorset", desk_role="worker"),
    "max": Place("Dorset", desk_role="manager"),
    "hana": Place("Dorset", hub="dor-lod"),
    "pip": Place("Dorset", organisation="coastal-play"),
    "cora": Place("Dorset", leads_content=True),
    "bea": Place("Wolverhampton", team="Bilston", desk_role="worker"),
    "amir": Place("Wolverhampton", team="Bilston", desk_role="lead"),
    "gus": Place("Wolverhampton", team="Wednesfield", desk_role="worker"),
    "rita": Place("Wolverhampton", desk_role="manager"),
    "jaz": Place("Wolverhampton", hub="wol-bil"),
    "olu": Place("Wolverhampton", organisation="cut-and-canal"),
    "dot": Place("Wolverhampton", leads_content=True),
    "eve": Place("Lincolnshire", team="East Lindsey", desk_role="worker"),
    "tom": Place("Lincolnshire", team="East Lindsey", desk_role="lead"),
    "kit": Place("Lincolnshire", team="North & South Kesteven", desk_role="worker"),
    "ursa": Place("Lincolnshire", desk_role="manager"),
    "sid": Place("Lincolnshire", hub="lin-sea"),
    "ania": Place("Lincolnshire", organisation="haven-friends"),
    "wyn": Place("Lincolnshire", leads_content=True),
}
"""Where each works, by code. Managers hold a place in every team of their council."""


class NoSuchPerson(LookupError):
    """Nobody in the demonstration has that code. `str(error)` lists who has one."""

    def __init__(self, name: str) -> None:
        codes = ", ".join(person["code"] for person in PEOPLE)
        super().__init__(f"Nobody here is called {name}. There are: {codes}")


def find(name: str) -> dict[str, str]:
    """Return one of `PEOPLE` by code or e-mail address.

    Raises:
        NoSuchPerson: there is none.
    """
    wanted = name.strip().lower()
    for person in PEOPLE:
        if wanted in (person["code"], person["email"]):
            return person
    raise NoSuchPerson(name)


def seed(email: str) -> str:
    """Return a person's second-factor seed, in base 32. Worked out from the address, so anybody can."""
    digest = hashlib.sha256(f"family hubs demonstration {email}".encode()).digest()
    return base64.b32encode(digest[:20]).decode()


def current_code(name: str) -> str:
    """Return the six digits that sign `name` in for the next half minute or so.

    Raises:
        NoSuchPerson: there is nobody of that code.
    """
    counter = int(time.time()) // totp.app_settings.TOTP_PERIOD
    value = totp.hotp_value(seed(find(name)["email"]), counter)
    return totp.format_hotp_value(value)


def load() -> dict[str, User]:
    """Make the people or bring them up to date, each with a password and a second factor. Returns them by code."""
    password = make_password(PASSWORD)
    people = {person["code"]: _load(person, password) for person in PEOPLE}
    _enrol(people.values())
    return people


def _load(person: dict[str, str], password: str) -> User:
    first, last = person["name"].split(" ", 1)
    user, _ = User.objects.update_or_create(
        email=person["email"],
        defaults={
            "first_name": first,
            "last_name": last,
            "password": password,
            "is_active": True,
            "for_demonstration": True,
        },
    )
    return user


def _enrol(people: object) -> None:
    adapter = get_adapter()
    for user in people:  # type: ignore[attr-defined]
        Authenticator.objects.update_or_create(
            user=user,
            type=Authenticator.Type.TOTP,
            defaults={"data": {"secret": adapter.encrypt(seed(user.email))}},
        )


def join_teams(people: dict[str, User]) -> None:
    """Give the workers their teams, and managers all the teams of their council."""
    teams = {(team.council.name, team.name): team for team in Locality.objects.select_related("council")}
    for code, place in PLACES.items():
        for team in _teams(place, teams):
            Membership.objects.get_or_create(
                user=people[code],
                locality=team,
                role=place.desk_role,
                defaults={"starts": timezone.localdate()},
            )


def _teams(place: Place, teams: dict[tuple[str, str], Locality]) -> list[Locality]:
    if place.desk_role == Membership.Role.MANAGER:
        return [team for (council, _), team in teams.items() if council == place.council]
    return [teams[place.council, place.team]] if place.team else []


def staff_hubs(people: dict[str, User], hubs: dict[str, Hub]) -> None:
    """Let the staff of a hub edit it."""
    for code, place in PLACES.items():
        if place.hub:
            hubs[place.hub].editors.add(people[code])
            hubs[place.hub].editors.commit()
