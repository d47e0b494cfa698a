"""Figures that are kept, since counting them takes long where there are many pictures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recognizer", "0007_batch_attempts")]

    operations = [
        migrations.CreateModel(
            name="KeptFigures",
            fields=[
                ("name", models.CharField(max_length=120, primary_key=True, serialize=False, verbose_name="name")),
                ("data", models.JSONField(verbose_name="figures")),
                ("counted", models.DateTimeField(verbose_name="counted")),
                (
                    "asked",
                    models.DateTimeField(
                        help_text="When a worker was asked to count anew.", null=True, verbose_name="asked"
                    ),
                ),
            ],
            options={
                "verbose_name": "kept figures",
                "verbose_name_plural": "kept figures",
            },
        ),
    ]
