"""Outlines on the map, of areas that rules speak of."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hubs", "0004_postcodes_swapped")]

    operations = [
        migrations.CreateModel(
            name="BoundaryRelease",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("source", models.CharField(help_text="The file they came from.", max_length=200)),
                ("loaded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"ordering": ["-loaded_at"]},
        ),
        migrations.CreateModel(
            name="Boundary",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("lsoa", "LSOA"),
                            ("ward", "Ward"),
                            ("parish", "Parish"),
                            ("polygon", "Drawn area"),
                            ("district", "District"),
                            ("county", "County"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="An ONS code, or one that the council gave its own area.", max_length=20
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "district",
                    models.CharField(
                        blank=True,
                        help_text="ONS code of the district or county it lies in, where known.",
                        max_length=9,
                    ),
                ),
                (
                    "outline",
                    models.BinaryField(
                        help_text="Well-known binary of a polygon or several, WGS84, longitude first."
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="boundaries",
                        to="hubs.boundaryrelease",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "boundaries",
                "ordering": ["kind", "code"],
                "constraints": [models.UniqueConstraint(fields=("kind", "code"), name="hubs_boundary_once")],
            },
        ),
        migrations.AlterField(
            model_name="localityrule",
            name="code",
            field=models.CharField(
                help_text="A postcode or part of one, an ONS code, or the code of a drawn area.", max_length=20
            ),
        ),
    ]
