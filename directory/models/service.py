"""Everything a family can find."""

from typing import Any, ClassVar, Self

import nh3
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.fields import RichTextField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    Orderable,
    PreviewableMixin,
    Revision,
    RevisionMixin,
    WorkflowMixin,
)

from hubs.models import Council, Location

from .category import Category
from .organisation import Organisation

DESCRIPTION_TAGS = {"p", "b", "strong", "i", "em", "ul", "ol", "li", "a", "br", "h3", "h4"}
DESCRIPTION_ATTRIBUTES = {"a": {"href", "linktype", "id"}}
"""`linktype` and `id` are how the editor stores a link to one of our own pages."""


def clean_description(html: str) -> str:
    """Return rich text with nothing in it but the few tags a description may have."""
    return nh3.clean(
        html,
        tags=DESCRIPTION_TAGS,
        attributes=DESCRIPTION_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )


class ServiceQuerySet(models.QuerySet["Service"]):
    """Reads like a sentence: `Service.objects.listed().suitable_for(age_months=36)`."""

    def listed(self) -> Self:
        """Keep what the public may see."""
        return self.filter(live=True)

    def suitable_for(self, *, age_months: int) -> Self:
        """Keep services open to a child of `age_months`. No limit means every age."""
        return self.filter(
            Q(minimum_age__isnull=True) | Q(minimum_age__lte=age_months),
            Q(maximum_age__isnull=True) | Q(maximum_age__gte=age_months),
        )


