"""How much there is to learn from."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from recognizer.inference.labelled import is_held_out
from recognizer.learning.exports import exportable_glyphs
from recognizer.learning.kept import Counted, Piece
from recognizer.models import Glyph, TrainingRun


@dataclass(frozen=True)
class LabelCounts:
    """How many labelled glyphs the next training learns from, how many are kept aside, and how many are new to it."""

    learnt: int
    held_out: int
    new: int
    left_out: int
    """Labelled, but not to be used for training."""
    counted: datetime | None = None
    """None for this moment."""


def label_counts() -> LabelCounts:
    """Return the labels as they were counted last; new are those given since the last finished training began.

    They are counted anew where there was nothing to learn from: whoever gave the first labels may train on them.
    """
    figures = count_labels()
    if figures.counted and not figures.data["learnt"] and exportable_glyphs().exists():
        figures = count_labels.count_anew()
    return LabelCounts(**figures.data, counted=figures.counted)


@Counted
def count_labels(pieces: list[Piece]) -> dict:
    """Count the labels; two queries for each piece."""
    last = TrainingRun.objects.filter(state=TrainingRun.State.DONE).aggregate(started=Max("started"))["started"]
    is_new = Q(labelled_at__gt=last) if last else Q()
    held_out = total = new = labelled = 0
    for piece in pieces:
        exportable = exportable_glyphs().filter(pk__range=piece).order_by().values_list("picture__sha256")
        for sha256, n, n_new in exportable.annotate(n=Count("pk"), new=Count("pk", filter=is_new)):
            total += n
            new += n_new
            held_out += n if is_held_out(sha256) else 0
        labelled += Glyph.objects.filter(label__isnull=False, pk__range=piece).count()
    return {"learnt": total - held_out, "held_out": held_out, "new": new, "left_out": max(labelled - total, 0)}
