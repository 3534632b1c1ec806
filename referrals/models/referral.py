"""What a family said, once."""

import uuid

from django.db import models

from hubs.models import Council

from ..sealed import Sealed


class Referral(models.Model):
    """One family's request as they sent it. Never edited afterwards: additions are rows of their own.

    The answers of the journey, gathered so that a view opens only what it needs (codes as in `journey.steps`):
    `contact` is `{"name", "way", "phone", "email", "person", "safety": {"leave_message", "say_who", "times",
    "anything_else"} with "keep_from_parent" for a young person, "address": {"home", "postcode", "town", "secret",
    "pass_on_to"}}` (the ONS code of the council that a family elsewhere asks us to pass this on to, "" for none),
    `story` is `{"story", "danger", "asking_for", "family_agrees"}`.
    """

    class Source(models.TextChoices):
        SELF = "self", "The family"
        YOUNG_PERSON = "young_person", "A young person"
        KINSHIP = "kinship", "A kinship carer"
        PROFESSIONAL = "professional", "Someone who works with the family"
        ASSISTED = "assisted", "A worker, with the family beside them"

    class Urgency(models.IntegerChoices):
        ROUTINE = 0, "Routine"
        SOON = 1, "Someone may be hurt soon"
        NOW = 2, "Someone is being hurt now"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True)
    submission_key = models.UUIDField(unique=True, help_text="The draft's id: one draft, one referral.")
    source = models.CharField(max_length=12, choices=Source.choices)
    contact_ct = models.BinaryField()
    story_ct = models.BinaryField()
    contact = Sealed("referral.contact")
    story = Sealed("referral.story")
    language = models.CharField(max_length=8, default="en")
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices, default=Urgency.ROUTINE)
    wording_version = models.CharField(max_length=20)
    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="+")
    routed_how = models.CharField(max_length=16, help_text="The kind of rule that chose the team.")
    routed_surely = models.BooleanField(default=False)
    routed_why_ct = models.BinaryField()
    routed_why = Sealed("referral.routed_why")
    received_at = models.DateTimeField()
    promised_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="By when we promised to get in touch or to pass it on. None when they will ring us.",
    )
    phone_index = models.BinaryField(max_length=8, null=True, db_index=True)
    email_index = models.BinaryField(max_length=8, null=True, db_index=True)
    name_index = models.BinaryField(max_length=8, null=True, db_index=True)

    class Meta:
        ordering = ["-received_at"]
        constraints = [
            models.CheckConstraint(name="referrals_urgency_known", condition=models.Q(urgency__in=[0, 1, 2])),
        ]

    def __str__(self) -> str:
        return self.reference


class Person(models.Model):
    """A child or adult named in a request. `details` is `{"first_name", "age", "born", "due", "expected"}`.

    `age` is in years or null; `born` and `due` are "2026-03-01" or ""; `expected` is true for a baby not born yet.
    """

    class Part(models.TextChoices):
        CHILD = "child", "Child"
        ADULT = "adult", "Adult"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="people")
    part = models.CharField(max_length=5, choices=Part.choices)
    order = models.PositiveSmallIntegerField(default=0)
    details_ct = models.BinaryField()
    details = Sealed("person.details")

    class Meta:
        ordering = ["part", "order"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "part", "order"], name="referrals_person_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.order + 1} of {self.referral}"


class NetworkMember(models.Model):
    """Somebody in the family's corner. `details` is `{"name", "relation", "helps_with", "may_contact"}`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="network")
    details_ct = models.BinaryField()
    details = Sealed("network_member.details")

    def __str__(self) -> str:
        return f"Network member of {self.referral}"


class SharingChoice(models.Model):
    """Whether the family agrees that one kind of agency is spoken to. Changes are new rows."""

    class Agency(models.TextChoices):
        SCHOOL = "school", "School or nursery"
        HEALTH = "health", "Health visitor or GP"
        POLICE = "police", "Police"
        HOUSING = "housing", "Housing"
        VOLUNTARY = "voluntary", "Charities and local groups"

    class Choice(models.TextChoices):
        YES = "yes", "Yes"
        ASK = "ask", "Ask me first"
        NO = "no", "No"

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="sharing_choices")
    agency = models.CharField(max_length=10, choices=Agency.choices)
    choice = models.CharField(max_length=3, choices=Choice.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.referral}: {self.get_agency_display()}"


class Agreement(models.Model):
    """The family agreed to be contacted about their request: when, how and to which words."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="agreements")
    agreed = models.BooleanField()
    at = models.DateTimeField()
    how = models.CharField(max_length=10, default="online")
    wording_version = models.CharField(max_length=20)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Agreement of {self.referral}"
