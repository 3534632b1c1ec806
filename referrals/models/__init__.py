"""The models of *who*, one noun a file."""

from .draft import Draft
from .message import Chore, Message
from .queue_entry import ContactTry, Note, Outcome, QueueEntry, Transfer
from .records import AccessLog, Event
from .referral import Agreement, NetworkMember, Person, Referral, SharingChoice

__all__ = [
    "AccessLog",
    "Agreement",
    "Chore",
    "ContactTry",
    "Draft",
    "Event",
    "Message",
    "NetworkMember",
    "Note",
    "Outcome",
    "Person",
    "QueueEntry",
    "Referral",
    "SharingChoice",
    "Transfer",
]
