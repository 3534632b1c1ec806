"""Requests for help and the work on them, as a team's queue knows them. Everybody here is invented."""

import uuid
from datetime import timedelta

import factory
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.django import DjangoModelFactory

from hubs.models import Membership
from referrals import contact
from referrals.models import (
    ContactTry,
    Message,
    Note,
    Person,
    QueueEntry,
    Referral,
    SharingChoice,
    Transfer,
)
from referrals.submission import new_reference
from tests.factories.hubs import LocalityFactory, MembershipFactory, UserFactory


class SealingFactory(DjangoModelFactory):
    """Makes rows with sealed attributes, which a model's constructor does not take."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        sealed = {
            name: kwargs.pop(name) for name in list(kwargs) if f"{name}_ct" in cls._columns(model_class)
        }
        row = model_class(*args, **kwargs)
        for name, value in sealed.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        return row

    @staticmethod
    def _columns(model_class):
        return {field.name for field in model_class._meta.fields}


class ReferralFactory(SealingFactory):
    """Juniper asks for help with a three-year-old, by phone, at no particular risk.

    `ReferralFactory(urgent=True)` for someone who may be hurt soon, `rings=True` for those who ring us,
    `children=0` for nobody but the sender,
    `children__names=["Robin", "Wren"]` for two.
    """

    class Meta:
        model = Referral
        skip_postgeneration_save = True

    class Params:
        urgent = factory.Trait(urgency=Referral.Urgency.SOON)
        rings = factory.Trait(
            contact=factory.LazyFunction(lambda: {"name": "Juniper Testwood", "way": "ring"}),
            promised_at=None,
        )

    id = factory.LazyFunction(uuid.uuid4)
    reference = factory.LazyFunction(new_reference)
    submission_key = factory.LazyFunction(uuid.uuid4)
    source = Referral.Source.SELF
    contact = factory.LazyFunction(
        lambda: {
            "name": "Juniper Testwood",
            "way": "call",
            "phone": "+441632960123",
            "email": "",
            "person": "",
            "safety": {"leave_message": "no", "say_who": "no", "times": "", "anything_else": ""},
            "address": {"home": "postcode", "postcode": "DT49ZZ", "town": "", "secret": False},
        }
    )
    story = factory.LazyFunction(
        lambda: {
            "story": "Not sleeping, and my partner works away.\nA toddler group and a chat would help.",
            "danger": "no",
            "asking_for": "family",
            "family_agrees": "",
        }
    )
    urgency = Referral.Urgency.ROUTINE
    wording_version = "test"
    council = factory.SubFactory("tests.factories.hubs.CouncilFactory")
    routed_how = "outcode"
    routed_surely = True
    routed_why = "DT4 belongs to this team"
    name_index = factory.LazyAttribute(lambda referral: contact.name_index(referral.contact["name"]))
    phone_index = factory.LazyAttribute(
        lambda referral: contact.phone_index(referral.contact.get("phone", ""))
    )
    email_index = factory.LazyAttribute(
        lambda referral: contact.email_index(referral.contact.get("email", ""))
    )
    received_at = factory.LazyFunction(timezone.now)
    promised_at = factory.LazyAttribute(lambda referral: referral.received_at + timedelta(days=3))

    @factory.post_generation
    def children(referral, create, extracted, names=("Robin",), **kwargs):
        if extracted != 0:
            for order, name in enumerate(names):
                PersonFactory(referral=referral, order=order, details={"first_name": name, "age": 3})


class PersonFactory(SealingFactory):
    """A child of three. `PersonFactory(part="adult")` for somebody grown up."""

    class Meta:
        model = Person

    id = factory.LazyFunction(uuid.uuid4)
    referral = factory.SubFactory(ReferralFactory, children=0)
    part = Person.Part.CHILD
    details = factory.LazyFunction(lambda: {"first_name": "Robin", "age": 3})


class SharingChoiceFactory(DjangoModelFactory):
    """The family agrees that school is spoken to."""

    class Meta:
        model = SharingChoice

    referral = factory.SubFactory(ReferralFactory)
    agency = SharingChoice.Agency.SCHOOL
    choice = SharingChoice.Choice.YES
    at = factory.LazyFunction(timezone.now)


class QueueEntryFactory(DjangoModelFactory):
    """A new entry in some team's queue. `QueueEntryFactory(closed=True)` for a finished one."""

    class Meta:
        model = QueueEntry

    class Params:
        closed = factory.Trait(
            state=QueueEntry.State.CLOSED,
            closed_as=QueueEntry.ClosedAs.FINISHED,
            closed_at=factory.LazyFunction(timezone.now),
        )

    locality = factory.SubFactory(LocalityFactory)
    referral = factory.SubFactory(ReferralFactory, council=factory.SelfAttribute("..locality.council"))
    arrived_at = factory.LazyAttribute(lambda entry: entry.referral.received_at)
    due_at = factory.LazyAttribute(lambda entry: entry.referral.received_at + timedelta(days=3))


class WorkerFactory(UserFactory):
    """Somebody who works in a team: `WorkerFactory(of=locality)`, `WorkerFactory(of=locality, of__role="lead")`."""

    class Meta:
        skip_postgeneration_save = True

    @factory.post_generation
    def of(user, create, locality, role=Membership.Role.WORKER, **kwargs):
        if locality:
            MembershipFactory(user=user, locality=locality, role=role)


class ManagerFactory(WorkerFactory):
    """A manager who looks after a council's settings, teams and areas in the CMS: `ManagerFactory(of=locality)`."""

    class Meta:
        skip_postgeneration_save = True

    of__role = Membership.Role.MANAGER

    @factory.post_generation
    def groups(user, create, extracted, **kwargs):
        user.groups.add(Group.objects.get(name="Council settings"))


class TransferFactory(SealingFactory):
    """An open offer of a new entry to another team of the same council."""

    class Meta:
        model = Transfer

    id = factory.LazyFunction(uuid.uuid4)
    entry = factory.SubFactory(QueueEntryFactory)
    to = factory.SubFactory(LocalityFactory, council=factory.SelfAttribute("..entry.locality.council"))
    by = factory.LazyAttribute(lambda offer: WorkerFactory(of=offer.entry.locality))
    reason = "They have moved to your area"
    offered_at = factory.LazyFunction(timezone.now)


class NoteFactory(SealingFactory):
    """Something a worker of the entry's team wrote down."""

    class Meta:
        model = Note

    id = factory.LazyFunction(uuid.uuid4)
    entry = factory.SubFactory(QueueEntryFactory)
    by = factory.LazyAttribute(lambda note: WorkerFactory(of=note.entry.locality))
    text = "Rang at ten. Nobody answered"
    at = factory.LazyFunction(timezone.now)


class ContactTryFactory(DjangoModelFactory):
    """A call that nobody answered."""

    class Meta:
        model = ContactTry

    entry = factory.SubFactory(QueueEntryFactory)
    by = factory.LazyAttribute(lambda tried: WorkerFactory(of=tried.entry.locality))
    way = ContactTry.Way.CALL
    result = ContactTry.Result.NO_ANSWER
    at = factory.LazyFunction(timezone.now)


class MessageFactory(DjangoModelFactory):
    """A message to an entry's own team, due now."""

    class Meta:
        model = Message

    about = factory.SubFactory(QueueEntryFactory)
    to = factory.SelfAttribute("about.locality")
    kind = Message.Kind.NEW_ENTRY
    key = factory.LazyFunction(lambda: f"test:{uuid.uuid4()}")
    due_at = factory.LazyFunction(timezone.now)
