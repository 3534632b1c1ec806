"""What the pages about areas ask: a day, a postcode, and which areas each team of a council shall have."""

import datetime
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property

from hubs.models import Council, Locality
from hubs.redraw import Area, Redraw, UnreadableArea, area_in, areas_on, fingerprint, line_of, plan

FURTHEST = datetime.timedelta(days=5 * 366)
MOST_LINES_SHOWN = 5
FEWEST_ROWS, MOST_ROWS = 4, 16
EARLIEST = datetime.date(2020, 1, 1)


class Day(forms.DateField):
    """A day that rules can be asked about."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={
                "invalid": "Enter a date like 1/4/2027",
                "required": "Enter the first day, like 1/4/2027",
            },
            **options,
        )

    def clean(self, value: Any) -> datetime.date | None:
        day: datetime.date | None = super().clean(value)
        if day and not EARLIEST <= day <= timezone.localdate() + FURTHEST:
            raise forms.ValidationError("Enter a date from 2020 on, and not more than five years ahead")
        return day


class DayForm(forms.Form):
    """Which day's areas to look at."""

    on = Day(label="Areas on", required=False)

    @property
    def day(self) -> datetime.date:
        """The day asked for; today when there is none or it cannot be read."""
        given = self.cleaned_data.get("on") if self.is_valid() else None
        return given or timezone.localdate()


class FirstDayForm(forms.Form):
    """From which day a change shall hold."""

    first_day = Day(
        label="From which day?", help_text="Today or later. Next April’s areas can be entered now."
    )

    def clean_first_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["first_day"]
        if day < timezone.localdate():
            raise forms.ValidationError("Enter today or a later day. What has held until now stays as it was")
        return day


class RouteForm(forms.Form):
    """Something that somebody may type where the website asks where they live."""

    where = forms.CharField(
        label="Postcode, or half of one",
        max_length=200,
        help_text="It is not kept.",
        error_messages={"required": "Enter a postcode, like DT1 1XJ"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    on = Day(label="On", required=False, help_text="Empty: today.")


class RedrawForm(FirstDayForm):
    """All areas of a council from a day on: a box for each team, a line for each area.

    Everything is in one form so that an area can leave one team and join another in one change.
    """

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, council: Council, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.council = council
        self.fields["first_day"].widget = forms.HiddenInput()
        self.teams = {f"team-{team.pk}": team for team in council.localities.all()}
        for name, team in self.teams.items():
            self.fields[name] = forms.CharField(
                label=team.name,
                required=False,
                strip=False,
                widget=forms.Textarea(attrs={"rows": self._rows(name), "spellcheck": "false", "wrap": "off"}),
            )

    @classmethod
    def showing(cls, council: Council, day: datetime.date) -> "RedrawForm":
        """Return the form filled in with what holds on a day."""
        initial: dict[str, Any] = {"first_day": day, "seen": fingerprint(council, day)}
        for team, rules in areas_on(council, day).items():
            initial[f"team-{team.pk}"] = "\n".join(line_of(rule) for rule in rules)
        return cls(council, initial=initial)

    def _rows(self, name: str) -> int:
        lines = str(self.data.get(name) or self.initial.get(name) or "").count("\n") + 2
        return max(FEWEST_ROWS, min(lines, MOST_ROWS))

    @property
    def boxes(self) -> list[Any]:
        return [self[name] for name in self.teams]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.areas: dict[Locality, list[Area]] = {}
        owners: dict[tuple[str, str], Locality] = {}
        for name, team in self.teams.items():
            self.areas[team] = list(self._read(name, given.get(name) or "", owners))
        return given

    def _read(self, name: str, text: str, owners: dict[tuple[str, str], Locality]) -> Iterator[Area]:
        """Yield a team's areas. What cannot be read or is there twice becomes an error of its box."""
        problems: list[str] = []
        mine: set[tuple[str, str]] = set()
        for line in filter(None, (line.strip() for line in text.splitlines())):
            try:
                area = area_in(line, self.council)
            except UnreadableArea as problem:
                problems.append(str(problem))
                continue
            owner = owners.setdefault(area.key, self.teams[name])
            if area.key in mine:
                problems.append(f"“{line}” is there twice. Leave it once")
            elif owner != self.teams[name]:
                problems.append(f"“{line}” is in the box of {owner.name} too. Leave it in one")
            else:
                yield area
            mine.add(area.key)
        for problem in problems[:MOST_LINES_SHOWN]:
            self.add_error(name, f"{problem}.")
        if problems[MOST_LINES_SHOWN:]:
            self.add_error(name, f"And {len(problems) - MOST_LINES_SHOWN} more lines like these.")

    @cached_property
    def redraw(self) -> Redraw:
        """What has to change. Only of a form that is valid."""
        return plan(self.council, self.cleaned_data["first_day"], self.areas)
