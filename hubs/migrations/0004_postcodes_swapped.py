"""Makes the table of postcodes one that loads can put another in place of."""

import django.db.models.deletion
from django.db import migrations, models


def drop_index_for_like(apps, schema_editor):
    """Django's second index on a text key, for LIKE: 80 MB of a full directory that no query uses."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'hubs_postcode' AND indexname LIKE %s",
            [r"hubs\_postcode\_code\_%\_like"],
        )
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        schema_editor.execute(f'DROP INDEX "{name}"')


class Migration(migrations.Migration):
    dependencies = [("hubs", "0003_town_key")]

    operations = [
        migrations.AlterField(
            model_name="postcode",
            name="release",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="hubs.postcoderelease",
            ),
        ),
        migrations.AlterField(
            model_name="postcoderelease",
            name="rows",
            field=models.PositiveIntegerField(default=0, help_text="0 until the load is done."),
        ),
        migrations.RunPython(drop_index_for_like, migrations.RunPython.noop, elidable=True),
    ]
