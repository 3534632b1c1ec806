"""Messages to teams: posted with the work they tell of, delivered later by the worker."""

from uuid import UUID

from django.utils import timezone

from hubs.models import Locality

from .models import Message, QueueEntry


def post(
    kind: Message.Kind, *, to: Locality, about: QueueEntry, because: UUID | int | None = None
) -> Message:
    """Have a message sent. Call it in the transaction of the work it tells of.

    The same kind about the same entry to the same team is posted once, however often this is called. `because` is the
    id of what it tells of when an entry can have several: the second offer to a team is not the first.
    """
    message, _ = Message.objects.get_or_create(
        key=f"{kind}:{because or about.pk}:{to.pk}",
        defaults={"kind": kind, "to": to, "about": about, "due_at": timezone.now()},
    )
    return message
