"""One team's turn with a referral, and the work done in it."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from hubs.models import Locality, Membership

from ..sealed import Sealed
from .referral import Person, Referral


def localities_of(user: Any) -> models.QuerySet[Any, Any]:
    """Return the ids of the localities where `user` works today, as a subquery. Nobody works where they did."""
    memberships = Membership.objects.current().values("locality")
    if not getattr(user, "is_authenticated", False):
        return memberships.none()
    return memberships.filter(user=user)


class QueueEntryQuerySet(models.QuerySet["QueueEntry"]):
    """What a team has before it. `visible_to` is the only gate to a family's request."""

    def visible_to(self, user: object) -> Self:
        """Keep entries of the localities where `user` works today. Everything else is a 404.

        A turn that ended because another team took over is not among them: see `moved_away_from`.
        """
        return self._of_teams_of(user).exclude(closed_as=QueueEntry.ClosedAs.TRANSFERRED)

    def moved_away_from(self, user: object) -> Self:
        """Keep what the teams of `user` handed to others. Show that it moved and where to, never what it says."""
        return self._of_teams_of(user).filter(closed_as=QueueEntry.ClosedAs.TRANSFERRED)

    def _of_teams_of(self, user: object) -> Self:
        return self.filter(locality__in=localities_of(user))

    def open(self) -> Self:
        return self.exclude(state=QueueEntry.State.CLOSED)


class QueueEntry(models.Model):
    """One team's turn with a referral. A referral has at most one that is open."""

    class State(models.TextChoices):
        RECEIVED = "received", "New"
        SCREENING = "screening", "Being read"
        NEEDS_INFO = "needs_info", "Waiting for an answer"
        QUEUED = "queued", "In the queue"
        CONTACTING = "contacting", "Trying to reach"
        SPOKEN = "spoken", "Spoken"
        DECIDED = "decided", "Decided"
        OPEN_FAMILY_HELP = "open_family_help", "Open to Family Help"
        STEPPED_UP = "stepped_up", "Stepped up"
        CLOSED = "closed", "Closed"

    class ClosedAs(models.TextChoices):
        FINISHED = "finished", "Finished"
        TRANSFERRED = "transferred", "Moved to another team"
        WITHDRAWN = "withdrawn", "Withdrawn by the family"
        UNABLE_TO_CONTACT = "unable_to_contact", "Could not reach the family"
        MERGED = "merged", "Joined with another request"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="entries")
    locality = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="entries")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.RECEIVED)
    closed_as = models.CharField(max_length=17, choices=ClosedAs.choices, blank=True)
    version = models.PositiveIntegerField(default=0)
    arrived_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Orders the queue. Late only when something was promised.")
    closed_at = models.DateTimeField(null=True, blank=True)
    came_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="went_to"
    )

    objects = QueueEntryQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "arrived_at"]
        verbose_name_plural = "queue entries"
        indexes = [models.Index(fields=["locality", "state", "due_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=~Q(state="closed"), name="referrals_one_open_entry"
            ),
            models.CheckConstraint(
                name="referrals_closed_entry_says_how",
                condition=(
                    Q(state="closed", closed_at__isnull=False) & ~Q(closed_as="")
                    | ~Q(state="closed") & Q(closed_as="", closed_at__isnull=True)
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.referral.reference


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Offers between teams."""

    def open(self) -> Self:
        """Keep offers that nobody has answered or taken back."""
        return self.filter(accepted_at__isnull=True, returned_at__isnull=True, withdrawn_at__isnull=True)

    def offered_to(self, user: object) -> Self:
        """Keep open offers to the localities where `user` works today."""
        return self.open().filter(to__in=localities_of(user))


class Transfer(models.Model):
    """An offer of a request to another team. The old team keeps it until the new one accepts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(QueueEntry, on_delete=models.PROTECT, related_name="transfers")
    to = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="offers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason_ct = models.BinaryField()
    reason = Sealed("transfer.reason")
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(accepted_at__isnull=True, returned_at__isnull=True, withdrawn_at__isnull=True),
                name="referrals_one_open_transfer",
            ),
            models.CheckConstraint(
                name="referrals_transfer_settled_once",
                condition=(
                    Q(accepted_at__isnull=True, returned_at__isnull=True)
                    | Q(accepted_at__isnull=True, withdrawn_at__isnull=True)
                    | Q(returned_at__isnull=True, withdrawn_at__isnull=True)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} offered to {self.to}"


class Outcome(models.Model):
    """What came of it for one child. A request closes only when each child has at least one."""

    class Code(models.TextChoices):
        ADVICE_INFO = "advice_info", "Advice and information"
        SIGNPOSTED = "signposted_hub_activity", "Told about a hub activity"
        UNIVERSAL_OFFER = "universal_offer", "Health visitor, school nurse or other universal offer"
        TARGETED_OFFER = "targeted_offer", "Targeted offer, such as a parenting course"
        VOLUNTARY = "voluntary_sector_accepted", "Accepted by a charity or local group"
        EXISTING_WORKER = "existing_worker_told", "Worker already involved was told"
        FAMILY_HELP = "family_help_allocated", "Family Help worker allocated"
        FAMILY_MEETING = "family_meeting_offered", "Family meeting offered"
        NETWORK_SUPPORT = "network_support_requested", "Family network support requested"
        SEND = "send_route", "SEND support"
        YOUNG_CARER = "young_carer_assessment", "Young carer's assessment"
        STEP_UP = "step_up_mash", "Stepped up to the MASH"
        OUT_OF_AREA = "out_of_area", "Lives in another area"
        DECLINED = "family_declined", "Family said no thank you"
        UNABLE_TO_CONTACT = "unable_to_contact", "Could not reach the family"
        NO_FURTHER_ACTION = "no_further_action", "No further action"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(QueueEntry, on_delete=models.PROTECT, related_name="outcomes")
    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="outcomes")
    code = models.CharField(max_length=30, choices=Code.choices)
    reason_ct = models.BinaryField()
    reason = Sealed("outcome.reason")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "child", "code"], name="referrals_outcome_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} ({self.entry})"


class Note(models.Model):
    """Something a worker wrote down. Never changed; a correction is another note."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(QueueEntry, on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text_ct = models.BinaryField()
    text = Sealed("note.text")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"Note on {self.entry}"


class ContactTry(models.Model):
    """One attempt to reach the family."""

    class Way(models.TextChoices):
        CALL = "call", "Phone call"
        TEXT = "text", "Text message"
        EMAIL = "email", "E-mail"
        VISIT = "visit", "Visit"
        OTHER = "other", "Another way"

    class Result(models.TextChoices):
        SPOKE = "spoke", "We spoke"
        NO_ANSWER = "no_answer", "No answer"
        MESSAGE_LEFT = "message_left", "Message left"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(QueueEntry, on_delete=models.PROTECT, related_name="contact_tries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=5, choices=Way.choices)
    result = models.CharField(max_length=12, choices=Result.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.get_way_display()} about {self.entry}"
