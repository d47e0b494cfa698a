"""The one door: the bytes of a picture become a reading, and a stored one its rows and its file."""

import hashlib
import logging

from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from recognizer import registry
from recognizer.imaging.decoding import DecodedPicture, decode
from recognizer.imaging.encoding import encode_png, encode_thumbnail
from recognizer.inference.reading import Reading, read_page
from recognizer.models import Glyph, ModelKind, ModelVersion, Picture, Prediction
from recognizer.owners import Owner

logger = logging.getLogger(__name__)

PROBABILITY_DECIMALS = 7


class StorageUnavailableError(Exception):
    """The reading cannot be kept at the moment: disk full or read-only, database locked or away."""


def guess(data: bytes, *, kind: str = ModelKind.CNN) -> tuple[ModelVersion, Reading]:
    """Return what is written on the picture, and who says so. Nothing is stored.

    Raises PictureError for a picture that is refused, and as registry.get_model does.
    """
    model, _, reading = _read(data, kind)
    return model.version, reading


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
        Prediction(
            glyph=glyph,
            model_version=version,
            probabilities=[round(float(p), PROBABILITY_DECIMALS) for p in read.prediction.probabilities],
            none_probability=read.prediction.none_probability,
            digit=read.prediction.digit,
            runner_up=read.prediction.runner_up,
            confidence=read.prediction.confidence,
            verdict=read.prediction.verdict,
        )
        for glyph, read in zip(glyphs, reading.glyphs, strict=True)
    ]
