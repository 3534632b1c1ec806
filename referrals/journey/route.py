"""The engine of the journey: which questions this person meets, worked out from their answers each time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .step_form import StepForm

Answers = Mapping[str, object]
"""What has been said so far, by step slug.

A plain step holds `{field: value}`; a repeating step holds `[{field: value}, …]`. Values are JSON: dates are
"2026-03-01", never model instances.
"""

Test = Callable[[Answers], bool]


def always(answers: Answers) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """One question. `number` stands in the address and never changes; `slug` stays in the code.

    `when` sees only the answers of earlier steps on the path. `housekeeping` steps steer the form and say nothing of
    the family, so a request may be sent without them. `resets` are steps asked anew once this answer changes.
    """

    slug: str
    number: int
    form: type[StepForm]
    part: int
    when: Test = field(default=always, compare=False)
    repeats: bool = False
    housekeeping: bool = False
    resets: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.slug


@dataclass(frozen=True)
class End:
    """A page where the journey stops short with advice instead of a request, and nothing is sent."""

    slug: str
    number: int
    when: Test = field(compare=False)


@dataclass(frozen=True)
class Route:
    """The steps this person meets, given what they have told us.

    There is no stored "current step" to fall out of date: change an early answer and the route is simply different.
    """

    steps: Sequence[Step]
    ends: Sequence[End]
    answers: Answers

    @cached_property
    def kept(self) -> dict[str, object]:
        """The answers that lie on the path, in order. The others are not sent."""
        kept: dict[str, object] = {}
        for step in self.steps:
            if step.when(kept) and step.slug in self.answers:
                kept[step.slug] = self.answers[step.slug]
        return kept

    @cached_property
    def asked(self) -> list[Step]:
        """The steps on the path. What is not answered yet decides nothing."""
        return [step for step in self.steps if step.when(self.kept_before(step))]

    @cached_property
    def next(self) -> Step | None:
        """The first step still to answer; None when it is time to check and send."""
        return next((step for step in self.asked if step.slug not in self.answers), None)

    @cached_property
    def end(self) -> End | None:
        """Where the journey stops short because of an answer; None when it goes on."""
        return next((end for end in self.ends if end.when(self.kept)), None)

    @property
    def missing(self) -> list[Step]:
        """The steps without whose answers nothing can be sent."""
        return [step for step in self.asked if step.slug not in self.kept and not step.housekeeping]

    def kept_before(self, step: Step) -> dict[str, object]:
        """Return the kept answers of the steps before `step`."""
        before = {each.slug for each in self.steps[: self.steps.index(step)]}
        return {slug: answer for slug, answer in self.kept.items() if slug in before}

    def may_visit(self, step: Step) -> bool:
        """Say whether a page may be shown: answered ones and the next. Anything further would skip a question."""
        return step in self.asked and (step.slug in self.answers or step == self.next)

    def before(self, step: Step) -> Step | None:
        """Return the step before this one on the path."""
        place = self.asked.index(step)
        return self.asked[place - 1] if place else None
