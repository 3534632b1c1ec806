"""Towns are looked up by the letters of their names, whatever stands between them."""

import re
import unicodedata

from django.db import migrations, models


def fill(apps, schema_editor):
    Town = apps.get_model("hubs", "Town")
    towns = list(Town.objects.only("name"))
    for town in towns:
        plain = unicodedata.normalize("NFKD", town.name).casefold()
        town.key = re.sub("[^a-z0-9]", "", plain)
    Town.objects.bulk_update(towns, ["key"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("hubs", "0002_places")]

    operations = [
        migrations.AddField(
            model_name="town",
            name="key",
            field=models.CharField(
                default="", editable=False, help_text="The name by `name_key`.", max_length=120
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(model_name="town", index=models.Index(fields=["key"], name="hubs_town_key")),
    ]
