"""Forms of the editors' screens: ages in words, topics and facts as checkboxes, times that make sense."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms import WagtailAdminModelForm

from directory.models import Category, Organisation, Schedule, Service
from directory.schedules import MONTH_NAMES
from directory.words import LANGUAGES
from hubs.models import ACCESS_FACTS, Council, Location, Weekday
from hubs.postcodes import PostcodeError, format_postcode, normalise

from .permissions import (
    edits_everything,
    own_hubs,
    usable_organisations,
    usable_places,
)
from .phones import PhoneForm

AGE = re.compile(r"^(\d{1,3})\s*(?:(m|month|months)|(y|yr|yrs|year|years))?$", re.IGNORECASE)
OLDEST_MONTHS = 25 * 12
MONTHS_BELOW = 24
"""Below this age people count in months."""
TIME_FORMATS = ["%H:%M", "%H:%M:%S", "%H.%M", "%I:%M%p", "%I.%M%p", "%I%p", "%I:%M %p", "%I.%M %p", "%I %p"]


def age_in_words(months: int) -> str:
    """Return "18 months" or "5 years", which `AgeField` reads back."""
    if months % 12 or 0 < months < MONTHS_BELOW:
        return f"{months} month{'' if months == 1 else 's'}"
    return f"{months // 12} year{'' if months == 12 else 's'}"


class AgeField(forms.CharField):
    """An age such as "18 months" or "5 years", kept in months. A bare number is years."""

    def prepare_value(self, value: Any) -> Any:
        return age_in_words(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        text = str(value or "").strip()
        if not text:
            return None
        found = AGE.match(text)
        if not found:
            raise ValidationError("Enter an age like 18 months or 5 years")
        months = int(found[1]) * (1 if found[2] else 12)
        if months > OLDEST_MONTHS:
            raise ValidationError("The oldest age we list for is 25 years")
        return months

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class ByHeading(forms.models.ModelChoiceIterator):
    """Topics under their headings."""

    def __iter__(self) -> Iterator[tuple[str, list[tuple[Any, str]]]]:
        groups: dict[str, list[tuple[Any, str]]] = {}
        for topic in self.queryset.select_related("parent"):
            groups.setdefault(topic.parent.name, []).append(self.choice(topic))
        yield from groups.items()


class TopicField(forms.ModelMultipleChoiceField):
    """Topics as checkboxes under their headings."""

    widget = forms.CheckboxSelectMultiple
    iterator = ByHeading

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Category.objects.filter(parent__isnull=False), **options)


def checkboxes(choices: Any, **options: Any) -> forms.MultipleChoiceField:
    """Return a field for a list of codes."""
    return forms.MultipleChoiceField(
        choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **options
    )


def free_slug(model: type[Model], words: str, *, besides: Any = None) -> str:
    """Return a slug for `words` that nothing else of the model has."""
    most = (model._meta.get_field("slug").max_length or 100) - 5
    base = slugify(words)[:most].strip("-") or "listing"
    taken = set(
        model._base_manager.filter(slug__startswith=base).exclude(pk=besides).values_list("slug", flat=True)
    )
    return next(
        slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken
    )


class SluggedForm(WagtailAdminModelForm):
    """Makes the address of a new record from its name when nobody gave one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("slug") and not self.instance.slug:
            given["slug"] = free_slug(type(self.instance), given.get("name") or "", besides=self.instance.pk)
            self.instance.slug = given["slug"]
        elif not given.get("slug"):
            given["slug"] = self.instance.slug
        return given


