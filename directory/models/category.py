"""Topics families search by."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

MOST_TOPICS = 63
"""Topics share one 64-bit column of the search index, one bit each."""


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
