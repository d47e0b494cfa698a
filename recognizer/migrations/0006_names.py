"""What models and fields are called, so that it can be translated. No table changes."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import recognizer.models.batches
import recognizer.stores.folder


class Migration(migrations.Migration):
    dependencies = [
        ("recognizer", "0005_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="batch",
            options={"ordering": ["-created", "-id"], "verbose_name": "batch", "verbose_name_plural": "batches"},
        ),
        migrations.AlterModelOptions(
            name="batchitem",
            options={
                "ordering": ["batch", "position"],
                "verbose_name": "batch item",
                "verbose_name_plural": "batch items",
            },
        ),
        migrations.AlterModelOptions(
            name="comparison",
            options={
                "ordering": ["-created", "-id"],
                "verbose_name": "comparison",
                "verbose_name_plural": "comparisons",
            },
        ),
        migrations.AlterModelOptions(
            name="glyph",
            options={
                "ordering": ["picture", "position"],
                "permissions": [
                    ("review_glyph", "Can review what was read"),
                    ("export_labels", "Can export labelled glyphs"),
                ],
                "verbose_name": "glyph",
                "verbose_name_plural": "glyphs",
            },
        ),
        migrations.AlterModelOptions(
            name="labelevent",
            options={
                "ordering": ["-created", "-id"],
                "verbose_name": "label event",
                "verbose_name_plural": "label events",
            },
        ),
        migrations.AlterModelOptions(
            name="modelversion",
            options={
                "ordering": ["kind", "-created"],
                "permissions": [("promote_modelversion", "Can promote a model version and roll back")],
                "verbose_name": "model version",
                "verbose_name_plural": "model versions",
            },
        ),
        migrations.AlterModelOptions(
            name="picture",
            options={"ordering": ["-created", "-id"], "verbose_name": "picture", "verbose_name_plural": "pictures"},
        ),
        migrations.AlterModelOptions(
            name="prediction",
            options={"verbose_name": "prediction", "verbose_name_plural": "predictions"},
        ),
        migrations.AlterModelOptions(
            name="promotion",
            options={"ordering": ["-created", "-id"], "verbose_name": "promotion", "verbose_name_plural": "promotions"},
        ),
        migrations.AlterModelOptions(
            name="reviewlease",
            options={"verbose_name": "review lease", "verbose_name_plural": "review leases"},
        ),
        migrations.AlterModelOptions(
            name="trainingrun",
            options={
                "ordering": ["-created"],
                "permissions": [("start_trainingrun", "Can start and cancel trainings")],
                "verbose_name": "training run",
                "verbose_name_plural": "training runs",
            },
        ),
        migrations.AlterField(
            model_name="batch",
            name="came_as",
            field=models.CharField(
                choices=[("files", "files"), ("zip", "a zip")], max_length=8, verbose_name="came as"
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="created",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="batch",
            name="finished",
            field=models.DateTimeField(editable=False, null=True, verbose_name="finished"),
        ),
        migrations.AlterField(
            model_name="batch",
            name="heartbeat",
            field=models.DateTimeField(
                editable=False,
                help_text="When a worker last took files of it.",
                null=True,
                verbose_name="last sign of life",
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="total",
            field=models.PositiveSmallIntegerField(help_text="Files, the refused ones too.", verbose_name="files"),
        ),
        migrations.AlterField(
            model_name="batch",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="visitor",
            field=models.UUIDField(editable=False, null=True, verbose_name="visitor"),
        ),
        migrations.AlterField(
            model_name="batchitem",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="recognizer.batch",
                verbose_name="batch",
            ),
        ),
        migrations.AlterField(
            model_name="batchitem",
            name="claimed",
            field=models.DateTimeField(help_text="When a worker took it.", null=True, verbose_name="claimed"),
        ),
        migrations.AlterField(
            model_name="batchitem",
            name="name",
            field=models.CharField(
                blank=True, help_text="The client's file name; a label only.", max_length=255, verbose_name="name"
            ),
        ),
        migrations.AlterField(
            model_name="batchitem",
            name="picture",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="batch_item",
                to="recognizer.picture",
                verbose_name="picture",
            ),
        ),
        migrations.AlterField(
            model_name="batchitem",
            name="position",
            field=models.PositiveSmallIntegerField(
                help_text="In the order in which they were sent, from 0.", verbose_name="position"
            ),
        ),
        migrations.AlterField(
            model_name="batchitem",
            name="problem",
            field=models.CharField(
                blank=True, help_text="The code of what was wrong with the file.", max_length=32, verbose_name="problem"
            ),
        ),
        migrations.AlterField(
            model_name="batchitem",
            name="staged",
            field=models.FileField(
                blank=True,
                help_text="The file as sent, while it waits.",
                max_length=80,
                upload_to=recognizer.models.batches.staged_path,
                verbose_name="waiting file",
            ),
        ),
        migrations.AlterField(
            model_name="batchitem",
            name="state",
            field=models.CharField(
                choices=[("waiting", "waiting"), ("read", "read"), ("failed", "not read")],
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="batchitem",
            name="verdict",
            field=models.CharField(
                blank=True,
                choices=[("digit", "sure"), ("unsure", "unsure"), ("not_a_digit", "not a digit")],
                help_text="Of the whole picture, as the network read it.",
                max_length=16,
                verbose_name="verdict",
            ),
        ),
        migrations.AlterField(
            model_name="comparison",
            name="base",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="recognizer.modelversion",
                verbose_name="active version",
            ),
        ),
        migrations.AlterField(
            model_name="comparison",
            name="candidate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="comparisons",
                to="recognizer.modelversion",
                verbose_name="candidate",
            ),
        ),
        migrations.AlterField(
            model_name="comparison",
            name="created",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="comparison",
            name="figures",
            field=models.JSONField(
                help_text="Of each set: counts for both, and which glyphs changed.", verbose_name="figures"
            ),
        ),
        migrations.AlterField(
            model_name="comparison",
            name="gates",
            field=models.JSONField(
                help_text="A list of what was asked, what was found, and whether that is enough.", verbose_name="gates"
            ),
        ),
        migrations.AlterField(
            model_name="comparison",
            name="is_passed",
            field=models.BooleanField(help_text="Whether every gate was passed.", verbose_name="passed"),
        ),
        migrations.AlterField(
            model_name="glyph",
            name="label",
            field=models.PositiveSmallIntegerField(
                blank=True,
                choices=[
                    (0, "0"),
                    (1, "1"),
                    (2, "2"),
                    (3, "3"),
                    (4, "4"),
                    (5, "5"),
                    (6, "6"),
                    (7, "7"),
                    (8, "8"),
                    (9, "9"),
                    (10, "not a digit"),
                ],
                null=True,
                verbose_name="label",
            ),
        ),
        migrations.AlterField(
            model_name="glyph",
            name="labelled_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="labelled at"),
        ),
        migrations.AlterField(
            model_name="glyph",
            name="labelled_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="labelled by",
            ),
        ),
        migrations.AlterField(
            model_name="glyph",
            name="picture",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="glyphs",
                to="recognizer.picture",
                verbose_name="picture",
            ),
        ),
        migrations.AlterField(
            model_name="glyph",
            name="position",
            field=models.PositiveSmallIntegerField(help_text="In reading order, from 0.", verbose_name="position"),
        ),
        migrations.AlterField(
            model_name="labelevent",
            name="created",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="labelevent",
            name="glyph",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="label_events",
                to="recognizer.glyph",
                verbose_name="glyph",
            ),
        ),
        migrations.AlterField(
            model_name="labelevent",
            name="new",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="new"),
        ),
        migrations.AlterField(
            model_name="labelevent",
            name="old",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="old"),
        ),
        migrations.AlterField(
            model_name="labelevent",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="labelevent",
            name="visitor",
            field=models.UUIDField(null=True, verbose_name="visitor"),
        ),
        migrations.AlterField(
            model_name="labelevent",
            name="what",
            field=models.CharField(
                choices=[
                    ("label", "labelled"),
                    ("unusable", "marked unusable"),
                    ("usable", "marked usable"),
                    ("excluded", "kept out of training"),
                    ("included", "let into training"),
                    ("confirmed", "confirmed"),
                ],
                default="label",
                max_length=16,
                verbose_name="what",
            ),
        ),
        migrations.AlterField(
            model_name="labelevent",
            name="where",
            field=models.CharField(
                choices=[
                    ("page", "picture page"),
                    ("api", "API"),
                    ("admin", "admin"),
                    ("review", "review queue"),
                    ("import", "import"),
                ],
                max_length=8,
                verbose_name="where",
            ),
        ),
        migrations.AlterField(
            model_name="modelversion",
            name="card",
            field=models.JSONField(default=dict, verbose_name="model card"),
        ),
        migrations.AlterField(
            model_name="modelversion",
            name="created",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="modelversion",
            name="folder",
            field=models.CharField(
                help_text="The artifact's folder in the released or trained models.",
                max_length=64,
                verbose_name="folder",
            ),
        ),
        migrations.AlterField(
            model_name="modelversion",
            name="kind",
            field=models.CharField(
                choices=[("cnn", "Convolutional network"), ("mlp", "Keras MLP"), ("numpy_mlp", "NumPy MLP")],
                max_length=16,
                verbose_name="network",
            ),
        ),
        migrations.AlterField(
            model_name="modelversion",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="The version whose weights the training began with.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="children",
                to="recognizer.modelversion",
                verbose_name="parent",
            ),
        ),
        migrations.AlterField(
            model_name="modelversion",
            name="sha256",
            field=models.CharField(max_length=64, verbose_name="SHA-256"),
        ),
        migrations.AlterField(
            model_name="modelversion",
            name="state",
            field=models.CharField(
                choices=[("candidate", "candidate"), ("active", "active"), ("retired", "retired")],
                default="candidate",
                max_length=16,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="modelversion",
            name="version",
            field=models.CharField(max_length=32, verbose_name="version"),
        ),
        migrations.AlterField(
            model_name="picture",
            name="batch",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="batch"),
        ),
        migrations.AlterField(
            model_name="picture",
            name="created",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="picture",
            name="height",
            field=models.PositiveIntegerField(editable=False, verbose_name="height"),
        ),
        migrations.AlterField(
            model_name="picture",
            name="image",
            field=models.FileField(
                editable=False, max_length=80, upload_to=recognizer.stores.folder.picture_path, verbose_name="file"
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="model_version",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="recognizer.modelversion",
                verbose_name="model version",
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="name",
            field=models.CharField(
                blank=True, help_text="The client's file name; a label only.", max_length=255, verbose_name="name"
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="reading",
            field=models.CharField(blank=True, editable=False, max_length=255, verbose_name="reading"),
        ),
        migrations.AlterField(
            model_name="picture",
            name="sha256",
            field=models.CharField(
                editable=False, help_text="Of the stored file.", max_length=64, verbose_name="SHA-256"
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="source",
            field=models.CharField(
                choices=[("draw", "drawn"), ("upload", "uploaded"), ("batch", "batch"), ("api", "API")],
                max_length=8,
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="thumbnail",
            field=models.BinaryField(help_text="A PNG of at most 160 pixels a side.", verbose_name="thumbnail"),
        ),
        migrations.AlterField(
            model_name="picture",
            name="traits",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="What a history is narrowed by, as bits: see traits.py.",
                verbose_name="traits",
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="picture",
            name="visitor",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="visitor"),
        ),
        migrations.AlterField(
            model_name="picture",
            name="width",
            field=models.PositiveIntegerField(
                editable=False, help_text="Of the picture as given, in pixels.", verbose_name="width"
            ),
        ),
        migrations.AlterField(
            model_name="prediction",
            name="confidence",
            field=models.FloatField(verbose_name="confidence"),
        ),
        migrations.AlterField(
            model_name="prediction",
            name="created",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="prediction",
            name="digit",
            field=models.PositiveSmallIntegerField(verbose_name="digit"),
        ),
        migrations.AlterField(
            model_name="prediction",
            name="glyph",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="predictions",
                to="recognizer.glyph",
                verbose_name="glyph",
            ),
        ),
        migrations.AlterField(
            model_name="prediction",
            name="is_primary",
            field=models.BooleanField(
                default=True,
                help_text="The picture's reading is made of this prediction.",
                verbose_name="makes the reading",
            ),
        ),
        migrations.AlterField(
            model_name="prediction",
            name="model_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predictions",
                to="recognizer.modelversion",
                verbose_name="model version",
            ),
        ),
        migrations.AlterField(
            model_name="prediction",
            name="none_probability",
            field=models.FloatField(
                help_text="That the mark is no digit at all.", verbose_name="probability of no digit"
            ),
        ),
        migrations.AlterField(
            model_name="prediction",
            name="probabilities",
            field=models.JSONField(help_text="Of the digits 0 to 9; they sum to one.", verbose_name="probabilities"),
        ),
        migrations.AlterField(
            model_name="prediction",
            name="runner_up",
            field=models.PositiveSmallIntegerField(verbose_name="runner-up"),
        ),
        migrations.AlterField(
            model_name="prediction",
            name="verdict",
            field=models.CharField(
                choices=[("digit", "sure"), ("unsure", "unsure"), ("not_a_digit", "not a digit")],
                max_length=16,
                verbose_name="verdict",
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="comparison",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="recognizer.comparison",
                verbose_name="comparison",
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="created",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="kind",
            field=models.CharField(
                choices=[
                    ("promotion", "promoted"),
                    ("override", "promoted against a gate"),
                    ("rollback", "rolled back"),
                ],
                max_length=16,
                verbose_name="kind of change",
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="reason",
            field=models.TextField(blank=True, help_text="Why a gate was overridden.", verbose_name="reason"),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="replaced",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="recognizer.modelversion",
                verbose_name="replaced version",
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="promotions",
                to="recognizer.modelversion",
                verbose_name="version",
            ),
        ),
        migrations.AlterField(
            model_name="reviewlease",
            name="glyph",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="lease",
                serialize=False,
                to="recognizer.glyph",
                verbose_name="glyph",
            ),
        ),
        migrations.AlterField(
            model_name="reviewlease",
            name="until",
            field=models.DateTimeField(verbose_name="until"),
        ),
        migrations.AlterField(
            model_name="reviewlease",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="base",
            field=models.ForeignKey(
                editable=False,
                help_text="Active then.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="recognizer.modelversion",
                verbose_name="active version",
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="candidate",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="training_run",
                to="recognizer.modelversion",
                verbose_name="candidate",
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="created",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="epochs",
            field=models.PositiveSmallIntegerField(verbose_name="epochs"),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="finished",
            field=models.DateTimeField(editable=False, null=True, verbose_name="finished"),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="heartbeat",
            field=models.DateTimeField(
                editable=False,
                help_text="When the worker last said that it lives.",
                null=True,
                verbose_name="last sign of life",
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="held_out",
            field=models.PositiveIntegerField(
                editable=False, help_text="Labelled glyphs that were kept aside.", null=True, verbose_name="held out"
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="kind",
            field=models.CharField(
                choices=[("cnn", "Convolutional network"), ("mlp", "Keras MLP"), ("numpy_mlp", "NumPy MLP")],
                max_length=16,
                verbose_name="network",
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="labels",
            field=models.PositiveIntegerField(
                editable=False, help_text="Labelled glyphs that were learnt from.", null=True, verbose_name="labels"
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="log",
            field=models.TextField(blank=True, editable=False, verbose_name="log"),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="problem",
            field=models.TextField(
                blank=True, editable=False, help_text="Why it failed, and how to mend that.", verbose_name="problem"
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="progress",
            field=models.FloatField(
                default=0.0, editable=False, help_text="How much of it is done, in [0, 1].", verbose_name="progress"
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="seed",
            field=models.PositiveIntegerField(default=1, verbose_name="seed"),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="start",
            field=models.CharField(
                choices=[("active", "the active version's weights"), ("scratch", "nothing")],
                default="active",
                max_length=8,
                verbose_name="start from",
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="started",
            field=models.DateTimeField(editable=False, null=True, verbose_name="started"),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "waiting"),
                    ("running", "running"),
                    ("done", "done"),
                    ("failed", "failed"),
                    ("cancelled", "cancelled"),
                ],
                default="queued",
                editable=False,
                max_length=16,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="step",
            field=models.CharField(
                blank=True, editable=False, help_text="What is being done.", max_length=120, verbose_name="step"
            ),
        ),
        migrations.AlterField(
            model_name="trainingrun",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
    ]