class ListingForm(SluggedForm, PhoneForm):
    """A listing of whatever kind."""

    minimum_age = AgeField(
        label="Youngest age", required=False, help_text="Like 18 months or 5 years. Empty: no lower limit."
    )
    maximum_age = AgeField(
        label="Oldest age", required=False, help_text="Like 18 months or 5 years. Empty: no upper limit."
    )
    categories = TopicField(label="Topics", required=False)
    languages = checkboxes(
        sorted(LANGUAGES.items(), key=lambda pair: pair[1]),
        label="Languages besides English",
        help_text="Tick what is really spoken there.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.for_user is None:
            return
        if "organisation" in self.fields:
            field = self.fields["organisation"]
            field.error_messages["required"] = "Choose who runs it"
            field.queryset = _besides(usable_organisations(self.for_user), self.instance.organisation_id)
        if "council" in self.fields and not edits_everything(self.for_user):
            self._narrow_councils()

    def _narrow_councils(self) -> None:
        """Offer the councils somebody already has listings or a hub in; somebody quite new may choose."""
        hubs = own_hubs(self.for_user).values("council")
        runs = Service.objects.filter(organisation__editors=self.for_user.pk).values("council")
        councils = Council.objects.filter(Q(pk__in=hubs) | Q(pk__in=runs))
        if councils.exists():
            self.fields["council"].queryset = _besides(councils, self.instance.council_id)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        youngest, oldest = given.get("minimum_age"), given.get("maximum_age")
        if youngest is not None and oldest is not None and youngest > oldest:
            self.add_error("maximum_age", "The oldest age must be the same as the youngest age or above it")
        return given

    def is_valid(self) -> bool:
        # Only now are the places read; Django would answer from its cache if they were wrong before.
        if not super().is_valid():
            return False
        problem = self._place_problem()
        if problem:
            self.add_error(None, problem)
        return not problem

    def _place_problem(self) -> str:
        """Say why the listing would not be the person's own, or return ""."""
        if self.for_user is None or edits_everything(self.for_user):
            return ""
        organisation = self.cleaned_data.get("organisation") or getattr(self.instance, "organisation", None)
        if (
            organisation
            and Organisation.objects.filter(pk=organisation.pk, editors=self.for_user.pk).exists()
        ):
            return ""
        own = set(own_hubs(self.for_user).values_list("pk", flat=True))
        if own & self._places():
            return ""
        return "Choose your own hub as one of the places"

    def _places(self) -> set[int]:
        formset = self.formsets.get("service_locations")
        if formset is None:
            return {at.location_id for at in self.instance.service_locations.all() if at.location_id}
        kept = [form for form in formset.forms if form not in formset.deleted_forms]
        chosen = [form.cleaned_data.get("location") for form in kept if form.cleaned_data]
        return {place.pk for place in chosen if place}


def _besides(rows: QuerySet, pk: Any) -> QuerySet:
    """Return `rows` and the one that is there already, so that saving does not force a change."""
    if pk is None:
        return rows
    return rows.model._default_manager.filter(Q(pk__in=rows.values("pk")) | Q(pk=pk))


class PlaceOfListingForm(WagtailAdminModelForm):
    """One place of a listing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.for_user is not None and "location" in self.fields:
            self.fields["location"].queryset = _besides(
                usable_places(self.for_user), self.instance.location_id
            )


def _take_spoken_times(form: forms.BaseForm) -> None:
    for name in {"opens_at", "closes_at"} & form.fields.keys():
        form.fields[name].input_formats = TIME_FORMATS
        form.fields[name].error_messages["invalid"] = "Enter a time like 9:30 or 2pm"


class OnceEach(BaseChildFormSet):
    """Rows of which no two are alike in `once`, not even one that another window added meanwhile."""

    once: ClassVar[tuple[str, ...]]
    twice: ClassVar[str]
    """What to say of a row that is there already."""

    def get_unique_error_message(self, unique_check: Any) -> str:
        return self.twice

    def get_form_error(self) -> str:
        return self.twice

    def validate_unique(self) -> None:
        super().validate_unique()
        posted = {form.instance.pk for form in self.forms}
        rows = getattr(self.instance, self.rel_name).all()
        there = {self._likeness(row) for row in rows if row.pk and row.pk not in posted}
        if any(self._likeness(form.instance) in there for form in self.forms if form.has_changed()):
            raise forms.ValidationError(
                f"{self.twice}. Another window has added this row already, so delete it here"
            )

    def _likeness(self, row: Model) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in self.once)


class PlacesOfListing(OnceEach):
    """The places of a listing, each once."""

    once = ("location_id",)
    twice = "That place is listed twice"


class MembersOfTeam(OnceEach):
    """Who works at a team's desk: each person once a role and first day."""

    once = ("user_id", "role", "starts")
    twice = "That person is listed twice"


class TimesForm(WagtailAdminModelForm):
    """When something happens at a place."""

    bymonth = forms.TypedMultipleChoiceField(
        label="Months",
        choices=list(enumerate(MONTH_NAMES, start=1)),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None: all of them.",
    )

    class Meta:
        model = Schedule
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _take_spoken_times(self)
        if "byday" in self.fields:
            self.fields["byday"].choices = [("", "Choose a day"), *Weekday.choices]
        if "dtstart" in self.fields:
            self.fields["dtstart"].initial = timezone.localdate

    def is_unusual(self) -> bool:
        """Say whether it is anything but every week from now on, so that an editor has to see how."""
        rule = self.instance
        weekly = rule.freq == Schedule.Freq.WEEKLY and rule.interval == 1
        later = rule.dtstart is not None and rule.dtstart > timezone.localdate()
        return not weekly or later or bool(rule.until or rule.count or rule.bymonth)

    @property
    def changed_data(self) -> list[str]:
        """A new row that says neither day nor time is one that nobody filled in."""
        said = any(self[name].data for name in ("byday", "opens_at", "closes_at"))
        return super().changed_data if said or self.instance.pk else []

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self._in_order(given, "opens_at", "closes_at", "The end must be later than the start")
        self._in_order(given, "dtstart", "until", "The last date must be on or after the first", equal=True)
        often = given.get("freq")
        if often in (Schedule.Freq.WEEKLY, Schedule.Freq.MONTHLY) and not given.get("byday"):
            self.add_error("byday", "Choose a day")
        if often == Schedule.Freq.MONTHLY and not given.get("bysetpos"):
            self.add_error("bysetpos", "Say which one in the month, for example the first")
        return given

    def _in_order(
        self, given: dict[str, Any], first: str, last: str, problem: str, *, equal: bool = False
    ) -> None:
        a, b = given.get(first), given.get(last)
        if a is not None and b is not None and (a > b or (a == b and not equal)):
            self.add_error(last, problem)


class ContactForm(PhoneForm):
    """Somebody families may get in touch with, and how."""

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("phone") and not given.get("email") and "phone" not in self.errors:
            self.add_error("phone", "Enter a phone number or an e-mail address")
        return given


class HoursForm(WagtailAdminModelForm):
    """Opening hours: the closing time comes after the opening time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _take_spoken_times(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        opens, closes = given.get("opens_at"), given.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "The closing time must be later than the opening time")
        return given


class PlaceForm(WagtailAdminModelForm):
    """A place that is not there already. The model itself asks for a postcode we know."""

    access = checkboxes(ACCESS_FACTS, label="What the place has")

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        name, code = given.get("name"), given.get("postal_code")
        if name and code:
            with suppress(PostcodeError):
                code = format_postcode(normalise(code))
            twin = Location.objects.filter(name__iexact=name.strip(), postal_code__iexact=code)
            if twin.exclude(pk=self.instance.pk).exists():
                self.add_error("name", f"{name} at {code} is already on the list of places or hubs")
        return given


class HubForm(SluggedForm, PlaceForm, PhoneForm):
    """A hub."""


class CategoryForm(SluggedForm):
    """A topic or the heading over some."""
