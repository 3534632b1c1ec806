"""A team's area, which addresses belong to it, and who works there."""

import datetime
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from .council import Council


def team_name(name: str, noun: str) -> str:
    """Return a team's name in words, none of them twice: "Chesil Family Help" and "Chesil team" need little more."""
    called, sort = name.split(), noun.split()
    if name.casefold() == "duty":
        return " ".join([*sort[:-1], "duty", *sort[-1:]])
    if _same(called[-1:], sort[-1:]):
        return name
    said = next((n for n in range(len(sort), 0, -1) if _same(called[-n:], sort[:n])), 0)
    return " ".join([*called, *sort[said:]])


def _same(words: list[str], others: list[str]) -> bool:
    return [word.casefold() for word in words] == [word.casefold() for word in others]


class Locality(ClusterableModel):
    """A part of a council with one team and one queue."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="localities")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100)
    inbox = models.EmailField(
        "team inbox", help_text="Told when something is in the queue, and nothing more."
    )
    phone = models.CharField(max_length=30, blank=True)
    is_duty = models.BooleanField(
        "takes what nobody else can",
        default=False,
        help_text="The duty team receives every request that cannot be placed.",
    )
    cover = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="covered by"
    )
    cover_from = models.DateField(null=True, blank=True)
    cover_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["council__name", "name"]
        verbose_name_plural = "localities"
        constraints = [
            models.UniqueConstraint(fields=["council", "slug"], name="hubs_locality_slug_in_council"),
            models.UniqueConstraint(fields=["council", "name"], name="hubs_locality_name_in_council"),
            models.UniqueConstraint(
                fields=["council"], condition=Q(is_duty=True), name="hubs_locality_one_duty_team"
            ),
            models.CheckConstraint(
                name="hubs_locality_cover_not_itself",
                condition=Q(cover__isnull=True) | ~Q(cover=F("pk")),
                violation_error_message="A team cannot cover for itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.council.name}"

    @property
    def team(self) -> str:
        """The team's name as families read it after "the": "Chesil Family Help team", "Family Help duty team"."""
        return team_name(self.name, self.council.team_noun)

    def is_covered(self, on: datetime.date) -> bool:
        """Say whether another team stands in on a day. No first or last day: since ever, until further notice."""
        starts, ends = self.cover_from or datetime.date.min, self.cover_to or datetime.date.max
        return self.cover_id is not None and starts <= on <= ends


class LocalityRuleQuerySet(models.QuerySet["LocalityRule"]):
    """Which area belongs to whom."""

    def in_force(self, on: datetime.date) -> Self:
        """Keep the rules that hold on a day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)


class LocalityRule(models.Model):
    """One statement of the kind "this ward belongs to that team", with the dates it holds."""

    class Kind(models.TextChoices):
        """Most specific first: the order in which rules win."""

        POSTCODE = "postcode", "Postcode"
        LSOA = "lsoa", "LSOA"
        WARD = "ward", "Ward"
        PARISH = "parish", "Parish"
        SECTOR = "sector", "Postcode sector"
        OUTCODE = "outcode", "Postcode district"
        POLYGON = "polygon", "Drawn area"
        COUNCIL_DEFAULT = "council_default", "Anywhere else in the council"

    locality = ParentalKey(Locality, on_delete=models.PROTECT, related_name="rules")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    code = models.CharField(
        max_length=20, help_text="A postcode or part of one, an ONS code, or the code of a drawn area."
    )
    name = models.CharField(max_length=120, blank=True, help_text="What people call it.")
    note = models.CharField(
        max_length=200,
        blank=True,
        help_text="Why an answer by this rule is not sure: for example “touches BCP Council”.",
    )
    valid_from = models.DateField(default=datetime.date(2020, 1, 1))
    valid_to = models.DateField(null=True, blank=True, help_text="The last day it holds.")

    objects = LocalityRuleQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "code"]
        indexes = [models.Index(fields=["kind", "code"])]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code", "valid_from"], name="hubs_rule_one_locality_a_code"
            ),
            models.CheckConstraint(
                name="hubs_rule_dates_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                violation_error_message="A rule must end on or after the day it starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Write codes one way, so that rules are found whichever way they were typed.

        Raises:
            ValidationError: another rule holds for the same code on one of the same days.
        """
        self.code = self.code.replace(" ", "").upper()
        self._check_overlap()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        self.code = self.code.replace(" ", "").upper()
        self._check_overlap()

    def _check_overlap(self) -> None:
        others = LocalityRule.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=self.valid_from), kind=self.kind, code=self.code
        ).exclude(pk=self.pk)
        if self.valid_to:
            others = others.filter(valid_from__lte=self.valid_to)
        other = others.select_related("locality").first()
        if other:
            raise ValidationError(
                {
                    "code": f"{other} belongs to {other.locality.name} on some of these days. End that rule first"
                }
            )


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who works where."""

    def current(self, on: datetime.date | None = None) -> Self:
        """Keep memberships in force on a day (today unless said)."""
        day = on or timezone.localdate()
        return self.filter(Q(ends__isnull=True) | Q(ends__gte=day), starts__lte=day, user__is_active=True)


class Membership(models.Model):
    """Somebody's place in a team. All rights at the desk come from here and nowhere else."""

    class Role(models.TextChoices):
        WORKER = "worker", "Worker"
        LEAD = "lead", "Team lead"
        SPECIALIST = "specialist", "Specialist"
        DUTY = "duty", "Duty worker"
        MANAGER = "manager", "Manager"
        AUDITOR = "auditor", "Auditor"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    locality = ParentalKey(Locality, on_delete=models.PROTECT, related_name="members")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.WORKER)
    starts = models.DateField("from", default=timezone.localdate)
    ends = models.DateField(
        "to", null=True, blank=True, help_text="The last day. Empty: until further notice."
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["locality", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "locality", "role", "starts"], name="hubs_membership_once"
            ),
            models.CheckConstraint(
                name="hubs_membership_dates_in_order",
                condition=Q(ends__isnull=True) | Q(starts__lte=F("ends")),
                violation_error_message="A membership must end on or after the day it starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display().lower()} in {self.locality}"
