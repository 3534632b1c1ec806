"""What a team is called."""

import pytest

from hubs.models.locality import team_name


@pytest.mark.parametrize(
    ("name", "noun", "called"),
    [
        ("Chesil", "Family Help team", "Chesil Family Help team"),
        ("Penn & West", "Early Help service", "Penn & West Early Help service"),
        ("Duty", "Family Help team", "Family Help duty team"),
        ("duty", "Team", "duty Team"),
        ("Duty team", "Family Help team", "Duty team"),
        ("Chesil Team", "Family Help team", "Chesil Team"),
        ("Chesil Family Help", "Family Help team", "Chesil Family Help team"),
        ("Family Help", "Family Help team", "Family Help team"),
        ("Family Help team", "Family Help team", "Family Help team"),
        ("North Family", "Family Help team", "North Family Help team"),
    ],
)
def test_a_team_is_called_what_people_would_say_and_no_word_comes_twice(name, noun, called):
    assert team_name(name, noun) == called
