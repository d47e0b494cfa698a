"""Where a picture stands in the batch that it came with."""

from dataclasses import dataclass
from uuid import UUID

from recognizer.models import Batch, BatchItem, Picture


@dataclass(frozen=True)
class Place:
    """The picture's file in its batch, and the pictures before and after it; None where none is."""

    batch: Batch
    number: int
    before: UUID | None
    after: UUID | None


def place_of(picture: Picture) -> Place | None:
    """Return the place of a picture among those it was sent with, None where it came alone or they are deleted."""
    if picture.batch is None:
        return None
    item = BatchItem.objects.select_related("batch").filter(picture=picture).first()
    if item is None:
        return None
    others = item.batch.items.filter(picture__isnull=False).values_list("picture", flat=True)
    before = others.filter(position__lt=item.position).order_by("-position").first()
    after = others.filter(position__gt=item.position).order_by("position").first()
    return Place(item.batch, item.position + 1, before, after)
