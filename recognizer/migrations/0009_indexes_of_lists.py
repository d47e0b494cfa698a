"""The indexes by which the lists of the admin are searched and narrowed, however much is in them."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class AddIndex(AddIndexConcurrently):
    """Adds an index; PostgreSQL lets others write meanwhile, and keeps what an interrupted run left of it."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            left = schema_editor.quote_name(self.index.name)
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {left}")
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            migrations.AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            migrations.AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("recognizer", "0008_kept_figures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndex(
            model_name="batch",
            index=models.Index(fields=["-created", "-id"], name="batch_newest"),
        ),
        AddIndex(
            model_name="glyph",
            index=models.Index(fields=["margin", "-id"], name="glyph_least_sure"),
        ),
        AddIndex(
            model_name="glyph",
            index=models.Index(condition=models.Q(("is_usable", False)), fields=["-id"], name="glyph_unusable"),
        ),
        AddIndex(
            model_name="glyph",
            index=models.Index(condition=models.Q(("is_excluded", True)), fields=["-id"], name="glyph_excluded"),
        ),
        AddIndex(
            model_name="labelevent",
            index=models.Index(fields=["-created", "-id"], name="label_event_newest"),
        ),
        AddIndex(
            model_name="labelevent",
            index=models.Index(fields=["what", "-created", "-id"], name="label_event_by_what"),
        ),
        AddIndex(
            model_name="labelevent",
            index=models.Index(fields=["where", "-created", "-id"], name="label_event_by_where"),
        ),
        AddIndex(
            model_name="labelevent",
            index=models.Index(fields=["user", "-created", "-id"], name="label_event_of_user"),
        ),
        AddIndex(
            model_name="picture",
            index=models.Index(fields=["source", "-created", "-id"], name="picture_by_source"),
        ),
        AddIndex(
            model_name="picture",
            index=models.Index(fields=["may_train", "-created", "-id"], name="picture_by_consent"),
        ),
        AddIndex(
            model_name="picture",
            index=models.Index(fields=["model_version", "-created", "-id"], name="picture_by_version"),
        ),
        AddIndex(
            model_name="picture",
            index=models.Index(fields=["reading", "-created", "-id"], name="picture_by_reading"),
        ),
        AddIndex(
            model_name="picture",
            index=models.Index(
                condition=models.Q(("name", ""), _negated=True),
                fields=["name", "-created", "-id"],
                name="picture_by_name",
            ),
        ),
        AddIndex(
            model_name="picture",
            index=models.Index(condition=models.Q(("traits", 0)), fields=["id"], name="picture_without_traits"),
        ),
        AddIndex(
            model_name="prediction",
            index=models.Index(fields=["model_version", "-id"], name="prediction_of_version"),
        ),
        AddIndex(
            model_name="prediction",
            index=models.Index(condition=models.Q(("is_primary", False)), fields=["-id"], name="prediction_opinion"),
        ),
    ]
