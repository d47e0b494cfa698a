"""Every picture is given its traits, and the indexes by which a history is narrowed."""

from collections import defaultdict

from django.conf import settings
from django.db import migrations, models

AT_ONCE = 2000
VERDICT_BITS = {"digit": 1 << 11, "unsure": 1 << 12, "not_a_digit": 1 << 13}
LABELLED_BIT = 1 << 14
NOT_A_DIGIT = 10


def give_traits(apps, schema_editor):
    """Write the traits of the stored pictures; recognizer/history/traits.py tells what they are."""
    Picture = apps.get_model("recognizer", "Picture")
    Prediction = apps.get_model("recognizer", "Prediction")
    pictures = Picture.objects.order_by("id").values_list("pk", flat=True)
    batch = list(pictures[:AT_ONCE])
    while batch:
        traits = dict.fromkeys(batch, 0)
        answers = Prediction.objects.filter(is_primary=True, glyph__picture__in=batch)
        for picture, *mark in answers.values_list("glyph__picture", "glyph__label", "digit", "verdict"):
            traits[picture] |= _traits_of_mark(*mark)
        alike = defaultdict(list)
        for picture, value in traits.items():
            alike[value].append(picture)
        for value, ids in alike.items():
            Picture.objects.filter(pk__in=ids).update(traits=value)
        batch = list(pictures.filter(pk__gt=batch[-1])[:AT_ONCE])


def _traits_of_mark(label, digit, verdict):
    read = NOT_A_DIGIT if verdict == "not_a_digit" else digit
    held = read if label is None else label
    return 1 << held | VERDICT_BITS[verdict] | (0 if label is None else LABELLED_BIT)


class Migration(migrations.Migration):
    dependencies = [
        ("recognizer", "0004_batches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="picture",
            name="traits",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="What a history is narrowed by, as bits: see traits.py.",
            ),
        ),
        migrations.AddIndex(
            model_name="picture",
            index=models.Index(
                fields=["user", "-created", "-id", "traits", "source", "model_version"],
                name="picture_history_of_user",
            ),
        ),
        migrations.AddIndex(
            model_name="picture",
            index=models.Index(
                fields=["visitor", "-created", "-id", "traits", "source", "model_version"],
                name="picture_history_of_visitor",
            ),
        ),
        migrations.RemoveIndex(model_name="picture", name="picture_of_user"),
        migrations.RemoveIndex(model_name="picture", name="picture_of_visitor"),
        migrations.RunPython(give_traits, migrations.RunPython.noop),
    ]
