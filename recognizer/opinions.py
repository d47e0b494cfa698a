"""What other networks than the one that read a picture make of the same marks; its reading stays as it is."""

import logging
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from django.db import transaction

from recognizer import registry
from recognizer.imaging.normalization import from_bytes
from recognizer.inference.predictor import GlyphPrediction
from recognizer.inference.reading import Reading
from recognizer.models import Glyph, ModelKind, ModelVersion, Picture, Prediction
from recognizer.reading_rows import prediction_of

logger = logging.getLogger(__name__)

READ_AGAIN_AT_ONCE = 200
"""Glyphs that are predicted, and then written, together."""


def read_again(glyphs: Iterable[Glyph], kind: str) -> int:
    """Keep what the active model of this kind says of stored glyphs, where it is not known yet; return of how many.

    The pictures' readings stay, and so do the predictions that they were made of.
    Raises as registry.get_model does. What was written until the database failed, if it does, is kept.
    """
    model = registry.get_model(kind)
    return sum(_read_batch_again(batch, model) for batch in _batches(glyphs, READ_AGAIN_AT_ONCE))


def read_by_others(pictures: Collection[Picture]) -> None:
    """Keep what the active models of other kinds than the default say of the glyphs; the readings do not need them."""
    for kind in _kinds_but(ModelKind.CNN):
        try:
            read_again(Glyph.objects.filter(picture__in=pictures), kind)
        except Exception:  # the pictures are kept by now, and another opinion is not to cost their giver the answer
            logger.exception("%d pictures were not read by %s.", len(pictures), kind)


def guess_by_others(version: ModelVersion, reading: Reading) -> list[tuple[ModelVersion, list[GlyphPrediction]]]:
    """Return what the active models of the other kinds say of each glyph of this version's reading."""
    pixels = from_bytes([glyph.pixels.tobytes() for glyph in reading.glyphs])
    told = []
    for kind in _kinds_but(version.kind):
        try:
            model = registry.get_model(kind)
        except registry.ModelUnavailableError as error:
            logger.warning("%s", error)
            continue
        told.append((model.version, model.predictor.predict(pixels)))
    return told


def _kinds_but(one: str) -> list[str]:
    return [kind for kind in registry.available_kinds() if kind != one]


def _read_batch_again(glyphs: list[Glyph], model: registry.ActiveModel) -> int:
    """Predict outside of the transaction, so that nobody waits for the network to write."""
    unread = Glyph.objects.exclude(predictions__model_version=model.version).filter(pk__in=[g.pk for g in glyphs])
    wanted = set(unread.values_list("pk", flat=True))
    glyphs = [glyph for glyph in glyphs if glyph.pk in wanted]
    told = model.predictor.predict(from_bytes([glyph.pixels for glyph in glyphs]))
    with transaction.atomic():
        wanted = set(unread.select_for_update().values_list("pk", flat=True))  # some may be deleted by now
        rows = [
            prediction_of(glyph, model.version, prediction, is_primary=False)
            for glyph, prediction in zip(glyphs, told, strict=True)
            if glyph.pk in wanted
        ]
        Prediction.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _batches(glyphs: Iterable[Glyph], size: int) -> Iterator[list[Glyph]]:
    rest = iter(glyphs)
    while batch := list(islice(rest, size)):
        yield batch
