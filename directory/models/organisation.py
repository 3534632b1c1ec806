"""Who runs things."""

from django.conf import settings
from django.db import models


class Organisation(models.Model):
    """A council team, charity, school or health provider whose services are listed."""

    name = models.CharField(max_length=255, unique=True)
    description = models.TextField(blank=True, max_length=2000)
    email = models.EmailField("e-mail", blank=True)
    website = models.URLField(max_length=2083, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    editors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="organisations", verbose_name="people who may edit"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
