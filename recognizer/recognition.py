"""The one door: the bytes of a picture become a reading, and a stored one its rows and its file."""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from itertools import islice

from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from recognizer import registry
from recognizer.imaging.decoding import DecodedPicture, decode
from recognizer.imaging.encoding import encode_png, encode_thumbnail
from recognizer.imaging.normalization import from_bytes
from recognizer.inference.predictor import GlyphPrediction
from recognizer.inference.reading import Reading, read_page
from recognizer.models import Glyph, ModelKind, ModelVersion, Picture, Prediction
from recognizer.owners import Owner

logger = logging.getLogger(__name__)

PROBABILITY_DECIMALS = 7
READ_AGAIN_AT_ONCE = 200
"""Glyphs that are predicted, and then written, together."""


class StorageUnavailableError(Exception):
    """The reading cannot be kept at the moment: disk full or read-only, database locked or away."""


def guess(data: bytes, *, kind: str = ModelKind.CNN) -> tuple[ModelVersion, Reading]:
    """Return what is written on the picture, and who says so. Nothing is stored.

    Raises PictureError for a picture that is refused, and as registry.get_model does.
    """
    model, _, reading = _read(data, kind)
    return model.version, reading


def guess_with(model: registry.ActiveModel, data: bytes) -> Reading:
    """Return what this one version, active or not, reads on the picture. Nothing is stored. Raises PictureError."""
    return read_page(decode(data), model.predictor)


def recognize(
    data: bytes, *, owner: Owner, source: str, name: str = "", may_train: bool = False, kind: str = ModelKind.CNN
) -> Picture:
    """Read the picture and keep it with all that was read: file first, then rows, both or neither.

    Raises as guess does, and StorageUnavailableError; nothing is stored then.
    """
    model, decoded, reading = _read(data, kind)
    file = encode_png(decoded.page)
    picture = Picture(
        user=owner.user,
        visitor=owner.visitor if owner.user is None else None,
        source=source,
        sha256=hashlib.sha256(file).hexdigest(),
        thumbnail=encode_thumbnail(decoded.page),
        name=clean_name(name),
        width=decoded.width,
        height=decoded.height,
        may_train=may_train,
        model_version=model.version,
        reading=reading.text,
    )
    try:
        _store(picture, file, reading)
    except (DatabaseError, OSError) as error:
        logger.exception("A reading could not be kept.")
        raise StorageUnavailableError from error
    return picture


def read_again(glyphs: Iterable[Glyph], kind: str) -> int:
    """Keep what the active model of this kind says of stored glyphs, where it is not known yet; return of how many.

    The pictures' readings stay, and so do the predictions that they were made of.
    Raises as registry.get_model does. What was written until the database failed, if it does, is kept.
    """
    model = registry.get_model(kind)
    return sum(_read_batch_again(batch, model) for batch in _batches(glyphs, READ_AGAIN_AT_ONCE))


def clean_name(name: str) -> str:
    """Return the client's file name as a label: its last part, without control characters, cut to fit."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(character for character in last if character.isprintable())
    return printable[: Picture._meta.get_field("name").max_length]


def _read(data: bytes, kind: str) -> tuple[registry.ActiveModel, DecodedPicture, Reading]:
    decoded = decode(data)
    model = registry.get_model(kind)
    return model, decoded, read_page(decoded, model.predictor)


def _store(picture: Picture, file: bytes, reading: Reading) -> None:
    """Write the file, then every row in one transaction; take the file away again if that fails."""
    picture.image.save("", ContentFile(file), save=False)
    try:
        with transaction.atomic():
            picture.save(force_insert=True)
            glyphs = Glyph.objects.bulk_create(_glyphs(picture, reading))
            Prediction.objects.bulk_create(_predictions(glyphs, picture.model_version, reading))
    except BaseException:
        picture.image.storage.delete(picture.image.name)
        raise


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
        _prediction(glyph, version, read.prediction, is_primary=True)
        for glyph, read in zip(glyphs, reading.glyphs, strict=True)
    ]


def _prediction(glyph: Glyph, version: ModelVersion, told: GlyphPrediction, *, is_primary: bool) -> Prediction:
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


def _read_batch_again(glyphs: list[Glyph], model: registry.ActiveModel) -> int:
    """Predict outside of the transaction, so that nobody waits for the network to write."""
    unread = Glyph.objects.exclude(predictions__model_version=model.version).filter(pk__in=[g.pk for g in glyphs])
    wanted = set(unread.values_list("pk", flat=True))
    glyphs = [glyph for glyph in glyphs if glyph.pk in wanted]
    told = model.predictor.predict(from_bytes([glyph.pixels for glyph in glyphs]))
    with transaction.atomic():
        wanted = set(unread.select_for_update().values_list("pk", flat=True))  # some may be deleted by now
        rows = [
            _prediction(glyph, model.version, prediction, is_primary=False)
            for glyph, prediction in zip(glyphs, told, strict=True)
            if glyph.pk in wanted
        ]
        Prediction.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _batches(glyphs: Iterable[Glyph], size: int) -> Iterator[list[Glyph]]:
    rest = iter(glyphs)
    while batch := list(islice(rest, size)):
        yield batch
