"""The questions, in order, and when each is asked. Answers by slug and field:

    right-now      danger: now, soon, no, unsure
    danger-now     also_call: yes, no
    who            asking_for: family, myself, looked_after, another
    agreed         family_agrees: yes, not_yet, not_safe
    where          home: postcode, no_fixed, secret; postcode: "DT11XJ" or ""; served: false when out of area
    town           town: "Skegness, Lincolnshire" (a town in words) or "council:lincolnshire" (somewhere else there)
    story          story: text
    children       a list of {first_name, known: age | born | due, age: years or null, born, due: "2026-03-01" or ""}
    more-children  another: no
    your-age       known: age | born, age, born, due (always "")
    keep-from      keep_from_parent: yes, no, unsure
    name           name: text
    way            way: call, text, email, ring (they will ring us), someone (through somebody else)
    reach          phone: "+447700900982" or "", email, person (for someone)
    safely         leave_message: yes, no; say_who: yes, no; times: text; anything_else: text
    agreement      agreed: yes; wording: the version of the words they agreed to
    sharing        school, health, police, housing, voluntary: each yes, ask, no

Numbers stand in addresses and stay for ever; a new step takes the next free one.
"""

from . import forms
from .route import Answers, End, Route, Step, Test

PARTS = ("Safety and you", "What is happening", "The children", "Reaching you", "What you agree to")


def chose(slug: str, field: str, *values: str) -> Test:
    """Return a test: the answer to one field of one step is among `values`."""

    def test(answers: Answers) -> bool:
        answer = answers.get(slug)
        return isinstance(answer, dict) and answer.get(field) in values

    return test


ABOUT_THEMSELF = chose("who", "asking_for", "myself")
FOR_ANOTHER_FAMILY = chose("who", "asking_for", "another")
WITHOUT_POSTCODE = chose("where", "home", "no_fixed", "secret")
WE_WILL_REACH_OUT = chose("way", "way", "call", "text", "email", "someone")


def about_children(answers: Answers) -> bool:
    return not ABOUT_THEMSELF(answers)


def has_children(answers: Answers) -> bool:
    return about_children(answers) and bool(answers.get("children"))


STEPS: tuple[Step, ...] = (
    Step("right-now", 1, forms.RightNowForm, 1),
    Step("danger-now", 2, forms.DangerNowForm, 1, chose("right-now", "danger", "now")),
    Step("who", 3, forms.WhoForm, 1),
    Step("agreed", 4, forms.FamilyAgreesForm, 1, FOR_ANOTHER_FAMILY),
    Step("where", 5, forms.WhereForm, 1),
    Step("town", 6, forms.TownForm, 1, WITHOUT_POSTCODE),
    Step("story", 7, forms.StoryForm, 2),
    Step("children", 8, forms.ChildForm, 3, about_children, repeats=True),
    Step("more-children", 9, forms.MoreChildrenForm, 3, has_children, housekeeping=True),
    Step("your-age", 10, forms.YourAgeForm, 3, ABOUT_THEMSELF),
    Step("keep-from", 11, forms.KeepFromForm, 3, ABOUT_THEMSELF),
    Step("name", 12, forms.NameForm, 4),
    Step("way", 13, forms.WayForm, 4, resets=("reach", "safely")),
    Step("reach", 14, forms.ReachForm, 4, WE_WILL_REACH_OUT),
    Step("safely", 15, forms.SafelyForm, 4, WE_WILL_REACH_OUT),
    Step("agreement", 16, forms.AgreementForm, 5),
    Step("sharing", 17, forms.SharingForm, 5),
)

ENDS: tuple[End, ...] = (
    End("numbers", 1, chose("danger-now", "also_call", "no")),
    End("not-yet", 2, chose("agreed", "family_agrees", "not_yet")),
    End("worried", 3, chose("agreed", "family_agrees", "not_safe")),
    End("elsewhere", 4, lambda answers: _served(answers) is False),
)


def _served(answers: Answers) -> object:
    where = answers.get("where")
    return where.get("served") if isinstance(where, dict) else None


BY_NUMBER = {step.number: step for step in STEPS}
BY_SLUG = {step.slug: step for step in STEPS}


def route_of(answers: Answers) -> Route:
    """Return the route of somebody who has given these answers."""
    return Route(STEPS, ENDS, answers)
