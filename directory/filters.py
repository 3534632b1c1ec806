"""What families may ask of the directory: one GET form, lenient and bookmarkable."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from hubs import positions
from hubs.kept import Kept
from hubs.models import ACCESS_FACTS
from hubs.postcodes import Place, PostcodeError
from hubs.postcodes import find as find_place

from . import search
from .models import Category, SearchEntry, Service
from .schedules import DAY_NAMES, HORIZON_DAYS
from .words import LANGUAGES

DISTANCES = (1, 2, 3, 5, 10, 20, 30)
"""Miles to choose from."""
AGES = [
    ("baby", "Expecting a baby"),
    ("0", "Under 1"),
    ("1", "1 year"),
    *((str(year), f"{year} years") for year in range(2, 18)),
    ("18", "18 to 25"),
]
NOT_OFFERED = "Choose from the list"
LONGEST_PLACE = 100
LONGEST_WORDS = 100
MOST_DRAWN = 200
_drawn: dict[tuple[Any, ...], SafeString] = {}
"""Panels already drawn by this process. A change of topics makes a new one."""


class Tag(NamedTuple):
    """A filter that is on, and the query string that takes it off."""

    text: str
    without: str


class PlaceField(forms.CharField):
    """A postcode, part of one or a town. Cleans to a `hubs.postcodes.Place`, or None when empty."""

    def clean(self, value: Any) -> Place | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            return find_place(text)
        except PostcodeError as error:
            raise forms.ValidationError(str(error), code=type(error).__name__) from error


class PlaceFilter(django_filters.Filter):
    field_class = PlaceField

    def filter(self, qs: QuerySet, value: Place | None) -> QuerySet:
        """Leave the rows: how far to look is decided by what there is to find."""
        return qs


def _with_rounded_position(data: QueryDict | None) -> QueryDict | None:
    """Return what was asked, so that no link on the page passes on more of where somebody is than we use."""
    position = positions.read(data.get("near", "")) if data else None
    if data is None or position is None:
        return data
    rounded = data.copy()
    rounded["near"] = positions.written(position)
    return rounded


_categories: Kept[None, list[Category]] = Kept()
_categories.forget_with(Category)


def categories() -> list[Category]:
    """Return every topic and heading, a few seconds old at most."""
    return _categories.get(None, lambda: list(Category.objects.all()))


def category_choices(found: list[Category]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return headings, each with "all of it" and its topics, in the council's order."""
    topics: dict[int, list[Category]] = {}
    for category in found:
        if category.parent_id:
            topics.setdefault(category.parent_id, []).append(category)
    headings = sorted((c for c in found if c.is_heading and c.pk in topics), key=lambda c: (c.order, c.name))
    return [
        (heading.name, [(heading.slug, f"All of {heading.name}"), *_options(topics[heading.pk])])
        for heading in headings
    ]


def _options(topics: Iterable[Category]) -> list[tuple[str, str]]:
    return [(topic.slug, topic.name) for topic in topics]


def _uncopied(choices: Any) -> Callable[[], Any]:
    """Return choices as a function: each form copies all of a list's, to the last language, and of a function none."""
    return choices if callable(choices) else lambda: choices


def _choice(label: str, empty: str, choices: Any, **options: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=label,
        choices=_uncopied(choices),
        empty_label=empty,
        error_messages={"invalid_choice": NOT_OFFERED},
        **options,
    )


def _choices(label: str, choices: Any, **options: Any) -> django_filters.MultipleChoiceFilter:
    return django_filters.MultipleChoiceFilter(
        label=label,
        choices=_uncopied(choices),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NOT_OFFERED},
        **options,
    )


