"""How much there is to learn from."""

from dataclasses import dataclass

from django.db.models import Count, Max

from recognizer.inference.labelled import is_held_out
from recognizer.learning.exports import exportable_glyphs
from recognizer.models import Glyph, TrainingRun


@dataclass(frozen=True)
class LabelCounts:
    """How many labelled glyphs the next training learns from, how many are kept aside, and how many are new to it."""

    learnt: int
    held_out: int
    new: int
    left_out: int
    """Labelled, but not to be used for training."""


def label_counts() -> LabelCounts:
    """Count the labels as they are now; new are those given since the last finished training began."""
    held_out = total = 0
    for sha256, n in exportable_glyphs().order_by().values_list("picture__sha256").annotate(n=Count("pk")):
        total += n
        held_out += n if is_held_out(sha256) else 0
    last = TrainingRun.objects.filter(state=TrainingRun.State.DONE).aggregate(started=Max("started"))["started"]
    new = exportable_glyphs().filter(labelled_at__gt=last).count() if last else total
    labelled = Glyph.objects.filter(label__isnull=False).count()
    return LabelCounts(total - held_out, held_out, new, max(labelled - total, 0))
