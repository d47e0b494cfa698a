"""What came of a batch: how far it is, its files as narrowed down and page by page, and all of them as a table."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from recognizer.batches.errors import OF_A_FILE, StoppedError
from recognizer.imaging.errors import PictureError
from recognizer.models import Batch, BatchItem, Verdict
from recognizer.problems import Problem, problem_of
from recognizer.tables import safe_text

PAGE_SIZE = 50
COLUMNS = ("number", "file", "state", "reading", "verdict", "confidence", "problem", "picture")
ROWS_AT_ONCE = 200
"""Of the table, that are fetched together."""

State = BatchItem.State
WISHES = {
    "all": (_("All"), Q()),
    "sure": (_("Sure"), Q(state=State.READ, verdict=Verdict.DIGIT)),
    "unsure": (_("Unsure"), Q(state=State.READ, verdict=Verdict.UNSURE)),
    "not_a_digit": (_("Not a digit"), Q(state=State.READ, verdict=Verdict.NOT_A_DIGIT)),
    "failed": (_("Not read"), Q(state=State.FAILED)),
}
"""What the files can be narrowed down to, and how that is called."""


class Progress:
    """How many files of a batch have come to which end."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        rows = batch.items.order_by().values_list("state", "verdict").annotate(count=Count("pk"))
        self._counts = {(state, verdict): count for state, verdict, count in rows}

    @property
    def done(self) -> int:
        return self.batch.total - self._counts.get((State.WAITING, ""), 0)

    @property
    def read(self) -> int:
        return sum(count for (state, _), count in self._counts.items() if state == State.READ)

    @property
    def failed(self) -> int:
        return self._counts.get((State.FAILED, ""), 0)

    @cached_property
    def stopped(self) -> int:
        """Return how many of those that failed nobody has looked at, because the batch was stopped."""
        return self.batch.items.filter(state=State.FAILED, problem=StoppedError.code).count() if self.failed else 0

    @property
    def refused(self) -> int:
        """Return how many could not be read."""
        return self.failed - self.stopped

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of files by each of the WISHES."""
        by_verdict = {verdict: self._counts.get((State.READ, verdict), 0) for verdict in Verdict.values}
        return {
            "all": self.batch.total,
            "sure": by_verdict[Verdict.DIGIT],
            "unsure": by_verdict[Verdict.UNSURE],
            "not_a_digit": by_verdict[Verdict.NOT_A_DIGIT],
            "failed": self.failed,
        }


@dataclass(frozen=True)
class ResultPage:
    """Some files of a batch in their order, and where the pages before and after them begin; None where none is."""

    items: list[BatchItem]
    before: int | None
    after: int | None


def page_of_items(batch: Batch, wish: str, *, after: int | None = None, before: int | None = None) -> ResultPage:
    """Return a page of the files. It begins after a position, or ends before one, and costs the same wherever that is.

    wish: one of the WISHES.
    """
    items = with_pictures(batch.items.filter(WISHES[wish][1]))
    if before is not None:
        rows = list(items.filter(position__lt=before).order_by("-position")[: PAGE_SIZE + 1])
        has_before, has_after = len(rows) > PAGE_SIZE, True
        rows = rows[:PAGE_SIZE][::-1]
    else:
        rows = list(items.filter(position__gt=-1 if after is None else after).order_by("position")[: PAGE_SIZE + 1])
        has_before, has_after = after is not None, len(rows) > PAGE_SIZE
        rows = rows[:PAGE_SIZE]
    if not rows:  # nothing is left on this side
        return page_of_items(batch, wish) if before is not None or after is not None else ResultPage([], None, None)
    return ResultPage(rows, rows[0].position if has_before else None, rows[-1].position if has_after else None)


def with_pictures(items: QuerySet) -> QuerySet:
    """Fetch the pictures with their glyphs and predictions in three queries; no thumbnails and no cards."""
    items = items.select_related("picture__model_version").prefetch_related("picture__glyphs__predictions")
    return items.defer("picture__thumbnail", "picture__model_version__card")


def problem_with(item: BatchItem) -> Problem | None:
    """Return what was wrong with a file that was not read."""
    return problem_of(OF_A_FILE.get(item.problem, PictureError)()) if item.problem else None


def csv_rows(batch: Batch, address_of) -> Iterator[bytes]:
    """Yield a table with one line a file, line by line. address_of: returns the full address of a picture's page.

    However slowly the lines are taken, no query stays open, which would keep SQLite from writing.
    """
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    rest = with_pictures(batch.items.order_by("position"))
    while items := list(rest[:ROWS_AT_ONCE]):
        for item in items:
            yield writer.writerow(map(safe_text, _cells(item, address_of)))
        rest = rest.filter(position__gt=items[-1].position)


def _cells(item: BatchItem, address_of) -> list[object]:
    picture, problem = item.picture, problem_with(item)
    reading, confidence = "", ""
    if picture is not None:
        corrected = picture.corrected_reading
        reading = picture.reading if corrected is None else corrected
        confidence = f"{picture.least_sure.confidence:.4f}" if picture.least_sure else ""
    state = "deleted" if item.state == State.READ and picture is None else item.state
    told = problem.sentence if problem else ""
    address = address_of(picture) if picture else ""
    return [item.position + 1, item.name, state, reading, item.verdict, confidence, told, address]


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> bytes:
        return line.encode()
