"""The rows that a reading is kept in: its picture's, one for each glyph, and what was said of each glyph."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

from django.db.models import Model

from recognizer.inference.predictor import GlyphPrediction
from recognizer.inference.reading import Reading
from recognizer.models import Glyph, ModelVersion, Picture, Prediction

PROBABILITY_DECIMALS = 7


@dataclass(frozen=True, eq=False)
class Recognized:
    """A picture that was read, its row not yet stored."""

    picture: Picture
    reading: Reading


def write_rows(recognized: Collection[Recognized]) -> None:
    """Write the rows of pictures whose files are there; each picture then knows its glyphs and their answers."""
    for one in recognized:
        one.picture.save(force_insert=True)
    glyphs = Glyph.objects.bulk_create(glyph for one in recognized for glyph in _glyphs(one.picture, one.reading))
    rest = iter(glyphs)
    for one in recognized:
        _know(one.picture, "glyphs", list(islice(rest, len(one.reading.glyphs))))
    predictions = [
        prediction
        for one in recognized
        for prediction in _predictions(one.picture.glyphs.all(), one.picture.model_version, one.reading)
    ]
    for prediction in Prediction.objects.bulk_create(predictions):
        _know(prediction.glyph, "predictions", [prediction])


def prediction_of(glyph: Glyph, version: ModelVersion, told: GlyphPrediction, *, is_primary: bool) -> Prediction:
    """Return the row, not yet stored, of what a version says of a glyph.

    is_primary: whether the picture's reading is made of it.
    """
    return Prediction(
        glyph=glyph,
        model_version=version,
        is_primary=is_primary,
        probabilities=[round(float(p), PROBABILITY_DECIMALS) for p in told.probabilities],
        none_probability=told.none_probability,
        digit=told.digit,
        runner_up=told.runner_up,
        confidence=told.confidence,
        verdict=told.verdict,
    )


def _know(row: Model, name: str, related: list[Model]) -> None:
    """Let a new row know its related rows as prefetch_related would: who answers need not ask for what was written.

    Django has no public way to say so of rows that it need not fetch.
    """
    known = getattr(row, name).all()
    known._result_cache = related
    row._prefetched_objects_cache = {name: known}


def _glyphs(picture: Picture, reading: Reading) -> list[Glyph]:
    return [
        Glyph(
            picture=picture,
            position=position,
            x=glyph.box[0],
            y=glyph.box[1],
            width=glyph.box[2],
            height=glyph.box[3],
            pixels=glyph.pixels.tobytes(),
            margin=glyph.prediction.margin,
        )
        for position, glyph in enumerate(reading.glyphs)
    ]


def _predictions(glyphs: list[Glyph], version: ModelVersion, reading: Reading) -> list[Prediction]:
    return [
        prediction_of(glyph, version, read.prediction, is_primary=True)
        for glyph, read in zip(glyphs, reading.glyphs, strict=True)
    ]
