"""Labelled glyphs for tests of what leaves the site."""

import hashlib
from datetime import UTC, datetime
from itertools import count
from uuid import uuid4

import numpy as np

from recognizer.labels import NOT_A_DIGIT
from recognizer.learning.exports import ExportedGlyph
from recognizer.models import Glyph, ModelVersion
from tests.recognizer.rows import make_picture, make_version

WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LABELS = [3, 0, NOT_A_DIGIT, 9, 3, 1]
_numbers = count()


def pixels_of(number: int) -> bytes:
    """Return a glyph like no other, as its row keeps it."""
    return np.random.default_rng(number).integers(0, 256, (28, 28), np.uint8).tobytes()


def make_labelled(label: int | None = 3, *, user=None, read: str = "7", is_excluded: bool = False, **fields) -> Glyph:
    """Store a glyph that is exported unless told otherwise, on a picture of its own with these fields."""
    number = next(_numbers)
    version = ModelVersion.objects.first() or make_version()
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    glyph = make_picture(version, digits=read, **({"may_train": True, "sha256": sha256} | fields)).glyphs.get()
    glyph.pixels, glyph.label, glyph.labelled_by, glyph.is_excluded = pixels_of(number), label, user, is_excluded
    glyph.labelled_at = None if label is None else WHEN
    glyph.save()
    return glyph


def exported(number: int, **fields) -> ExportedGlyph:
    """Return a glyph as it leaves the site, without a database."""
    told = {
        "id": number,
        "picture": uuid4(),
        "picture_sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        "position": 0,
        "label": number % 11,
        "labelled_by": "ada",
        "labelled_at": WHEN,
        "digit": 7,
        "confidence": 0.9,
        "verdict": "digit",
        "model_kind": "cnn",
        "model_version": "2",
        "consent": True,
        "pixels": pixels_of(number),
    }
    return ExportedGlyph(**(told | fields))
