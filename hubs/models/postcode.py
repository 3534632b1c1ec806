"""Postcodes and the rougher things people type instead. Read-only: loads replace them."""

import re
import unicodedata
from typing import Any

from django.db import models


class PostcodeRelease(models.Model):
    """One loaded directory, kept for the attribution its licence asks for."""

    source = models.CharField(max_length=60, help_text="For example National Statistics Postcode Lookup.")
    release = models.CharField(max_length=40, help_text="For example November 2021.")
    loaded_at = models.DateTimeField(auto_now_add=True)
    rows = models.PositiveIntegerField(default=0, help_text="0 until the load is done.")
    areas = models.CharField(max_length=1000, blank=True, help_text="Postcode areas in the file, such as DT.")

    class Meta:
        ordering = ["-loaded_at"]

    def __str__(self) -> str:
        return f"{self.source}, {self.release}"

    @property
    def attributions(self) -> list[str]:
        """The statements that its licence (OGL v3) asks to be shown."""
        year = self.release[-4:] if self.release[-4:].isdigit() else str(self.loaded_at.year)
        statistics = "Source: Office for National Statistics licensed under the Open Government Licence v.3.0"
        if self.source.startswith("OS "):
            statistics = f"Contains National Statistics data © Crown copyright and database right {year}"
        return [
            f"Contains OS data © Crown copyright and database right {year}",
            f"Contains Royal Mail data © Royal Mail copyright and database right {year}",
            statistics,
        ]


class Postcode(models.Model):
    """A unit postcode with its position and the ONS codes of what it lies in.

    A load puts another table in place of this one (`postcode_tables.py`), so nothing may refer to its rows, and an
    index beside the primary key needs a thought there.
    """

    code = models.CharField(primary_key=True, max_length=7, help_text="Capitals, no space: DT11XJ.")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    country = models.CharField(max_length=9, blank=True)
    county = models.CharField(max_length=9, blank=True)
    district = models.CharField(max_length=9, blank=True)
    ward = models.CharField(max_length=9, blank=True)
    lsoa = models.CharField(max_length=9, blank=True)
    parish = models.CharField(max_length=9, blank=True, help_text="Only the ONS Postcode Directory says.")
    terminated = models.CharField(
        max_length=6, blank=True, help_text="YYYYMM when it ended; empty while live."
    )
    quality = models.PositiveSmallIntegerField(help_text="ONS positional quality: 1 best, 9 none.")
    release = models.ForeignKey(
        PostcodeRelease, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code[:-3]} {self.code[-3:]}"


class Outcode(models.Model):
    """The first half of a postcode, with a point in the middle of it: good for distance, not for routing."""

    code = models.CharField(primary_key=True, max_length=4)
    latitude = models.FloatField()
    longitude = models.FloatField()
    place = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


def name_key(name: str) -> str:
    """Return the letters and digits of a name, so that "St. Ives", "st ives" and "ST-IVES" are the same."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return re.sub("[^a-z0-9]", "", plain)


class TownRelease(models.Model):
    """One load of towns, kept for the attribution its licence asks for."""

    source = models.CharField(max_length=60, help_text="For example OS Open Names.")
    release = models.CharField(max_length=40, help_text="For example October 2026.")
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-loaded_at"]

    def __str__(self) -> str:
        return f"{self.source}, {self.release}"

    @property
    def attributions(self) -> list[str]:
        """The statement that its licence (OGL v3) asks to be shown."""
        year = self.release[-4:] if self.release[-4:].isdigit() else str(self.loaded_at.year)
        return [f"Contains OS data © Crown copyright and database right {year}"]


class Town(models.Model):
    """A place name people may choose or type when they have no postcode."""

    name = models.CharField(max_length=120)
    key = models.CharField(max_length=120, editable=False, help_text="The name by `name_key`.")
    county = models.CharField(max_length=120, blank=True, help_text="Tells two towns of one name apart.")
    latitude = models.FloatField()
    longitude = models.FloatField()
    outcode = models.CharField(max_length=4, blank=True)
    district = models.CharField(max_length=9, blank=True)
    ward = models.CharField(max_length=9, blank=True)
    sheet = models.CharField(
        max_length=40,
        blank=True,
        help_text="The file of the release it came in, such as SY48; empty for none.",
    )
    release = models.ForeignKey(
        TownRelease, on_delete=models.PROTECT, null=True, related_name="towns", db_index=False
    )

    class Meta:
        ordering = ["name", "county"]
        constraints = [models.UniqueConstraint(fields=["name", "county"], name="hubs_town_once")]
        indexes = [models.Index(fields=["key"], name="hubs_town_key")]

    def __str__(self) -> str:
        return f"{self.name}, {self.county}" if self.county else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = name_key(self.name)
        super().save(*args, **kwargs)
