"""The one door: the bytes of a picture become a reading, and a stored one its rows and its file."""

import hashlib
import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from recognizer import registry
from recognizer.history.traits import traits_of
from recognizer.imaging.decoding import DecodedPicture, decode
from recognizer.imaging.encoding import encode_png, encode_thumbnail
from recognizer.imaging.errors import PictureError, UnreadablePictureError
from recognizer.inference.reading import Reading, read_page, read_pages
from recognizer.models import ModelKind, ModelVersion, Picture
from recognizer.operations.media import is_named
from recognizer.operations.monitoring import count_reading
from recognizer.opinions import read_by_others
from recognizer.owners import Owner
from recognizer.reading_rows import Recognized, write_rows

logger = logging.getLogger(__name__)

EVERY_KIND = "all"
"""Asked for instead of a kind: the default network reads, and the others tell what they make of the same marks."""
FILES_AT_ONCE = 16
"""That are held in memory and then written side by side."""
PIXELS_AT_ONCE = 16_000_000
"""Of pages that are held in memory while they are read together: some hundred drawings, or a few photos."""

file_writers = ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="file-writer")


class StorageUnavailableError(Exception):
    """The reading cannot be kept at the moment: disk full or read-only, database locked or away."""


def guess(data: bytes, *, kind: str = ModelKind.CNN) -> tuple[ModelVersion, Reading]:
    """Return what is written on the picture, and who says so. Nothing is stored.

    Raises PictureError for a picture that is refused, and as registry.get_model does.
    """
    begun = time.perf_counter()
    decoded, model = decode(data), _model_of(kind)
    return model.version, _read(decoded, model, begun)


def guess_with(model: registry.ActiveModel, data: bytes) -> Reading:
    """Return what this one version, active or not, reads on the picture. Nothing is stored. Raises PictureError."""
    return read_page(decode(data), model.predictor)


def recognize(
    data: bytes, *, owner: Owner, source: str, name: str = "", may_train: bool = False, kind: str = ModelKind.CNN
) -> Picture:
    """Read the picture, while its file is written, and keep it with all that was read: file and rows, both or neither.

    Raises as guess does, and StorageUnavailableError; nothing is stored then.
    """
    begun = time.perf_counter()
    decoded, model = decode(data), _model_of(kind)
    picture = _picture_of(decoded, model.version, owner=owner, source=source, name=name, may_train=may_train)
    saving = file_writers.submit(_save_file, picture, decoded)
    is_written = False
    try:
        reading = _read(decoded, model, begun)
        try:
            saving.result()
            with transaction.atomic():
                write_rows([_recognized(picture, reading)])
                is_written = True
        except (DatabaseError, OSError) as error:
            logger.exception("A reading could not be kept.")
            raise StorageUnavailableError from error
    except BaseException:
        wait([saving])
        take_away([picture.image.name], may_be_named=is_written)
        raise
    if kind == EVERY_KIND:
        read_by_others([picture])
        picture._prefetched_objects_cache = {}  # there are more predictions now
    return picture


Outcome = Recognized | PictureError
"""What becomes of one picture of many."""


def recognize_many(
    given: Iterable[tuple[str, Callable[[], bytes]]],
    *,
    record: Callable[[list[Outcome]], Collection[Recognized]],
    kind: str = ModelKind.CNN,
    **fields: object,
) -> None:
    """Read pictures together and keep them; one that is refused does no harm to the others.

    given: the name of each, and what returns its bytes when it is its turn, or raises PictureError.
    record: begins the one transaction in which all rows are written, when all files are there. It is given what became
    of each picture, in order, may still change the rows, and returns those to be kept.
    fields: of every picture, as recognize takes them, and batch.
    Raises as recognize does, and what record raises; nothing is stored then.
    """
    model = _model_of(kind)
    outcomes: list[Outcome] = []
    files: list[tuple[Picture, bytes]] = []
    kept: Collection[Recognized] = ()
    is_written = False
    try:
        for name, page, reading in _read_together(given, model):
            if isinstance(reading, PictureError):
                outcomes.append(reading)
                continue
            try:
                picture = _picture_of(page, model.version, name=name, **fields)
                file = _encode(picture, page)
                recognized = _recognized(picture, reading)
            except Exception:  # a fault of ours in one picture is not to cost the others
                logger.exception("A reading could not be made a picture.")
                outcomes.append(UnreadablePictureError())
                continue
            outcomes.append(recognized)
            files.append((picture, file))
            count_reading(reading, model.version.kind)
            if len(files) == FILES_AT_ONCE:
                _save_files(files)
                files.clear()
        _save_files(files)
        with transaction.atomic():
            wanted = record(outcomes)
            write_rows(wanted)
            is_written = True
        kept = wanted
    except (DatabaseError, OSError) as error:
        logger.exception("Readings could not be kept.")
        raise StorageUnavailableError from error
    finally:
        made = {outcome for outcome in outcomes if isinstance(outcome, Recognized)}
        take_away([unkept.picture.image.name for unkept in made.difference(kept)], may_be_named=is_written)
    if kind == EVERY_KIND:
        read_by_others([recognized.picture for recognized in kept])


