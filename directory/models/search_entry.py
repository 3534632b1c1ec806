"""The search index: one row for each listed service and place, derived and rebuildable."""

from typing import Self

from django.db import models

from hubs.geo import Point
from hubs.models import Council, Location

from ..near import CoveringIndex, InSquare, SquareMetres
from .service import Service, ServiceLocation


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    """Reads like a sentence: `SearchEntry.objects.near(home, 5_000).about(topics)`.

    Bits come from `directory.search`. All conditions of `near`, `about` and `suitable_for` lie in one index.
    """

    def near(self, point: Point, within_m: float) -> Self:
        """Keep entries within `within_m` metres of a point, nearest first, each with `square_m`.

        `square_m` is the square of the distance in metres, by arithmetic that needs no function SQLite lacks:
        right to a metre at 30 miles. `geopy` gives the distances that are shown.
        """
        return (
            self.annotate(square_m=SquareMetres(point))
            .filter(InSquare(point, within_m), square_m__lte=within_m**2)
            .order_by("square_m", "pk")
        )

    def wide(self) -> Self:
        """Keep what is not tied to one place: online, by phone, all over a council or the country."""
        return self.filter(latitude__isnull=True)

    def about(self, topics: int) -> Self:
        """Keep entries with any of the topics in a mask."""
        return self.filter(topics__any_bit=topics)

    def suitable_for(self, ages: int) -> Self:
        """Keep entries open to any of the ages in a mask."""
        return self.filter(ages__any_bit=ages)

    def on_days(self, days: int) -> Self:
        """Keep entries with a session on any of the weekdays in a mask."""
        return self.filter(days__any_bit=days)

    def with_access(self, access: int) -> Self:
        """Keep entries at places that offer everything in a mask."""
        return self.filter(access__all_bits=access)

    def matching(self, stems: list[str]) -> Self:
        """Keep entries that have, for each stem, a word beginning with it."""
        found = self
        for stem in stems:
            found = found.filter(pk__in=SearchWord.objects.filter(word__prefix=stem).values("entry"))
        return found


class SearchEntry(models.Model):
    """A listed service at one of its places (or nowhere in particular), ready to be filtered and sorted.

    `topics`, `ages`, `days` and `access` hold one bit for each value so that filters stay inside one index.
    `card` holds what a result shows, already in words, so that a page of results needs no joins.
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
    card = models.JSONField(default=dict, help_text="What a result shows, in words.")

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [
            CoveringIndex(
                fields=["cell", "latitude", "longitude"],
                include=["topics", "ages", "id"],
                name="directory_search_near",
            ),
            models.Index(fields=["coverage", "council"], name="directory_search_wide"),
            models.Index(fields=["name"], name="directory_search_name"),
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
    word = models.CharField(max_length=40, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["word", "entry"], name="directory_search_word_once")]

    def __str__(self) -> str:
        return self.word
