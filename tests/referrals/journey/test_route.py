"""The engine: a route follows from the answers and from nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.journey.steps import BY_SLUG, ENDS, STEPS, route_of
from tests.referrals.family import ANSWERS, answers


def slugs(steps):
    return [step.slug for step in steps]


def test_the_first_question_is_asked_first():
    assert route_of({}).next.slug == "right-now"


def test_when_all_is_answered_nothing_comes_next():
    route = route_of(ANSWERS)

    assert (route.next, route.end, route.missing) == (None, None, [])


def test_the_next_question_is_the_first_without_an_answer():
    assert route_of(answers(name=None, story=None)).next.slug == "story"


def test_danger_now_leads_to_the_numbers_first():
    assert route_of({"right-now": {"danger": "now"}}).next.slug == "danger-now"


@pytest.mark.parametrize("danger", ["soon", "no", "unsure"])
def test_any_other_danger_goes_on(danger):
    assert route_of({"right-now": {"danger": danger}}).next.slug == "who"


def test_young_people_are_asked_about_themselves_and_not_about_children():
    route = route_of(answers(who={"asking_for": "myself"}))

    asked = slugs(route.asked)
    assert {"your-age", "keep-from"} <= set(asked)
    assert not {"children", "more-children"} & set(asked)


def test_answers_off_the_path_are_dropped():
    route = route_of(answers(who={"asking_for": "myself"}))

    assert "children" not in route.kept
    assert "story" in route.kept


def test_an_answer_off_the_path_does_not_end_the_journey():
    stale = answers(danger_now={"also_call": "no"}, agreed={"family_agrees": "not_safe"})

    assert route_of(stale).end is None


@pytest.mark.parametrize(
    ("changed", "end"),
    [
        ({"right_now": {"danger": "now"}, "danger_now": {"also_call": "no"}}, "numbers"),
        ({"who": {"asking_for": "another"}, "agreed": {"family_agrees": "not_yet"}}, "not-yet"),
        ({"who": {"asking_for": "another"}, "agreed": {"family_agrees": "not_safe"}}, "worried"),
        ({"where": {"home": "postcode", "postcode": "", "served": False}}, "elsewhere"),
    ],
)
def test_some_answers_end_the_journey(changed, end):
    assert route_of(answers(**changed)).end.slug == end


def test_no_fixed_address_asks_for_a_town():
    assert route_of(answers(where={"home": "no_fixed"})).next.slug == "town"


def test_people_who_will_ring_us_are_asked_for_no_number():
    route = route_of(answers(way={"way": "ring"}, reach=None, safely=None))

    assert route.next is None


def test_pages_further_on_may_not_be_visited():
    route = route_of(answers(story=None, name=None))

    assert route.may_visit(BY_SLUG["story"])
    assert not route.may_visit(BY_SLUG["name"])
    assert not route.may_visit(BY_SLUG["danger-now"])


def test_numbers_in_addresses_are_never_shared():
    numbers = [step.number for step in STEPS]

    assert sorted(numbers) == list(range(1, len(STEPS) + 1))
    assert len({end.number for end in ENDS}) == len(ENDS)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "right-now": st.fixed_dictionaries({"danger": st.sampled_from(["now", "soon", "no", "unsure"])}),
            "danger-now": st.fixed_dictionaries({"also_call": st.sampled_from(["yes", "no"])}),
            "who": st.fixed_dictionaries(
                {"asking_for": st.sampled_from(["family", "myself", "looked_after", "another"])}
            ),
            "agreed": st.fixed_dictionaries(
                {"family_agrees": st.sampled_from(["yes", "not_yet", "not_safe"])}
            ),
            "where": st.fixed_dictionaries({"home": st.sampled_from(["postcode", "no_fixed", "secret"])}),
            "children": st.lists(st.just({"first_name": "Robin"}), min_size=1, max_size=2),
            "more-children": st.just({"another": "no"}),
            "way": st.fixed_dictionaries({"way": st.sampled_from(["call", "ring", "email"])}),
            "story": st.just({"story": "x"}),
        },
    )
)
def test_answering_what_comes_next_always_reaches_the_end(given_so_far):
    filler = ANSWERS | {
        "danger-now": {"also_call": "yes"},
        "agreed": {"family_agrees": "yes"},
        "town": {"town": "Weymouth, Dorset"},
        "your-age": {"age": 15},
        "keep-from": {"keep_from_parent": "no"},
    }
    told = dict(given_so_far)

    for _ in STEPS:
        ahead = route_of(told).next
        if ahead is None:
            break
        assert route_of(told).may_visit(ahead)
        told[ahead.slug] = filler[ahead.slug]

    assert route_of(told).next is None
