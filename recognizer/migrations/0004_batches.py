"""Many pictures that are given together: the batch, and an item for each file."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import recognizer.models.batches


class Migration(migrations.Migration):
    dependencies = [
        ("recognizer", "0003_groups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("visitor", models.UUIDField(editable=False, null=True)),
                ("came_as", models.CharField(choices=[("files", "files"), ("zip", "a zip")], max_length=8)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cnn", "Convolutional network"),
                            ("mlp", "Keras MLP"),
                            ("numpy_mlp", "NumPy MLP"),
                            ("all", "every network"),
                        ],
                        max_length=16,
                        verbose_name="network",
                    ),
                ),
                ("may_train", models.BooleanField(default=False, verbose_name="may be used for training")),
                ("total", models.PositiveSmallIntegerField(help_text="Files, the refused ones too.")),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "heartbeat",
                    models.DateTimeField(editable=False, help_text="When a worker last took files of it.", null=True),
                ),
                ("finished", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name_plural": "batches",
                "ordering": ["-created", "-id"],
            },
        ),
        migrations.CreateModel(
            name="BatchItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "position",
                    models.PositiveSmallIntegerField(help_text="In the order in which they were sent, from 0."),
                ),
                (
                    "name",
                    models.CharField(blank=True, help_text="The client's file name; a label only.", max_length=255),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("read", "read"), ("failed", "not read")], max_length=8
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("digit", "sure"), ("unsure", "unsure"), ("not_a_digit", "not a digit")],
                        help_text="Of the whole picture, as the network read it.",
                        max_length=16,
                    ),
                ),
                (
                    "problem",
                    models.CharField(blank=True, help_text="The code of what was wrong with the file.", max_length=32),
                ),
                (
                    "staged",
                    models.FileField(
                        blank=True,
                        help_text="The file as sent, while it waits.",
                        max_length=80,
                        upload_to=recognizer.models.batches.staged_path,
                    ),
                ),
                ("claimed", models.DateTimeField(help_text="When a worker took it.", null=True)),
            ],
            options={
                "ordering": ["batch", "position"],
            },
        ),
        migrations.AddField(
            model_name="batch",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="batchitem",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="items", to="recognizer.batch"
            ),
        ),
        migrations.AddField(
            model_name="batchitem",
            name="picture",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="batch_item",
                to="recognizer.picture",
            ),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["user", "-created"], name="batch_of_user"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["visitor", "-created"], name="batch_of_visitor"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("finished__isnull", True)), fields=["created"], name="batch_going_on"
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("user__isnull", True), ("visitor__isnull", False)),
                    models.Q(("user__isnull", False), ("visitor__isnull", True)),
                    _connector="OR",
                ),
                name="batch_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("came_as__in", ["files", "zip"])), name="batch_came_as_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(condition=models.Q(("total__gte", 1)), name="batch_some_files"),
        ),
        migrations.AddIndex(
            model_name="batchitem",
            index=models.Index(fields=["batch", "state", "verdict", "position"], name="batch_item_by_outcome"),
        ),
        migrations.AddConstraint(
            model_name="batchitem",
            constraint=models.UniqueConstraint(fields=("batch", "position"), name="batch_item_position_unique"),
        ),
        migrations.AddConstraint(
            model_name="batchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("picture__isnull", True), ("problem", ""), ("state", "waiting"), ("verdict", "")),
                    models.Q(
                        ("problem", ""),
                        ("staged", ""),
                        ("state", "read"),
                        ("verdict__in", ["digit", "unsure", "not_a_digit"]),
                    ),
                    models.Q(
                        ("picture__isnull", True),
                        ("staged", ""),
                        ("state", "failed"),
                        ("verdict", ""),
                        models.Q(("problem", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="batch_item_read_or_refused",
            ),
        ),
    ]
