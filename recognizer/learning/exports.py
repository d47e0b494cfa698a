"""Which labelled glyphs leave the site, what is told of each, and how many stay and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, FilteredRelation, Q, QuerySet

from recognizer.inference.labelled import is_held_out
from recognizer.labels import LABEL_CHOICES, NOT_A_DIGIT
from recognizer.learning.kept import Counted, Piece
from recognizer.models import Glyph, Verdict

PAGE_SIZE = 2000


class ExportedGlyph(NamedTuple):
    """One labelled glyph as it leaves the site; what the reading said of it is None where nothing was said."""

    id: int
    picture: UUID
    picture_sha256: str
    position: int
    label: int
    labelled_by: str | None
    """A user name; None for a visitor, or a user who is gone."""
    labelled_at: datetime
    digit: int | None
    confidence: float | None
    verdict: str | None
    model_kind: str | None
    model_version: str | None
    consent: bool
    pixels: bytes
    """28×28 uint8, row by row, bright foreground."""

    @property
    def predicted(self) -> int | None:
        """Return what the model took the mark for: a digit, or 10 for not a digit."""
        return NOT_A_DIGIT if self.verdict == Verdict.NOT_A_DIGIT else self.digit

    @property
    def held_out(self) -> bool:
        return is_held_out(self.picture_sha256)


SELECTED = (
    "id",
    "picture_id",
    "picture__sha256",
    "position",
    "label",
    "labelled_by__username",
    "labelled_at",
    "said__digit",
    "said__confidence",
    "said__verdict",
    "said__model_version__kind",
    "said__model_version__version",
    "picture__may_train",
    "pixels",
)
"""Where the fields of an ExportedGlyph stand in the database, in their order."""


@dataclass(frozen=True)
class Shares:
    """How many glyphs an export would hold, and how many it leaves out; each of these is counted once."""

    by_label: dict[int, int]
    """Of every label from 0 to 10, in that order."""
    without_consent: int
    excluded: int
    unusable: int
    counted: datetime | None = None
    """None for this moment."""

    @property
    def exported(self) -> int:
        return sum(self.by_label.values())

    @property
    def left_out(self) -> int:
        return self.without_consent + self.excluded + self.unusable


def exportable_glyphs() -> QuerySet[Glyph]:
    """Return the glyphs that may leave the site: labelled, usable, let into training by us and by their giver."""
    return Glyph.objects.filter(label__isnull=False, is_usable=True, is_excluded=False, picture__may_train=True)


def exported_glyphs() -> Iterator[ExportedGlyph]:
    """Yield every glyph that may leave the site, by id.

    They come in pages, each read to its end at once and without a transaction around them all: while a row is
    being read, an SQLite without write-ahead log lets nobody commit, however slowly the download goes.
    """
    said = FilteredRelation("predictions", condition=Q(predictions__is_primary=True))
    rows = exportable_glyphs().annotate(said=said).order_by("id").values_list(*SELECTED)
    last = 0
    while page := list(rows.filter(id__gt=last)[:PAGE_SIZE]):
        yield from map(ExportedGlyph._make, page)
        last = page[-1][0]


def shares() -> Shares:
    """Return what an export would hold and what it would leave out, as it was counted last."""
    figures = count_shares()
    by_label = dict(enumerate(figures.data["by_label"]))
    return Shares(by_label, **figures.data["left_out"], counted=figures.counted)


@Counted
def count_shares(pieces: list[Piece]) -> dict:
    """Count what an export would hold of each label, 0 to 10, and what it would leave out; a query for each piece."""
    by_label, left_out = [0 for _ in LABEL_CHOICES], {"unusable": 0, "excluded": 0, "without_consent": 0}
    told = Glyph.objects.filter(Q(label__isnull=False) | Q(is_usable=False)).order_by()
    groups = told.values_list("label", "is_usable", "is_excluded", "picture__may_train").annotate(n=Count("pk"))
    for piece in pieces:
        for label, is_usable, is_excluded, may_train, n in groups.filter(pk__range=piece):
            if not is_usable:
                left_out["unusable"] += n
            elif is_excluded:
                left_out["excluded"] += n
            elif not may_train:
                left_out["without_consent"] += n
            else:
                by_label[label] += n
    return {"by_label": by_label, "left_out": left_out}