def take_away(names: Iterable[str], *, may_be_named: bool) -> None:
    """Remove files whose rows could not be stored; what cannot be removed at the moment, check_media sweeps.

    names: empty where no file was written.
    may_be_named: whether the rows were written and only their commit failed. It may have come through all the same
    and its answer not: what a row names then stays, and so does what nobody can tell of.
    """
    for name in filter(None, names):
        try:
            if not (may_be_named and is_named(name)):
                default_storage.delete(name)
        except (DatabaseError, OSError):
            logger.exception("The file %s is left behind.", name)


def clean_name(name: str) -> str:
    """Return the client's file name as a label: its last part, without control characters, cut to fit."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(character for character in last if character.isprintable())
    return printable[: Picture._meta.get_field("name").max_length]


def _model_of(kind: str) -> registry.ActiveModel:
    """Return the active model that reads when this kind, or EVERY_KIND, is asked for. Raises as get_model does."""
    return registry.get_model(ModelKind.CNN if kind == EVERY_KIND else kind)


def _read(decoded: DecodedPicture, model: registry.ActiveModel, begun: float) -> Reading:
    """Return what is written on a page. begun: when its decoding began, by time.perf_counter."""
    reading = read_page(decoded, model.predictor)
    count_reading(reading, model.version.kind, time.perf_counter() - begun)
    return reading


def _read_together(
    given: Iterable[tuple[str, Callable[[], bytes]]], model: registry.ActiveModel
) -> Iterator[tuple[str, DecodedPicture | None, Reading | PictureError]]:
    """Yield name, page and reading of each picture; as many are read in one go as memory is to hold."""
    for named in _decoded_together(given):
        readings = iter(read_pages([page for _, page in named if isinstance(page, DecodedPicture)], model.predictor))
        for name, page in named:
            yield (name, None, page) if isinstance(page, PictureError) else (name, page, next(readings))


def _decoded_together(
    given: Iterable[tuple[str, Callable[[], bytes]]],
) -> Iterator[list[tuple[str, DecodedPicture | PictureError]]]:
    """Yield the pictures as decoded, with their names, in lists of about PIXELS_AT_ONCE."""
    together, pixels = [], 0
    for name, read in given:
        page = _decoded_or_error(read)
        together.append((name, page))
        pixels += page.page.size if isinstance(page, DecodedPicture) else 0
        if pixels >= PIXELS_AT_ONCE:
            yield together
            together, pixels = [], 0
    yield together


def _decoded_or_error(read: Callable[[], bytes]) -> DecodedPicture | PictureError:
    try:
        data = read()
    except PictureError as error:
        return error
    try:
        return decode(data)
    except PictureError as error:
        return error
    except Exception:
        logger.exception("A picture could not be decoded.")
        return UnreadablePictureError()


def _picture_of(
    decoded: DecodedPicture,
    version: ModelVersion,
    *,
    owner: Owner,
    source: str,
    name: str,
    may_train: bool,
    batch: UUID | None = None,
) -> Picture:
    """Return the row of a picture that this version is to read: not yet stored, nor encoded."""
    return Picture(
        user=owner.user,
        visitor=owner.visitor if owner.user is None else None,
        source=source,
        batch=batch,
        name=clean_name(name),
        width=decoded.width,
        height=decoded.height,
        may_train=may_train,
        model_version=version,
    )


def _encode(picture: Picture, decoded: DecodedPicture) -> bytes:
    """Return the picture's file; its row then knows the checksum, and the thumbnail."""
    file = encode_png(decoded.page)
    picture.sha256 = hashlib.sha256(file).hexdigest()
    picture.thumbnail = encode_thumbnail(decoded.page)
    return file


def _save_file(picture: Picture, decoded: DecodedPicture) -> None:
    picture.image.save("", ContentFile(_encode(picture, decoded)), save=False)


def _save_files(files: list[tuple[Picture, bytes]]) -> None:
    """Write the files of several pictures side by side: what takes long is the wait for the disk, which they share.

    When one cannot be written, those that are have their names, and no other is still being written.
    """
    saved = [file_writers.submit(picture.image.save, "", ContentFile(file), save=False) for picture, file in files]
    wait(saved)
    for one in saved:
        one.result()


def _recognized(picture: Picture, reading: Reading) -> Recognized:
    """Return the picture, whose row then knows what was read."""
    picture.reading = reading.text
    picture.traits = traits_of((None, glyph.prediction.digit, glyph.prediction.verdict) for glyph in reading.glyphs)
    return Recognized(picture, reading)
