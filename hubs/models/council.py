"""A council and everything it decides for itself."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from ..colours import validate_colour, validate_readable

ONS_CODE = RegexValidator(r"^[EWSN]\d{8}\Z", "Enter an ONS code like E06000059")


class Council(ClusterableModel):
    """A local authority that runs family hubs. One installation serves one or several."""

    class BankHolidays(models.TextChoices):
        ENGLAND = "ENG", "England and Wales"
        SCOTLAND = "SCT", "Scotland"
        NORTHERN_IRELAND = "NIR", "Northern Ireland"

    name = models.CharField(max_length=255, unique=True)
    slug = models.SlugField(unique=True)
    ons_code = models.CharField(
        "ONS code",
        max_length=9,
        unique=True,
        validators=[ONS_CODE],
        help_text="A unitary authority's or metropolitan district's code, or a county's.",
    )
    website = models.URLField(max_length=2083, blank=True)
    service_name = models.CharField(
        max_length=100, default="Family Hubs", help_text="What the council calls this service."
    )
    team_noun = models.CharField(
        "what a team is called",
        max_length=60,
        default="Family Help team",
        help_text="For example Family Help team.",
    )

    day_starts = models.TimeField("working day starts", default="09:00")
    day_ends = models.TimeField("working day ends", default="17:00")
    bank_holidays = models.CharField(max_length=3, choices=BankHolidays.choices, default=BankHolidays.ENGLAND)
    call_within_days = models.PositiveSmallIntegerField(
        "a person calls within (working days)",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    call_soon_within_days = models.PositiveSmallIntegerField(
        "a person calls within, when someone may be hurt soon (working days)",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )

    ask_alone_from_age = models.PositiveSmallIntegerField(default=13)
    alert_under_age = models.PositiveSmallIntegerField(default=16)
    search_miles = models.PositiveSmallIntegerField("usual search distance in miles", default=5)

    hub_staff_may_publish = models.BooleanField(
        "hub staff may publish",
        default=True,
        help_text="Otherwise a content lead approves what they write.",
    )

    primary_colour = models.CharField(max_length=7, blank=True, validators=[validate_readable])
    accent_colour = models.CharField(max_length=7, blank=True, validators=[validate_colour])
    logo = models.ForeignKey("hubs.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    welcome = models.CharField(
        "words on the home page", max_length=200, blank=True, help_text="One sentence under the heading."
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="hubs_council_day_in_order",
                condition=models.Q(day_starts__lt=models.F("day_ends")),
                violation_error_message="The working day must end after it starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CouncilNumber(models.Model):
    """A telephone number the council stands behind, with the day somebody last rang it."""

    class Kind(models.TextChoices):
        FRONT_DOOR = "front_door", "Worried about a child"
        OUT_OF_HOURS = "out_of_hours", "Worried about a child, out of hours"
        FAMILY_HUBS = "family_hubs", "Family hubs"

    council = ParentalKey(Council, on_delete=models.CASCADE, related_name="numbers")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    number = models.CharField(max_length=30)
    hours = models.CharField(max_length=150, help_text="In words: Monday to Friday, 9am to 5pm.")
    checked_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.number}"


class TermDates(models.Model):
    """One stretch of school term. Groups that run in term time rest between two of these."""

    council = ParentalKey(Council, on_delete=models.CASCADE, related_name="terms")
    name = models.CharField(max_length=60)
    starts = models.DateField()
    ends = models.DateField()

    class Meta:
        ordering = ["starts"]
        verbose_name_plural = "term dates"
        constraints = [
            models.CheckConstraint(
                name="hubs_term_in_order",
                condition=models.Q(starts__lte=models.F("ends")),
                violation_error_message="The term must end on or after the day it starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.starts:%d %b %Y} to {self.ends:%d %b %Y}"
