"""When things happen: rules in RFC 5545's terms, and the sessions they produce."""

from django.db import models
from django.db.models import F, Q
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from hubs.models import Weekday

from .service import ServiceLocation


class Schedule(Orderable):
    """A rule such as "Tuesdays 9.30am to 11am in term time". Names follow RFC 5545 and Open Referral."""

    class Freq(models.TextChoices):
        ONCE = "ONCE", "Once"
        WEEKLY = "WEEKLY", "Every week"
        MONTHLY = "MONTHLY", "Every month"

    class Week(models.IntegerChoices):
        FIRST = 1, "First"
        SECOND = 2, "Second"
        THIRD = 3, "Third"
        FOURTH = 4, "Fourth"
        LAST = -1, "Last"

    class Runs(models.TextChoices):
        ALL_YEAR = "all_year", "All year"
        TERM = "term", "Term time only"
        HOLIDAYS = "holidays", "School holidays only"

    service_location = ParentalKey(ServiceLocation, on_delete=models.CASCADE, related_name="schedules")
    freq = models.CharField("how often", max_length=7, choices=Freq.choices, default=Freq.WEEKLY)
    interval = models.PositiveSmallIntegerField("every how many weeks or months", default=1)
    byday = models.CharField("day", max_length=2, choices=Weekday.choices, blank=True)
    bysetpos = models.SmallIntegerField(
        "which one in the month",
        choices=Week.choices,
        null=True,
        blank=True,
        help_text="For monthly sessions.",
    )
    opens_at = models.TimeField("starts")
    closes_at = models.TimeField("ends")
    dtstart = models.DateField("first date")
    until = models.DateField("last date", null=True, blank=True)
    count = models.PositiveSmallIntegerField(
        "number of sessions", null=True, blank=True, help_text="For a course: 6 means six sessions."
    )
    bymonth = models.JSONField(
        "months", default=list, blank=True, help_text="Numbers 1 to 12; empty means all."
    )
    runs = models.CharField(max_length=8, choices=Runs.choices, default=Runs.ALL_YEAR)
    description = models.CharField(max_length=200, blank=True)

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                name="directory_schedule_times_in_order",
                condition=Q(opens_at__lt=F("closes_at")),
                violation_error_message="The end must be later than the start",
            ),
            models.CheckConstraint(
                name="directory_schedule_dates_in_order",
                condition=Q(until__isnull=True) | Q(dtstart__lte=F("until")),
                violation_error_message="The last date must be on or after the first",
            ),
            models.CheckConstraint(
                name="directory_schedule_interval_at_least_one",
                condition=Q(interval__gte=1),
                violation_error_message="Enter 1 or more",
            ),
            models.CheckConstraint(
                name="directory_schedule_week_for_monthly",
                condition=~Q(freq="MONTHLY") | Q(bysetpos__isnull=False),
                violation_error_message="Say which one in the month, for example the first",
            ),
            models.CheckConstraint(
                name="directory_schedule_day_when_repeated",
                condition=Q(freq="ONCE") | ~Q(byday=""),
                violation_error_message="Choose a day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_freq_display()}, {self.opens_at:%H:%M} to {self.closes_at:%H:%M}"


class Session(models.Model):
    """One occurrence. Derived from schedules and rebuilt, never edited."""

    service_location = models.ForeignKey(ServiceLocation, on_delete=models.CASCADE, related_name="sessions")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="sessions")
    start = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        ordering = ["start", "pk"]
        indexes = [models.Index(fields=["start"])]
        constraints = [
            models.UniqueConstraint(fields=["service_location", "start"], name="directory_session_once"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M}"
