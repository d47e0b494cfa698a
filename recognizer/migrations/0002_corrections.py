"""What people say of glyphs beyond a label, the review queue, trainings and promotions."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import recognizer.models.glyphs


def fill_margins(apps, schema_editor):
    """Say of what was read before by how much the answer led the next best of the eleven classes."""
    Glyph, Prediction = apps.get_model("recognizer", "Glyph"), apps.get_model("recognizer", "Prediction")
    for prediction in Prediction.objects.filter(is_primary=True).iterator(chunk_size=2000):
        none = prediction.none_probability
        second, first = sorted([*(p * (1 - none) for p in prediction.probabilities), none])[-2:]
        Glyph.objects.filter(pk=prediction.glyph_id).update(margin=first - second)


class Migration(migrations.Migration):
    dependencies = [
        ("recognizer", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figures", models.JSONField(help_text="Of each set: counts for both, and which glyphs changed.")),
                (
                    "gates",
                    models.JSONField(help_text="A list of what was asked, what was found, and whether that is enough."),
                ),
                ("is_passed", models.BooleanField(help_text="Whether every gate was passed.")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-created", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Promotion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("promotion", "promoted"),
                            ("override", "promoted against a gate"),
                            ("rollback", "rolled back"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="Why a gate was overridden.")),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-created", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ReviewLease",
            fields=[
                (
                    "glyph",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="lease",
                        serialize=False,
                        to="recognizer.glyph",
                    ),
                ),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TrainingRun",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("cnn", "Convolutional network"), ("mlp", "Keras MLP"), ("numpy_mlp", "NumPy MLP")],
                        max_length=16,
                    ),
                ),
                (
                    "start",
                    models.CharField(
                        choices=[("active", "the active version's weights"), ("scratch", "nothing")],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("epochs", models.PositiveSmallIntegerField()),
                ("seed", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
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
                    ),
                ),
                ("step", models.CharField(blank=True, editable=False, help_text="What is being done.", max_length=120)),
                (
                    "progress",
                    models.FloatField(default=0.0, editable=False, help_text="How much of it is done, in [0, 1]."),
                ),
                (
                    "labels",
                    models.PositiveIntegerField(
                        editable=False, help_text="Labelled glyphs that were learnt from.", null=True
                    ),
                ),
                (
                    "held_out",
                    models.PositiveIntegerField(
                        editable=False, help_text="Labelled glyphs that were kept aside.", null=True
                    ),
                ),
                ("log", models.TextField(blank=True, editable=False)),
                (
                    "problem",
                    models.TextField(blank=True, editable=False, help_text="Why it failed, and how to mend that."),
                ),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("started", models.DateTimeField(editable=False, null=True)),
                (
                    "heartbeat",
                    models.DateTimeField(
                        editable=False, help_text="When the worker last said that it lives.", null=True
                    ),
                ),
                ("finished", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["-created"],
                "permissions": [("start_trainingrun", "Can start and cancel trainings")],
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
            },
        ),
        migrations.AlterModelOptions(
            name="modelversion",
            options={
                "ordering": ["kind", "-created"],
                "permissions": [("promote_modelversion", "Can promote a model version and roll back")],
            },
        ),
        migrations.AddField(
            model_name="glyph",
            name="is_excluded",
            field=models.BooleanField(default=False, editable=False, verbose_name="kept out of training"),
        ),
        migrations.AddField(
            model_name="glyph",
            name="is_sample",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="Figures on these hold for all.",
                verbose_name="in the random sample",
            ),
        ),
        migrations.AlterField(  # what was there before was not drawn at random
            model_name="glyph",
            name="is_sample",
            field=models.BooleanField(
                default=recognizer.models.glyphs.is_drawn_for_the_sample,
                editable=False,
                help_text="Figures on these hold for all.",
                verbose_name="in the random sample",
            ),
        ),
        migrations.AddField(
            model_name="glyph",
            name="is_usable",
            field=models.BooleanField(
                default=True, editable=False, help_text="A person can tell what it is.", verbose_name="usable"
            ),
        ),
        migrations.AddField(
            model_name="glyph",
            name="margin",
            field=models.FloatField(
                default=1.0,
                editable=False,
                help_text="By how much the reading preferred its answer to the next best, in [0, 1].",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill_margins, migrations.RunPython.noop),
        migrations.AddField(
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
            ),
        ),
        migrations.AddField(
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
            ),
        ),
        migrations.AddIndex(
            model_name="glyph",
            index=models.Index(
                condition=models.Q(("is_sample", False), ("is_usable", True), ("label__isnull", True)),
                fields=["margin", "id"],
                name="glyph_review_least_sure",
            ),
        ),
        migrations.AddIndex(
            model_name="glyph",
            index=models.Index(
                condition=models.Q(("is_sample", True), ("is_usable", True), ("label__isnull", True)),
                fields=["id"],
                name="glyph_review_sample",
            ),
        ),
        migrations.AddIndex(
            model_name="glyph",
            index=models.Index(
                condition=models.Q(("label__isnull", False)), fields=["labelled_at"], name="glyph_labelled"
            ),
        ),
        migrations.AddIndex(
            model_name="glyph",
            index=models.Index(
                condition=models.Q(("label__isnull", False)),
                fields=["id", "label", "is_sample"],
                name="glyph_counted_labels",
            ),
        ),
        migrations.AddConstraint(
            model_name="glyph",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_usable", True), ("label__isnull", True), _connector="OR"),
                name="glyph_unusable_unlabelled",
            ),
        ),
        migrations.AddConstraint(
            model_name="glyph",
            constraint=models.CheckConstraint(
                condition=models.Q(("margin__gte", 0), ("margin__lte", 1)), name="glyph_margin_0_to_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="labelevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("what__in", ["label", "unusable", "usable", "excluded", "included", "confirmed"])),
                name="label_event_what_known",
            ),
        ),
        migrations.AddField(
            model_name="comparison",
            name="base",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="recognizer.modelversion"
            ),
        ),
        migrations.AddField(
            model_name="comparison",
            name="candidate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="comparisons", to="recognizer.modelversion"
            ),
        ),
        migrations.AddField(
            model_name="promotion",
            name="comparison",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="recognizer.comparison"
            ),
        ),
        migrations.AddField(
            model_name="promotion",
            name="replaced",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="recognizer.modelversion"
            ),
        ),
        migrations.AddField(
            model_name="promotion",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="promotion",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="promotions", to="recognizer.modelversion"
            ),
        ),
        migrations.AddField(
            model_name="reviewlease",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="trainingrun",
            name="base",
            field=models.ForeignKey(
                editable=False,
                help_text="Active then.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="recognizer.modelversion",
            ),
        ),
        migrations.AddField(
            model_name="trainingrun",
            name="candidate",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="training_run",
                to="recognizer.modelversion",
            ),
        ),
        migrations.AddField(
            model_name="trainingrun",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["promotion", "override", "rollback"])), name="promotion_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "override"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="promotion_override_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["queued", "running", "done", "failed", "cancelled"])),
                name="training_run_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("progress__gte", 0), ("progress__lte", 1)), name="training_run_progress_0_to_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrun",
            constraint=models.CheckConstraint(condition=models.Q(("epochs__gte", 1)), name="training_run_some_epochs"),
        ),
    ]
