"""Deleting any number of pictures without holding up anybody else who wants to write."""

import time
from dataclasses import dataclass

from recognizer.models import Picture
from recognizer.querysets import PictureQuerySet

AT_ONCE = 200
"""Pictures that go in one transaction, with all that was read on them."""
PAUSE_SECONDS = 0.01
"""Between two chunks: whoever waits to write has his turn. SQLite gives nobody one."""
WITHIN_SECONDS = 2.0
"""How long one request may delete."""


@dataclass(frozen=True)
class Deleted:
    """How many pictures went, and whether all of them did."""

    count: int
    is_all: bool


def delete_pictures(pictures: PictureQuerySet, *, within_seconds: float) -> Deleted:
    """Delete these pictures, oldest first, in short transactions until all are gone or the time is up.

    A picture's file goes when its row's deletion is committed.
    """
    end, count = time.monotonic() + within_seconds, 0
    while time.monotonic() < end:
        chosen, deleted = _delete_chunk(pictures)
        count += deleted
        if chosen < AT_ONCE:
            return Deleted(count, is_all=True)
        time.sleep(PAUSE_SECONDS)
    return Deleted(count, is_all=not pictures.exists())


def _delete_chunk(pictures: PictureQuerySet) -> tuple[int, int]:
    """Delete the oldest of these in one transaction; return how many were chosen, and how many were there still."""
    oldest = list(pictures.order_by("created", "id").values_list("pk", flat=True)[:AT_ONCE])
    _, rows = Picture.objects.filter(pk__in=oldest).defer("thumbnail").delete()
    return len(oldest), rows.get(Picture._meta.label, 0)
