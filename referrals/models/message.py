"""What is to be sent: the outbox."""

from django.db import models
from django.db.models import Q

from hubs.models import Locality

from .queue_entry import QueueEntry


class Message(models.Model):
    """One message to send. Holds whom it is about by id; the words are made when it is sent and name nobody."""

    class Kind(models.TextChoices):
        NEW_ENTRY = "new_entry", "Something new in the queue"
        TRANSFER_OFFERED = "transfer_offered", "A transfer is offered"
        TRANSFER_ACCEPTED = "transfer_accepted", "A transfer was accepted"
        TRANSFER_RETURNED = "transfer_returned", "A transfer was returned"

    key = models.CharField(max_length=100, unique=True, help_text="The same event is never posted twice.")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    to = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="messages")
    about = models.ForeignKey(QueueEntry, on_delete=models.PROTECT, related_name="messages")
    posted_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at__isnull=True, failed_at__isnull=True),
                name="referrals_message_to_send",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Chore(models.Model):
    """Something the worker does again and again, and when it last did. The chore `beat` says that it is alive."""

    name = models.CharField(primary_key=True, max_length=20)
    done_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
