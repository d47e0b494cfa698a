"""How often a worker took a file, and the index by which a batch's pictures are found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recognizer", "0006_names")]

    operations = [
        migrations.AddField(
            model_name="batchitem",
            name="attempts",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="How often a worker took it and could not end with it.",
                verbose_name="attempts",
            ),
        ),
        migrations.AddIndex(
            model_name="picture",
            index=models.Index(condition=models.Q(("batch__isnull", False)), fields=["batch"], name="picture_of_batch"),
        ),
    ]
