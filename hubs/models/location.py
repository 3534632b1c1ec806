"""Places: anywhere something happens, and the hubs families can walk into."""

import datetime
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from hubs import postcodes
from hubs.opening import Day, Exceptional, Stretch, Timetable

from .council import Council
from .locality import Locality

ACCESS_FACTS = [
    ("step_free", "Step-free"),
    ("partial_access", "Partly step-free"),
    ("accessible_toilet", "Accessible toilet"),
    ("changing_place", "Changing Place toilet"),
    ("hearing_loop", "Hearing loop"),
    ("lift", "Lift"),
    ("baby_change", "Baby change"),
    ("buggy_park", "Buggy park"),
    ("parking", "Parking"),
    ("disabled_bay", "Disabled parking bay"),
    ("bus_stop", "Bus or tram stop nearby"),
    ("sensory_room", "Sensory room"),
    ("quiet_room", "Quiet room"),
    ("bsl", "British Sign Language"),
]
"""Codes and labels of what a place may offer. Each has its bit, by position, in the search index."""


POSITION_FIELDS = ("latitude", "longitude", "position_is_approximate")


class Weekday(models.TextChoices):
    """RFC 5545's day codes."""

    MONDAY = "MO", "Monday"
    TUESDAY = "TU", "Tuesday"
    WEDNESDAY = "WE", "Wednesday"
    THURSDAY = "TH", "Thursday"
    FRIDAY = "FR", "Friday"
    SATURDAY = "SA", "Saturday"
    SUNDAY = "SU", "Sunday"


