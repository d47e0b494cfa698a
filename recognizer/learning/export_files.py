"""Labelled glyphs as files in four formats, written piece by piece: memory does not grow with their number.

100,000 glyphs take 6 to 8 MiB beside the process itself and about 2 seconds of one core, the PNG files 10 seconds.
"""

import csv
import hashlib
import io
import os
import struct
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

import numpy as np

from recognizer.imaging.encoding import encode_png
from recognizer.inference.labelled import SIDE, layout, npy_header
from recognizer.labels import label_to_json
from recognizer.learning.exports import ExportedGlyph
from recognizer.learning.streamed_zip import PIECE_BYTES, StreamedZip, read_back, waiting_room

COLUMNS = (
    "id", "picture", "picture_sha256", "position", "label", "labelled_by", "labelled_at",
    "predicted", "confidence", "verdict", "model_kind", "model_version", "consent", "held_out",
)  # fmt: skip
IDX_README = """\
{count} labelled glyphs in MNIST's own format, under the names of its training files so that its loaders find them.

train-images-idx3-ubyte  {count} images of 28 x 28 bytes, bright digit on dark ground
train-labels-idx1-ubyte  {count} labels: 0 to 9 for a digit, 10 for a mark that is not a digit

MNIST has no label 10: leave those out where a loader or a network knows ten classes only.
Both files are in the order of the glyphs' ids. About one picture in five is held out, never to be learnt from;
this format cannot say which. The CSV and the npz can.
"""


@dataclass(frozen=True)
class ExportFormat:
    """How glyphs are written, and what such a file is called."""

    ending: str
    """Of the file's name, with its dot."""
    content_type: str
    pieces: Callable[[Iterable[ExportedGlyph]], Iterator[bytes]]

    def start(self, glyphs: Iterable[ExportedGlyph]) -> Iterator[bytes]:
        """Return the pieces of the file, the first of them made already: what fails at once fails here."""
        pieces = self.pieces(glyphs)
        return chain([next(pieces)], pieces)


def save(pieces: Iterable[bytes], path: Path) -> None:
    """Write the file, readable by its owner only; it is there whole or not at all. Raises OSError."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # its mode is 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


# CSV


def csv_pieces(glyphs: Iterable[ExportedGlyph]) -> Iterator[bytes]:
    """Yield a table with one line a glyph."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for glyph in glyphs:
        writer.writerow(_row(glyph))
        if text.tell() >= PIECE_BYTES:
            yield _taken(text)
    yield _taken(text)


def _row(glyph: ExportedGlyph) -> list[object]:
    row = {name: getattr(glyph, name) for name in COLUMNS}
    row["label"] = label_to_json(glyph.label)
    row["labelled_at"] = glyph.labelled_at.isoformat()
    row["predicted"] = label_to_json(glyph.predicted)
    return [str(value).lower() if isinstance(value, bool) else value for value in row.values()]


def _taken(text: io.StringIO) -> bytes:
    """Return what was written, as UTF-8, and empty the text."""
    data = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return data


# IDX and npz, whose first bytes tell how many glyphs there are


@dataclass(frozen=True)
class _Gathered:
    """What is told of all glyphs beside their pixels: ten bytes of each."""

    labels: bytearray
    held_out: bytearray
    ids: array

    def __len__(self) -> int:
        return len(self.ids)


def _gather(glyphs: Iterable[ExportedGlyph], pixels: IO[bytes]) -> _Gathered:
    """Read all glyphs once, their pixels into a file of their own.

    Counting first and reading afterwards would tell a wrong number whenever a picture is deleted in between.
    """
    gathered = _Gathered(bytearray(), bytearray(), array("q"))
    for glyph in glyphs:
        pixels.write(glyph.pixels)
        gathered.labels.append(glyph.label)
        gathered.held_out.append(glyph.held_out)
        gathered.ids.append(glyph.id)
    return gathered


def idx_pieces(glyphs: Iterable[ExportedGlyph]) -> Iterator[bytes]:
    """Yield a zip of MNIST's two files, images and labels, and a README."""
    with waiting_room() as pixels:
        gathered = _gather(glyphs, pixels)
        count = len(gathered)
        yield from _zipped(
            {
                "README.txt": [IDX_README.format(count=count).encode()],
                "train-images-idx3-ubyte": chain([_idx_header(count, SIDE, SIDE)], read_back(pixels)),
                "train-labels-idx1-ubyte": [_idx_header(count), gathered.labels],
            }
        )


def _idx_header(*shape: int) -> bytes:
    """Return what stands before the bytes of a uint8 array: their type, and the dimensions big-endian."""
    return bytes([0, 0, 0x08, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)


def npz_pieces(glyphs: Iterable[ExportedGlyph]) -> Iterator[bytes]:
    """Yield a file as read_labelled reads it."""
    with waiting_room() as pixels:
        gathered = _gather(glyphs, pixels)
        data = {
            "glyphs": read_back(pixels),
            "labels": [gathered.labels],
            "held_out": [gathered.held_out],
            "ids": [gathered.ids.tobytes()],
        }
        wanted = layout(len(gathered))
        yield from _zipped({f"{name}.npy": chain([npy_header(*wanted[name])], data[name]) for name in wanted})


def _zipped(members: dict[str, Iterable[bytes]]) -> Iterator[bytes]:
    """Yield a zip of files, given by name in pieces."""
    with StreamedZip() as archive:
        for name, pieces in members.items():
            yield from archive.member(name, pieces)
        yield from archive.end()


# PNG files


def zip_pieces(glyphs: Iterable[ExportedGlyph]) -> Iterator[bytes]:
    """Yield a zip of one PNG a glyph, in a folder a label, and a manifest: the CSV with name and SHA-256 of each."""
    with StreamedZip() as archive, waiting_room() as waiting:
        manifest = io.TextIOWrapper(waiting, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(manifest)
        writer.writerow(("file", "sha256", *COLUMNS))
        for glyph in glyphs:
            name = f"glyphs/{label_to_json(glyph.label)}/{glyph.id}.png"
            png = encode_png(np.frombuffer(glyph.pixels, np.uint8).reshape(SIDE, SIDE))
            writer.writerow((name, hashlib.sha256(png).hexdigest(), *_row(glyph)))
            yield from archive.small_member(name, png)
        yield from archive.member("manifest.csv", read_back(waiting))
        yield from archive.end()


FORMATS = {
    "csv": ExportFormat(".csv", "text/csv; charset=utf-8", csv_pieces),
    "idx": ExportFormat("-idx.zip", "application/zip", idx_pieces),
    "npz": ExportFormat(".npz", "application/octet-stream", npz_pieces),  # as a zip, some browsers would unpack it
    "zip": ExportFormat("-png.zip", "application/zip", zip_pieces),
}
