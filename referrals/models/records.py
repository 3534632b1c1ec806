"""What happened and who looked: append-only."""

from django.conf import settings
from django.db import models

from hubs.models import Locality

from .queue_entry import QueueEntry
from .referral import Referral


class Event(models.Model):
    """One change to a referral or an entry: who did what, when, to which rows. Holds ids, never words."""

    class Kind(models.TextChoices):
        SENT = "sent", "Sent"
        ROUTED = "routed", "Placed with a team"
        CLAIMED = "claimed", "Claimed"
        ASSIGNED = "assigned", "Given to a colleague"
        RELEASED = "released", "Released"
        MOVED = "moved", "Moved on"
        NOTED = "noted", "Note added"
        TRIED = "tried", "Tried to reach the family"
        TRANSFER_OFFERED = "transfer_offered", "Transfer offered"
        TRANSFER_ACCEPTED = "transfer_accepted", "Transfer accepted"
        TRANSFER_RETURNED = "transfer_returned", "Transfer returned"
        TRANSFER_WITHDRAWN = "transfer_withdrawn", "Transfer taken back"
        CLOSED = "closed", "Closed"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="events")
    entry = models.ForeignKey(QueueEntry, null=True, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    facts = models.JSONField(default=dict, help_text="Ids and codes only.")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.referral}"


class AccessLog(models.Model):
    """Somebody looked: who, at what, when. Written outside the work's transaction, refusals included."""

    class Kind(models.TextChoices):
        QUEUE = "queue", "Saw the queue"
        OPENED = "opened", "Opened a request"
        SEARCHED = "searched", "Searched"
        CONTACT = "contact", "Saw how to reach the family"
        REFUSED = "refused", "Refused"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    entry = models.ForeignKey(QueueEntry, null=True, on_delete=models.PROTECT, related_name="+")
    locality = models.ForeignKey(Locality, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    seen = models.JSONField(default=list, help_text="Ids of the entries on the page.")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.get_kind_display().lower()}"