class SearchFilter(django_filters.FilterSet):
    """Narrows search entries. A value that makes no sense is told of by its field; all others still hold."""

    near = PlaceFilter(
        label="Your postcode or town",
        max_length=LONGEST_PLACE,
        error_messages={"max_length": "Enter a postcode, like DT1 1XJ, or the name of a town"},
    )
    q = django_filters.CharFilter(
        label="Words",
        help_text="For example, sleep or baby massage",
        max_length=LONGEST_WORDS,
        method="keep_words",
        # Spelt so because the macro drops "maxlength": a message does better, but not for a line too long to send.
        widget=forms.TextInput(attrs={"maxLength": LONGEST_WORDS}),
        error_messages={"max_length": f"Search with {LONGEST_WORDS} letters or fewer"},
    )
    age = _choice("Your child’s age", "Any age", AGES, method="keep_age")
    category = _choice("Topic", "All topics", lambda: category_choices(categories()), method="keep_category")
    day = _choices("Day", list(DAY_NAMES.items()), method="keep_days")
    cost = _choices("Cost", Service.Cost.choices, method="keep_costs")
    within = _choice(
        "How far",
        "Near me",
        [(str(n), f"Within {n} mile{'' if n == 1 else 's'}") for n in DISTANCES],
        method="keep_all",
    )
    delivery = _choice("How it happens", "Any way", Service.Delivery.choices)
    language = _choice("Language", "Any language", list(LANGUAGES.items()), method="keep_language")
    access = _choices("The place has", ACCESS_FACTS, method="keep_access")
    send = django_filters.BooleanFilter(
        label="Made for children with SEND", widget=forms.CheckboxInput, method="keep_send"
    )
    sort = _choice("Sort by", "Nearest first", [("name", "Name, A to Z")], method="keep_all")

    class Meta:
        model = SearchEntry
        fields: list[str] = []

    main_fields = ("age", "category", "day", "cost", "within")
    more_fields = ("delivery", "language", "access", "send", "sort")
    kept_fields = ("near",)

    def __init__(self, data: QueryDict | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(_with_rounded_position(data), *args, **kwargs)
        self.categories = categories()

    def get_form_class(self) -> type[forms.Form]:
        """Make the form's class once for each kind of filter: no part of it depends on what is asked."""
        kind = type(self)
        if "_form_class" not in vars(kind):
            kind._form_class = super().get_form_class()  # type: ignore[attr-defined]
        return kind._form_class  # type: ignore[attr-defined, no-any-return]

    @property
    def place(self) -> Place | None:
        return self.cleaned.get("near")

    @cached_property
    def cleaned(self) -> dict[str, Any]:
        """Every value that made sense."""
        self.errors  # noqa: B018 (validates)
        return dict(self.form.cleaned_data)

    @property
    def within_miles(self) -> int | None:
        """How far they chose to look; None leaves it to us."""
        return int(self.cleaned["within"]) if self.cleaned.get("within") else None

    def keep_all(self, entries: QuerySet, name: str, value: Any) -> QuerySet:
        return entries

    def keep_words(self, entries: Any, name: str, value: str) -> QuerySet:
        return entries.matching(search.stems_asked(value))

    def keep_age(self, entries: Any, name: str, value: str) -> QuerySet:
        return entries.suitable_for(search.age_bit(value))

    def keep_category(self, entries: Any, name: str, value: str) -> QuerySet:
        heading = next((c.pk for c in self.categories if c.slug == value), None)
        chosen = (c for c in self.categories if heading in (c.pk, c.parent_id))
        return entries.about(search.topic_bits(chosen))

    def keep_days(self, entries: Any, name: str, value: list[str]) -> QuerySet:
        return entries.on_days(sum(search.DAY_BITS[code] for code in value)) if value else entries

    def keep_costs(self, entries: QuerySet, name: str, value: list[str]) -> QuerySet:
        return entries.filter(cost__in=value) if value else entries

    def keep_language(self, entries: QuerySet, name: str, value: str) -> QuerySet:
        return entries.filter(languages__contains=f" {value} ")

    def keep_access(self, entries: Any, name: str, value: list[str]) -> QuerySet:
        return entries.with_access(sum(search.ACCESS_BITS[code] for code in value)) if value else entries

    def keep_send(self, entries: QuerySet, name: str, value: bool) -> QuerySet:
        return entries.filter(send_welcome=True) if value else entries

    @property
    def main(self) -> list[forms.BoundField]:
        """The fields that most people narrow by, the words first."""
        return [self.form["q"], *(self.form[name] for name in self.main_fields)]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.more_fields]

    @property
    def more_on(self) -> bool:
        return any(self.data.get(name) for name in self.more_fields)

    @property
    def wrong(self) -> bool:
        """Whether something in the panel needs mending; the place has a box of its own."""
        return any(name != "near" for name in self.errors)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the panel's form keeps although it does not ask it."""
        return [(name, value) for name, value in self.pairs() if name in self.kept_fields]

    @property
    def fields_html(self) -> SafeString:
        """The panel's fields, drawn once for everybody who narrows by the same things, wherever they live."""
        if self.wrong:
            return self._draw_fields()
        asked = tuple(pair for pair in self.pairs() if pair[0] not in self.kept_fields)
        topics = tuple((c.slug, c.name, c.parent_id, c.order) for c in self.categories)
        key = (type(self), asked, topics)
        if key not in _drawn:
            if len(_drawn) >= MOST_DRAWN:
                _drawn.clear()
            _drawn[key] = self._draw_fields()
        return _drawn[key]

    def _draw_fields(self) -> SafeString:
        return render_to_string("directory/filter_fields.html", {"filters": self})

    def pairs(self) -> list[tuple[str, str]]:
        """Return everything that was asked, as names and values."""
        return [(name, value) for name, values in self._query().lists() for value in values]

    @cached_property
    def tags(self) -> list[Tag]:
        """The filters that are on, each with the address that takes it off."""
        made = []
        for name in (
            "q",
            "age",
            "category",
            "day",
            "cost",
            "within",
            "delivery",
            "language",
            "access",
            "send",
        ):
            if name in self.filters and self.cleaned.get(name):
                made += self._tags_of(name)
        return made

    def _tags_of(self, name: str) -> list[Tag]:
        value = self.cleaned[name]
        if name == "q":
            return [Tag(f"“{value}”", self.query_without("q"))]
        if name == "send":
            return [Tag("SEND", self.query_without("send"))]
        labels = dict(_flat(self.form.fields[name].choices))
        values = value if isinstance(value, list) else [value]
        return [Tag(str(labels.get(each, each)), self.query_without(name, each)) for each in values]

    def query_without(self, name: str, value: str | None = None) -> str:
        """Return the query string without a filter, or without one value of it, and back on page one."""
        query = self._query()
        kept = [each for each in query.getlist(name) if value is not None and each != value]
        query.setlist(name, kept)
        if not kept:
            del query[name]
        return query.urlencode()

    def query_with(self, **values: str) -> str:
        """Return the query string with some values changed, back on page one."""
        query = self._query()
        for name, value in values.items():
            query[name] = value
        return query.urlencode()

    def _query(self) -> QueryDict:
        """Return what was asked, without blanks, unknown names and the page."""
        query = QueryDict(mutable=True)
        for name in self.filters:
            given = [value for value in self.data.getlist(name) if value and len(value) <= LONGEST_WORDS]
            if given:
                query.setlist(name, given)
        return query