class Service(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel
):
    """Anything a family can find: an activity to go to, an offer of help to ask for, or another service."""

    class Kind(models.TextChoices):
        ACTIVITY = "activity", "Activity"
        OFFER = "offer", "Family help offer"
        SERVICE = "service", "Service"

    class Cost(models.TextChoices):
        FREE = "free", "Free"
        SOME = "some", "Some cost"
        DEPENDS = "depends", "Depends"

    class Booking(models.TextChoices):
        DROP_IN = "drop_in", "Drop in"
        BOOK = "book", "Book a place"
        ASK_FIRST = "ask_first", "Ask us first"
        BY_REFERRAL = "by_referral", "Through a worker"

    class Delivery(models.TextChoices):
        IN_PERSON = "in_person", "In person"
        ONLINE = "online", "Online"
        TELEPHONE = "telephone", "By phone"

    class Coverage(models.TextChoices):
        PLACE = "place", "At the places below"
        COUNCIL = "council", "Anywhere in the council"
        NATIONAL = "national", "Anywhere in the country"

    class Source(models.TextChoices):
        CMS = "cms", "Edited here"
        FEED = "feed", "Comes from a feed"

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.ACTIVITY)
    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=120, unique=True)
    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="services")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services")
    summary = models.CharField(
        max_length=200, help_text="One or two plain sentences. Shown in search results."
    )
    description = RichTextField("more about it", blank=True, features=["bold", "ul", "ol", "link"])
    categories = ParentalManyToManyField(
        Category, related_name="services", blank=True, limit_choices_to={"parent__isnull": False}
    )

    minimum_age = models.PositiveSmallIntegerField(
        "youngest age, in months", null=True, blank=True, help_text="Empty: no lower limit."
    )
    maximum_age = models.PositiveSmallIntegerField(
        "oldest age, in months", null=True, blank=True, help_text="Empty: no upper limit."
    )
    for_expecting = models.BooleanField("for people expecting a baby", default=False)
    for_parents = models.BooleanField("for parents and carers, without children", default=False)
    send_welcome = models.BooleanField("made for children with SEND", default=False)
    eligibility = models.CharField("who it is for", max_length=500, blank=True)

    cost = models.CharField(max_length=7, choices=Cost.choices, default=Cost.FREE)
    fees_description = models.CharField("cost in words", max_length=150, blank=True)
    booking = models.CharField(max_length=11, choices=Booking.choices, default=Booking.DROP_IN)
    booking_note = models.CharField("how to book or join", max_length=500, blank=True)
    booking_url = models.URLField("booking link", max_length=2083, blank=True)
    delivery = models.CharField(max_length=9, choices=Delivery.choices, default=Delivery.IN_PERSON)
    coverage = models.CharField(max_length=8, choices=Coverage.choices, default=Coverage.PLACE)
    languages = models.JSONField(default=list, blank=True, help_text="ISO 639 codes other than English.")
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField("e-mail", blank=True)
    url = models.URLField("website", max_length=2083, blank=True)
    promise = models.CharField(
        "how soon", max_length=150, blank=True, help_text="For offers: a call within 3 working days."
    )
    photo = models.ForeignKey(
        "hubs.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    source = models.CharField(max_length=4, choices=Source.choices, default=Source.CMS, editable=False)
    source_id = models.CharField(max_length=255, blank=True, editable=False)

    # By the base type, so that what the editors' proxies of this model leave behind goes with it.
    _workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )
    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )

    objects: ClassVar = ServiceQuerySet.as_manager()

    operational_fields: ClassVar[tuple[str, ...]] = ("source", "source_id")
    editorial_fields: ClassVar[frozenset[str]] = frozenset(
        {"latest_revision", "has_unpublished_changes", "locked", "locked_at", "locked_by"}
    )
    """Bookkeeping of drafts: saving only these changes nothing that the public sees."""

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="directory_service_ages_in_order",
                condition=Q(minimum_age__isnull=True)
                | Q(maximum_age__isnull=True)
                | Q(minimum_age__lte=F("maximum_age")),
                violation_error_message="The youngest age cannot be above the oldest age",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("service", args=[self.slug])

    def with_content_json(self, content: dict[str, object]) -> "Service":
        """Return the draft in `content`, with the feed's bookkeeping as it is now."""
        draft = super().with_content_json(content)
        for field in self.operational_fields:
            setattr(draft, field, getattr(self, field))
        return draft

    def save(self, **kwargs: Any) -> None:
        """Save with all children, then make sessions and the search index follow, in one transaction."""
        from directory import schedules, search

        self.description = clean_description(self.description)
        changed = kwargs.get("update_fields")
        with transaction.atomic():
            super().save(**kwargs)
            if changed is None or not self.editorial_fields.issuperset(changed):
                schedules.rebuild(self)
                search.reindex(self)

    def publish(self, revision: Revision, user: Any = None, **options: Any) -> None:
        """Show a revision to families. A person who does so confirms the listing; a clock does not."""
        with transaction.atomic():
            super().publish(revision, user=user, **options)
            # What is to go live later is not live yet.
            if user and type(self).objects.filter(pk=self.pk, live=True, live_revision=revision).exists():
                self.checks.create(by=user)

    def get_preview_template(self, request: object, mode_name: str) -> str:
        return "directory/service.html"

    def get_preview_context(self, request: object, mode_name: str) -> dict[str, object]:
        """Draw a draft from what it says itself; it has neither sessions nor a search entry yet."""
        from directory import listings

        return {**super().get_preview_context(request, mode_name), **listings.service_page(self)}


class ServiceLocation(Orderable, ClusterableModel):
    """A service at one place, or online when there is no place (Open Referral's service at location)."""

    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="service_locations")
    location = models.ForeignKey(
        Location,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="service_locations",
        verbose_name="place",
        help_text="Leave empty when it happens online or by phone.",
    )
    note = models.CharField(
        max_length=500, blank=True, help_text="For example: upstairs, ring the side bell."
    )

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["service", "location"],
                name="directory_service_once_a_place",
                violation_error_message="That place is listed twice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} at {self.location or 'home, online'}"


class CostOption(Orderable):
    """One price: for whom and how much."""

    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="cost_options")
    option = models.CharField("for", max_length=150)
    amount = models.DecimalField("pounds", max_digits=7, decimal_places=2)

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                name="directory_cost_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message="A cost cannot be less than nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.option}: £{self.amount}"


class Contact(Orderable):
    """Somebody families may get in touch with about a service."""

    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=255, blank=True)
    title = models.CharField("role", max_length=255, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField("e-mail", blank=True)

    def __str__(self) -> str:
        return self.name or self.title or "Contact"
