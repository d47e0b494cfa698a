"""What is counted over all marks: at once where there are few, else kept and counted anew by a worker.

Counting millions of rows takes seconds, and a page that did so would keep SQLite's writers waiting. It shows what was
counted last, and when; the figures that it shows may be a few minutes old. Of few marks they never are. While the
database cannot be written, pages are shown all the same.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task

from recognizer.models import Glyph, KeptFigures

logger = logging.getLogger(__name__)

FORMAT = 1
"""Raised with every change of what is counted or of how it is kept: what another release kept is not read."""
FEW_MARKS = 10_000
"""Up to so many are counted whenever it is asked."""
MARKS_AT_ONCE = 20_000
"""Counted in one query: other queries get their turn between two of them."""
GOOD_FOR = timedelta(minutes=5)
"""What is older is counted anew by a worker, and shown until then."""
USELESS_AFTER = timedelta(hours=1)
"""What is older is counted before it is shown: no worker did it."""
QUEUE = "pictures"
"""Where no task takes longer than some seconds; trainings wait in another."""

Piece = tuple[int, int]


@dataclass(frozen=True)
class Figures:
    """What was counted, as JSON keeps it, and when: None for this moment."""

    data: dict
    counted: datetime | None = None


class Counted:
    """A function that counts over all marks and returns what JSON can keep; calling this returns Figures.

    It is given the pieces that it is to count, each the first and the last number of the marks of one query.
    """

    def __init__(self, count: Callable[[list[Piece]], dict]) -> None:
        self.count = count
        self.name = f"{count.__module__}.{count.__qualname__}"
        self.__doc__ = count.__doc__

    def __call__(self) -> Figures:
        if (newest := _newest()) <= FEW_MARKS:
            return Figures(self.count(_pieces(newest)))
        kept = KeptFigures.objects.filter(pk=self._key).first()
        now = timezone.now()
        if kept is None or kept.counted < now - USELESS_AFTER:
            return self.count_anew()
        if kept.counted < now - GOOD_FOR and kept.asked is None:
            self._ask_worker(now)
        return Figures(kept.data, kept.counted)

    def count_anew(self) -> Figures:
        """Count, and keep what comes of it unless the database cannot be written."""
        begun = timezone.now()
        data = self.count(_pieces(_newest()))
        try:
            KeptFigures.objects.update_or_create(pk=self._key, defaults={"data": data, "counted": begun, "asked": None})
        except DatabaseError as error:
            logger.warning("What %s counted is not kept: %s", self.name, error)
        return Figures(data, begun)

    @property
    def _key(self) -> str:
        return f"{self.name}:{FORMAT}"

    def _ask_worker(self, now: datetime) -> None:
        """Let a worker count anew, once: where it does not, or cannot be asked, the page does in the end."""
        try:
            with transaction.atomic():
                if KeptFigures.objects.filter(pk=self._key, asked=None).update(asked=now):
                    count_anew.enqueue(self.name)
        except DatabaseError as error:
            logger.warning("No worker is asked for %s: %s", self.name, error)


@task(queue_name=QUEUE)
def count_anew(name: str) -> None:
    """Count what a Counted of this name counts, and keep it."""
    import_string(name).count_anew()


def are_many() -> bool:
    """Say whether there are so many marks that counting them all takes long."""
    return _newest() > FEW_MARKS


def _pieces(newest: int) -> list[Piece]:
    return [(first, first + MARKS_AT_ONCE - 1) for first in range(1, newest + 1, MARKS_AT_ONCE)]


def _newest() -> int:
    return Glyph.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
