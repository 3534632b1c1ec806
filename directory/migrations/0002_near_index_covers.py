"""Let PostgreSQL answer a search near a place from the index alone."""

from django.db import migrations

from directory.near import CoveringIndex


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="searchentry", name="directory_search_near"),
        migrations.AddIndex(
            model_name="searchentry",
            index=CoveringIndex(
                fields=["cell", "latitude", "longitude"],
                include=("topics", "ages", "id"),
                name="directory_search_near",
            ),
        ),
    ]
