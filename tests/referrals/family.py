"""Juniper's family and the council that helps them: answers as the journey keeps them, and as a browser posts them."""

import copy

from django.conf import settings

from hubs.models import CouncilNumber, LocalityRule
from referrals import drafts
from referrals.journey.steps import BY_SLUG
from tests.factories.hubs import (
    CouncilFactory,
    CouncilNumberFactory,
    LocalityFactory,
    LocalityRuleFactory,
    OutcodeFactory,
    TownFactory,
)

STORY = "We are so tired.\n\nRobin wakes six times a night and my partner works away."

POSTS = {
    "right-now": {"danger": "no"},
    "who": {"asking_for": "family"},
    "where": {"home": "postcode", "postcode": "dt4 9zz"},
    "story": {"story": STORY},
    "children": {"first_name": "Robin", "known": "age", "age": "3"},
    "more-children": {"another": "no"},
    "name": {"name": "Juniper"},
    "way": {"way": "call"},
    "reach": {"phone": "07700 900982"},
    "safely": {"leave_message": "", "say_who": "", "times": "after 10", "anything_else": ""},
    "agreement": {"agreed": "yes"},
    "sharing": {"school": "yes", "health": "ask", "police": "no", "housing": "ask", "voluntary": "ask"},
}
"""What a browser posts, step by step, in order."""

ANSWERS = {
    "right-now": {"danger": "no"},
    "who": {"asking_for": "family"},
    "where": {"home": "postcode", "postcode": "DT49ZZ", "served": True, "elsewhere": "", "site": ""},
    "story": {"story": STORY},
    "children": [{"key": 1234, "first_name": "Robin", "known": "age", "age": 3, "born": "", "due": ""}],
    "more-children": {"another": "no"},
    "name": {"name": "Juniper"},
    "way": {"way": "call"},
    "reach": {"phone": "+447700900982", "email": "", "person": ""},
    "safely": {"leave_message": "no", "say_who": "no", "times": "after 10", "anything_else": ""},
    "agreement": {"agreed": "yes", "wording": "2026-11"},
    "sharing": {"school": "yes", "health": "ask", "police": "no", "housing": "ask", "voluntary": "ask"},
}


def answers(**changed):
    """Return the family's answers with some steps changed (`right_now={"danger": "now"}`) or left out (None)."""
    given = copy.deepcopy(ANSWERS) | {slug.replace("_", "-"): answer for slug, answer in changed.items()}
    return {slug: answer for slug, answer in given.items() if answer is not None}


def url(slug, key=None):
    """Return the address of a step."""
    number = BY_SLUG[slug].number
    return f"/help/q/{number}/{key}/" if key else f"/help/q/{number}/"


def walk(client, *, until=None, **changed):
    """Post the steps one after the other, up to but not including `until`. Returns the last response."""
    response = None
    for slug, data in (POSTS | {slug.replace("_", "-"): data for slug, data in changed.items()}).items():
        if slug == until:
            break
        response = client.post(url(slug), data)
        assert response.status_code == 302, f"{slug}: {response.context['form'].errors.as_json()}"
    return response


def tell(client, *, until=None):
    """Give the client a draft with the answers before the step `until`, as if it had walked there."""
    told = list(ANSWERS).index(until) if until else len(ANSWERS)
    draft = drafts.start(copy.deepcopy(dict(list(ANSWERS.items())[:told])))
    client.cookies[settings.DRAFT_COOKIE_NAME] = draft.secret


def dorset():
    """Make a council with two teams and a duty team; outcodes DT4 and DT1 are theirs, SW1A is not."""
    council = CouncilFactory(dorset=True)
    chesil = LocalityFactory(council=council, name="Chesil")
    dorchester = LocalityFactory(council=council, name="Dorchester")
    LocalityFactory(council=council, duty=True)
    for locality, outcode in ((chesil, "DT4"), (dorchester, "DT1")):
        LocalityRuleFactory(locality=locality, kind=LocalityRule.Kind.OUTCODE, code=outcode, name=outcode)
    OutcodeFactory(code="DT4", place="Weymouth")
    OutcodeFactory(code="DT1", place="Dorchester")
    OutcodeFactory(code="SW1A", place="Westminster", latitude=51.5, longitude=-0.13)
    TownFactory(name="Weymouth", outcode="DT4", ward="")
    for kind, number in (
        (CouncilNumber.Kind.FRONT_DOOR, "01632 960001"),
        (CouncilNumber.Kind.OUT_OF_HOURS, "01632 960002"),
        (CouncilNumber.Kind.FAMILY_HUBS, "01632 960003"),
    ):
        CouncilNumberFactory(council=council, kind=kind, number=number, hours="in words")
    return council