def _flat(choices: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


class DayField(forms.CharField):
    """ "today", "tomorrow", "week" or a date as a date box sends it. Cleans to the first and last day."""

    def clean(self, value: Any) -> tuple[datetime.date, datetime.date]:  # type: ignore[override]
        text, today = super().clean(value), timezone.localdate()
        named = {"": 0, "today": 0, "tomorrow": 1}
        if text == "week":
            return today, today + datetime.timedelta(days=6)
        if text in named:
            day = today + datetime.timedelta(days=named[text])
            return day, day
        try:
            day = datetime.date.fromisoformat(text)
        except ValueError as error:
            raise forms.ValidationError("Choose a day from the list") from error
        if not today <= day <= today + datetime.timedelta(days=HORIZON_DAYS):
            raise forms.ValidationError("Choose a day in the next three months")
        return day, day


class DayFilter(django_filters.Filter):
    field_class = DayField

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        """Leave the entries: it is their sessions that fall on a day."""
        return qs


class WhatsOnFilter(SearchFilter):
    """The same questions of what happens on a day."""

    on = DayFilter(label="Another day", max_length=10, widget=forms.DateInput(attrs={"type": "date"}))

    main_fields = ("age", "category", "cost", "within")
    more_fields = ("language", "access", "send")
    kept_fields = ("near", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("day", "sort", "delivery"):
            del self.filters[name]

    @property
    def first_day(self) -> datetime.date:
        return self._days[0]

    @property
    def last_day(self) -> datetime.date:
        return self._days[1]

    @property
    def _days(self) -> tuple[datetime.date, datetime.date]:
        today = timezone.localdate()
        return self.cleaned.get("on") or (today, today)
