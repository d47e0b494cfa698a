"""The rows and their invariants."""

from recognizer.models.batches import Batch, BatchItem
from recognizer.models.figures import KeptFigures
from recognizer.models.glyphs import GLYPH_SIZE, SAMPLE_SHARE, Glyph, LabelConflictError
from recognizer.models.label_events import LabelEvent
from recognizer.models.pictures import Picture
from recognizer.models.predictions import Prediction, Verdict
from recognizer.models.review_leases import ReviewLease
from recognizer.models.runs import TrainingRun
from recognizer.models.versions import Comparison, ModelKind, ModelVersion, Promotion
from recognizer.querysets import PictureQuerySet

__all__ = [
    "GLYPH_SIZE",
    "SAMPLE_SHARE",
    "Batch",
    "BatchItem",
    "Comparison",
    "Glyph",
    "KeptFigures",
    "LabelConflictError",
    "LabelEvent",
    "ModelKind",
    "ModelVersion",
    "Picture",
    "PictureQuerySet",
    "Prediction",
    "Promotion",
    "ReviewLease",
    "TrainingRun",
    "Verdict",
]
