"""The traits of pictures that an older release stored: it may still run while the site is brought up to date."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from recognizer.models import Picture, Prediction
from recognizer.models.glyphs import keep_traits

AT_ONCE = 200
"""Pictures in one transaction: another writer waits for so many at most."""


def write_missing_traits() -> None:
    """Write the traits of every picture that was read and has none: no filter of the history would find it."""
    was_read = Exists(Prediction.objects.filter(glyph__picture=OuterRef("pk"), is_primary=True))
    without_traits = Picture.objects.filter(was_read, traits=0).order_by("pk")  # so stands an index of them alone
    while ids := list(without_traits.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            Picture.objects.filter(pk__in=ids).hold()
            for picture_id in ids:
                keep_traits(picture_id)
