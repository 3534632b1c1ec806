"""The search index: one row for each listed service and place, derived and rebuildable."""

from django.db import models

from hubs.models import Council, Location

from .service import Service, ServiceLocation


class SearchEntry(models.Model):
    """A listed service at one of its places (or nowhere in particular), ready to be filtered and sorted.

    `topics`, `ages`, `days` and `access` hold one bit for each value so that filters stay inside one index.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="search_entries")
    service_location = models.ForeignKey(
        ServiceLocation, null=True, on_delete=models.CASCADE, related_name="+"
    )
    location = models.ForeignKey(Location, null=True, on_delete=models.CASCADE, related_name="+")
    council = models.ForeignKey(Council, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    delivery = models.CharField(max_length=9)
    coverage = models.CharField(max_length=8)
    cost = models.CharField(max_length=7)
    send_welcome = models.BooleanField(default=False)
    cell = models.IntegerField(
        null=True, help_text="Grid square of about 3.4 miles; null without a position."
    )
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    topics = models.BigIntegerField(default=0)
    ages = models.BigIntegerField(default=0)
    days = models.SmallIntegerField(default=0)
    access = models.IntegerField(default=0)
    languages = models.CharField(max_length=200, blank=True, help_text="Codes between spaces.")
    name = models.CharField(max_length=255)

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [
            models.Index(
                fields=["cell", "latitude", "longitude", "topics", "ages"], name="directory_search_near"
            ),
            models.Index(fields=["coverage", "council"], name="directory_search_wide"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "location"],
                name="directory_search_once_a_place",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SearchWord(models.Model):
    """A stemmed word of a listing: its name, summary, topics and their other words."""

    entry = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["word", "entry"], name="directory_search_word_once")]

    def __str__(self) -> str:
        return self.word
