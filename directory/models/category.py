"""Topics families search by."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

MOST_TOPICS = 63
"""Topics share one 64-bit column of the search index, one bit each."""

ICONS = [
    ("apple", "Apple"),
    ("baby", "Baby"),
    ("banknote", "Money"),
    ("bed", "Bed"),
    ("brain", "Mind"),
    ("bus", "Bus"),
    ("clipboard-list", "Form"),
    ("coffee", "Cup"),
    ("ear", "Ear"),
    ("graduation-cap", "Graduation cap"),
    ("hand-heart", "Helping hand"),
    ("heart-handshake", "Handshake"),
    ("house", "House"),
    ("languages", "Languages"),
    ("message-circle", "Talking"),
    ("milk", "Milk bottle"),
    ("puzzle", "Puzzle"),
    ("school", "School"),
    ("shield-check", "Shield"),
    ("smile", "Smile"),
    ("sun", "Sun"),
    ("users", "People"),
    ("utensils", "Knife and fork"),
    ("wallet", "Wallet"),
]
"""Pictures of the sprite that suit a topic."""
TONES = ["warm", "brand", "accent", "leaf", "plum"]


class Category(models.Model):
    """A topic, such as "Infant feeding", or the heading that gathers topics."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="topics",
        limit_choices_to={"parent__isnull": True},
        verbose_name="heading",
    )
    aliases = models.TextField(
        "other words for it",
        blank=True,
        max_length=1000,
        help_text="Words families use, separated by commas: breastfeeding, bottle, formula.",
    )
    bit = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        unique=True,
        editable=False,
        validators=[MaxValueValidator(MOST_TOPICS - 1)],
        help_text="The topic's place in the search index. Headings have none.",
    )
    icon = models.CharField(
        "picture", max_length=20, choices=ICONS, blank=True, help_text="Empty: the heading's picture."
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["parent__order", "parent__name", "order", "name"]
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="directory_category_once_a_heading"),
            models.CheckConstraint(
                name="directory_category_bit_fits",
                condition=Q(bit__isnull=True) | Q(bit__lt=MOST_TOPICS),
                violation_error_message=f"There can be at most {MOST_TOPICS} topics",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        """Give a new topic its bit in the search index. A heading has none."""
        if self.parent_id and self.bit is None:
            self.bit = self._free_bit()
        super().save(**kwargs)

    def clean(self) -> None:
        if self.parent_id and self.bit is None and self._free_bit() is None:
            raise ValidationError(f"There can be at most {MOST_TOPICS} topics")

    @property
    def is_heading(self) -> bool:
        return self.parent_id is None

    @property
    def picture(self) -> str:
        """The name of its picture: its own, its heading's or a sun."""
        return self.icon or (self.parent.icon if self.parent else "") or "sun"

    @property
    def tone(self) -> str:
        """The colour of its heading, by the heading's place in the order."""
        return TONES[(self.parent or self).order % len(TONES)]

    @staticmethod
    def _free_bit() -> int | None:
        taken = set(Category.objects.exclude(bit=None).values_list("bit", flat=True))
        return next((bit for bit in range(MOST_TOPICS) if bit not in taken), None)
