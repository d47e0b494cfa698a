"""One's own pictures as a zip to keep: the stored PNG files, and two tables of all that was read and said of them.

It is written piece by piece and holds few rows at a time: memory does not grow with the number of pictures.
"""

import csv
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.core.files.storage import default_storage

from recognizer.history.keyset import Place
from recognizer.labels import label_to_json
from recognizer.learning.streamed_zip import StreamedZip, read_back, waiting_room
from recognizer.models import Glyph, Picture, PictureQuerySet
from recognizer.tables import safe_text

logger = logging.getLogger(__name__)

AT_ONCE = 200
"""Pictures that are fetched together."""
PICTURE_COLUMNS = (
    "id", "file", "created", "source", "name", "width", "height", "reading", "corrected_reading", "model_kind",
    "model_version", "may_train",
)  # fmt: skip
MARK_COLUMNS = (
    "picture", "position", "x", "y", "width", "height", "label", "labelled_at", "verdict", "digit", "runner_up",
    "confidence", "none_probability", *(f"probability_{digit}" for digit in range(10)),
)  # fmt: skip


def archive_pieces(pictures: PictureQuerySet) -> Iterator[bytes]:
    """Yield the zip: pictures/ by day, pictures.csv with one line each, marks.csv with one line a mark.

    A picture whose file the storage has lost stands in the tables with an empty `file`. One that is deleted while the
    archive is written is left out of it from then on.
    """
    with StreamedZip() as archive, _table(PICTURE_COLUMNS) as of_pictures, _table(MARK_COLUMNS) as of_marks:
        for picture in _one_by_one(pictures):
            png = _stored_file(picture)
            name = f"pictures/{picture.created:%Y-%m-%d}/{picture.pk}.png" if png else ""
            of_pictures.writer.writerow(_picture_row(picture, name))
            of_marks.writer.writerows(_mark_row(glyph) for glyph in picture.glyphs.all())
            if png:
                yield from archive.small_member(name, png)
        yield from archive.member("pictures.csv", read_back(of_pictures.file))
        yield from archive.member("marks.csv", read_back(of_marks.file))
        yield from archive.end()


class _Table:
    """A CSV table that waits in a file until it is sent."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        self.writer = csv.writer(self._text)


@contextmanager
def _table(columns: tuple[str, ...]) -> Iterator[_Table]:
    with waiting_room() as file:
        table = _Table(file)
        table.writer.writerow(columns)
        yield table


def _one_by_one(pictures: PictureQuerySet) -> Iterator[Picture]:
    """Yield the pictures, newest first; while the download goes on, nobody else is kept from writing."""
    rest = pictures.with_glyphs()
    while chunk := list(rest[:AT_ONCE]):
        yield from (picture for picture in chunk if picture.is_whole)
        rest = Place(chunk[-1].created, chunk[-1].pk).older(pictures.with_glyphs())


def _stored_file(picture: Picture) -> bytes:
    """Return the stored PNG, nothing where the storage has lost it."""
    try:
        with default_storage.open(picture.image.name) as file:
            return file.read()
    except FileNotFoundError:
        logger.warning("The file of picture %s is missing.", picture.pk)
        return b""


def _picture_row(picture: Picture, file_name: str) -> list[object]:
    corrected = picture.corrected_reading
    return [
        picture.pk, file_name, picture.created.isoformat(), picture.source, safe_text(picture.name), picture.width,
        picture.height, picture.reading, picture.reading if corrected is None else corrected,
        picture.model_version.kind, picture.model_version.version, str(picture.may_train).lower(),
    ]  # fmt: skip


def _mark_row(glyph: Glyph) -> list[object]:
    said = glyph.answer
    labelled_at = glyph.labelled_at.isoformat() if glyph.labelled_at else ""
    return [
        glyph.picture_id, glyph.position, glyph.x, glyph.y, glyph.width, glyph.height, label_to_json(glyph.label),
        labelled_at, said.verdict, said.digit, said.runner_up, said.confidence, said.none_probability,
        *said.probabilities,
    ]  # fmt: skip
