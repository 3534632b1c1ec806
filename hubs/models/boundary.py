"""Outlines on the map: of wards, parishes, districts and counties, and areas that a council drew itself."""

import uuid

from django.db import models

from .locality import LocalityRule


class BoundaryRelease(models.Model):
    """One load of boundaries. Its id is random and never used again, which is how processes notice a change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=200, help_text="The file they came from.")
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-loaded_at"]

    def __str__(self) -> str:
        return self.source


class Boundary(models.Model):
    """The outline of one area. Never edited: a load puts a new row in its place."""

    class Kind(models.TextChoices):
        """Those of `LocalityRule.Kind` that can be drawn, by the same values, and the authorities above them."""

        LSOA = LocalityRule.Kind.LSOA.value, "LSOA"
        WARD = LocalityRule.Kind.WARD.value, "Ward"
        PARISH = LocalityRule.Kind.PARISH.value, "Parish"
        DRAWN = LocalityRule.Kind.POLYGON.value, "Drawn area"
        DISTRICT = "district", "District"
        COUNTY = "county", "County"

    release = models.ForeignKey(BoundaryRelease, on_delete=models.CASCADE, related_name="boundaries")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    code = models.CharField(
        max_length=20, help_text="An ONS code, or one that the council gave its own area."
    )
    name = models.CharField(max_length=120)
    district = models.CharField(
        max_length=9, blank=True, help_text="ONS code of the district or county it lies in, where known."
    )
    outline = models.BinaryField(
        help_text="Well-known binary of a polygon or several, WGS84, longitude first."
    )

    class Meta:
        ordering = ["kind", "code"]
        verbose_name_plural = "boundaries"
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="hubs_boundary_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"
