"""Nothing is promised to families who ring us, unless it is to pass their request on."""

from django.db import migrations, models

from referrals.sealed import SealedError, keyring


def take_back(apps, schema_editor):
    """Forget the promises that no receipt ever told. A row that cannot be opened stays as it is."""
    Referral = apps.get_model("referrals", "Referral")
    told = Referral.objects.exclude(routed_how="out_of_area").only("pk", "contact_ct")
    for referral in told.iterator(chunk_size=500):
        try:
            contact = keyring().open("referral.contact", referral.pk, referral.contact_ct) or {}
        except SealedError:
            continue
        if contact.get("way") == "ring":
            Referral.objects.filter(pk=referral.pk).update(promised_at=None)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="queueentry",
            name="due_at",
            field=models.DateTimeField(help_text="Orders the queue. Late only when something was promised."),
        ),
        migrations.AlterField(
            model_name="referral",
            name="promised_at",
            field=models.DateTimeField(
                blank=True,
                help_text="By when we promised to get in touch or to pass it on. None when they will ring us.",
                null=True,
            ),
        ),
        migrations.RunPython(take_back, migrations.RunPython.noop, elidable=True),
    ]