class Location(ClusterableModel):
    """A place (Open Referral's location). Its position is looked up from its postcode and never drafted."""

    class Source(models.TextChoices):
        CMS = "cms", "Edited here"
        FEED = "feed", "Comes from a feed"

    name = models.CharField(max_length=255)
    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="locations")
    address_1 = models.CharField("address", max_length=255, blank=True)
    address_2 = models.CharField("address, second line", max_length=255, blank=True)
    city = models.CharField("town", max_length=120, blank=True)
    postal_code = models.CharField("postcode", max_length=10)
    latitude = models.FloatField(null=True, blank=True, editable=False)
    longitude = models.FloatField(null=True, blank=True, editable=False)
    position_is_approximate = models.BooleanField(default=False, editable=False)
    masked = models.BooleanField(
        "keep the address secret", default=False, help_text="For refuges: shows the town only."
    )
    access = models.JSONField(default=list, blank=True, help_text="Codes from the list of access facts.")
    access_note = models.CharField(max_length=500, blank=True)
    transportation = models.CharField("getting there", max_length=500, blank=True)
    photo = models.ForeignKey(
        "hubs.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    source = models.CharField(max_length=4, choices=Source.choices, default=Source.CMS, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="hubs_location_whole_position",
                condition=(
                    Q(latitude__isnull=True, longitude__isnull=True)
                    | Q(latitude__isnull=False, longitude__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        """Save, and put a new place, or one whose postcode changed, on the map.

        A position given with a new place is kept: a feed or an editor may know it better than its postcode does.
        A postcode that cannot be placed leaves no position; forms refuse it before it comes to that.
        """
        if "postal_code" in (kwargs.get("update_fields") or ["postal_code"]):
            self._write_postcode_one_way()
            if self._needs_position():
                self._look_up_position()
                if kwargs.get("update_fields"):
                    kwargs["update_fields"] = {*kwargs["update_fields"], *POSITION_FIELDS}
        super().save(**kwargs)

    def clean(self) -> None:
        super().clean()
        if not self.postal_code:
            return
        try:
            postcodes.normalise(self.postal_code)
            postcodes.locate(self.postal_code)
        except postcodes.PostcodeError as problem:
            raise ValidationError({"postal_code": str(problem)}) from None
        self._write_postcode_one_way()

    def _write_postcode_one_way(self) -> None:
        with suppress(postcodes.PostcodeError):
            self.postal_code = postcodes.format_postcode(postcodes.normalise(self.postal_code))

    def _needs_position(self) -> bool:
        if self.latitude is None:
            return True
        before = Location.objects.filter(pk=self.pk).values_list("postal_code", flat=True).first()
        return before is not None and before != self.postal_code

    def _look_up_position(self) -> None:
        try:
            place = postcodes.locate(self.postal_code)
        except postcodes.PostcodeError:
            self.latitude = self.longitude = None
            self.position_is_approximate = False
            return
        self.latitude, self.longitude = place.point
        self.position_is_approximate = place.approximate

    @property
    def access_labels(self) -> list[str]:
        """What the place offers, in words and in the order of the list."""
        return [label for code, label in ACCESS_FACTS if code in self.access]


class Hub(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, Location):
    """A place families can walk into for help."""

    slug = models.SlugField(max_length=100, unique=True)
    summary = models.CharField(max_length=200, blank=True, help_text="One sentence: what families find here.")
    description = models.TextField("about this hub", blank=True, max_length=5000)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField("e-mail", blank=True)
    website = models.URLField(max_length=2083, blank=True)
    team = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="hubs")
    editors = ParentalManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="hubs_edited", verbose_name="staff who may edit"
    )

    operational_fields: ClassVar[tuple[str, ...]] = (
        "latitude",
        "longitude",
        "position_is_approximate",
        "source",
    )
    """Looked-up facts that publishing an older draft must not bring back."""

    class Meta:
        ordering = ["name"]

    @classmethod
    def get_base_content_type(cls) -> ContentType:
        """File drafts and approvals under the hub: the plain place beneath it has neither."""
        return cls.get_content_type()

    def get_absolute_url(self) -> str:
        return reverse("hub", args=[self.slug])

    def with_content_json(self, content: dict[str, object]) -> "Hub":
        """Return the draft in `content`, with the operational facts as they are now."""
        draft = super().with_content_json(content)
        for field in self.operational_fields:
            setattr(draft, field, getattr(self, field))
        return draft

    def get_preview_template(self, request: object, mode_name: str) -> str:
        return "directory/hub.html"

    page_context: ClassVar[Callable[["Hub"], dict[str, Any]] | None] = None
    """Returns what the public page shows of a hub. Set by the package that draws the page."""

    def get_preview_context(self, request: object, mode_name: str) -> dict[str, Any]:
        context = super().get_preview_context(request, mode_name)
        drawn = type(self).page_context
        return {**context, **drawn(self)} if drawn else context

    def timetable(self) -> Timetable:
        """Return its hours. Three queries, or none with opening_hours, exceptions and council prefetched."""
        return Timetable.of(
            hours=((each.byday, each.stretch) for each in self.opening_hours.all()),
            exceptions=((each.date, each.exceptional) for each in self.exceptions.all()),
            division=self.council.bank_holidays,
        )

    def opening(self, on: datetime.date | None = None) -> Day:
        """Return when it is open on a day (today unless said). `.today` is the sentence to show."""
        return self.timetable().day(on or timezone.localdate())


class OpeningHours(models.Model):
    """One stretch of an ordinary week when a hub is open."""

    hub = ParentalKey(Hub, on_delete=models.CASCADE, related_name="opening_hours")
    byday = models.CharField("day", max_length=2, choices=Weekday.choices)
    opens_at = models.TimeField("opens")
    closes_at = models.TimeField("closes")
    note = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "opening hours"
        constraints = [
            models.CheckConstraint(
                name="hubs_opening_hours_in_order",
                condition=Q(opens_at__lt=F("closes_at")),
                violation_error_message="The closing time must be after the opening time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_byday_display()} {self.opens_at:%H:%M} to {self.closes_at:%H:%M}"

    @property
    def stretch(self) -> Stretch:
        return Stretch(self.opens_at, self.closes_at, self.note)


class OpeningException(models.Model):
    """A day that is not like the others: closed, or open at other times."""

    hub = ParentalKey(Hub, on_delete=models.CASCADE, related_name="exceptions")
    date = models.DateField()
    opens_at = models.TimeField("opens", null=True, blank=True, help_text="Leave empty when closed all day.")
    closes_at = models.TimeField("closes", null=True, blank=True)
    reason = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                name="hubs_opening_exception_in_order",
                condition=Q(opens_at__isnull=True, closes_at__isnull=True) | Q(opens_at__lt=F("closes_at")),
                violation_error_message="Give both times, the closing one later, or neither when closed all day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d %B %Y}"

    @property
    def exceptional(self) -> Exceptional:
        if self.opens_at is None or self.closes_at is None:
            return Exceptional(None, self.reason)
        return Exceptional(Stretch(self.opens_at, self.closes_at), self.reason)
