"""The questions, in order, and when each is asked. Answers by slug and field:

    right-now      danger: now, soon, no, unsure
    danger-now     also_call: yes, no
    who            asking_for: family, myself, looked_after, another
    agreed         family_agrees: yes, not_yet, not_safe
    where          home: postcode, no_fixed, secret; postcode: "DT11XJ" or ""; served: false when out of area, and then
                   elsewhere: "E10000008" (the council that serves it), "Wales" or "" (unknown); site: "dorset", the
                   slug of the council whose site this is, or ""; checked: "ended" or "unlisted" when we doubted the
                   postcode for that reason and they said that it is right
    town           town: "Skegness, Lincolnshire" (a town in words), "hub:lodmoor" (near that hub) or
                   "council:lincolnshire" (somewhere else there), or "outside" (none of these: nothing can be sent)
    pass-on        pass_on: yes (no is not kept: it forgets the postcode instead)
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

from referrals import routing

from . import forms, where_forms
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
CHOSE_OUTSIDE = chose("town", "town", routing.OUTSIDE)
WE_WILL_REACH_OUT = chose("way", "way", "call", "text", "email", "someone")


def about_children(answers: Answers) -> bool:
    return not ABOUT_THEMSELF(answers)


def has_children(answers: Answers) -> bool:
    return about_children(answers) and bool(answers.get("children"))


def is_elsewhere(answers: Answers) -> bool:
    where = answers.get("where")
    return (isinstance(where, dict) and where.get("served") is False) or CHOSE_OUTSIDE(answers)


def may_be_passed_on(answers: Answers) -> bool:
    where = answers.get("where")
    return isinstance(where, dict) and routing.may_be_passed_on(where)


STEPS: tuple[Step, ...] = (
    Step("right-now", 1, forms.RightNowForm, 1),
    Step("danger-now", 2, forms.DangerNowForm, 1, chose("right-now", "danger", "now")),
    Step("who", 3, forms.WhoForm, 1),
    Step("agreed", 4, forms.FamilyAgreesForm, 1, FOR_ANOTHER_FAMILY),
    Step("where", 5, where_forms.WhereForm, 1, resets=("pass-on",)),
    Step("town", 6, where_forms.TownForm, 1, WITHOUT_POSTCODE),
    Step("pass-on", 18, where_forms.PassOnForm, 1, may_be_passed_on),
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
    End("elsewhere", 4, lambda answers: is_elsewhere(answers) and not may_be_passed_on(answers)),
)


BY_NUMBER = {step.number: step for step in STEPS}
BY_SLUG = {step.slug: step for step in STEPS}


def route_of(answers: Answers) -> Route:
    """Return the route of somebody who has given these answers."""
    return Route(STEPS, ENDS, answers)
