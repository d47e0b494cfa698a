"""Labelled glyphs as a file: what people said, on its way to a training run or a comparison."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recognizer.inference.artifacts import NOT_A_DIGIT

SIDE = 28
HELD_OUT_EVERY = 5
"""One picture in so many is never learnt from."""


class LabelledFileError(Exception):
    """A file of labelled glyphs is missing, damaged or of another format; the message says how to mend it."""


@dataclass(frozen=True)
class LabelledGlyphs:
    """Glyphs, what a person said that each is, and whether it is kept out of training to measure on."""

    glyphs: np.ndarray
    """(N, 28, 28) uint8, bright foreground."""
    labels: np.ndarray
    """(N,) uint8: a digit, or NOT_A_DIGIT."""
    held_out: np.ndarray
    """(N,) bool."""
    ids: np.ndarray
    """(N,) int64: the glyphs' numbers in the database that they come from."""

    def __len__(self) -> int:
        return len(self.labels)


def is_held_out(picture_sha256: str) -> bool:
    """Say whether glyphs of this picture are held out; the same picture given twice is on the same side twice.

    picture_sha256: hexadecimal, of the stored file.
    """
    return int(picture_sha256[:8], 16) % HELD_OUT_EVERY == 0


def layout(count: int) -> dict[str, tuple[tuple[int, ...], type]]:
    """Return the shape and the dtype of each array in a file of so many labelled glyphs."""
    return {
        "glyphs": ((count, SIDE, SIDE), np.uint8),
        "labels": ((count,), np.uint8),
        "held_out": ((count,), np.bool_),
        "ids": ((count,), np.int64),
    }


def npy_header(shape: tuple[int, ...], dtype: type) -> bytes:
    """Return what stands before an array's own bytes, in C order, in an .npy file."""
    header = io.BytesIO()
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
    np.lib.format.write_array_header_1_0(header, {"descr": descr, "fortran_order": False, "shape": shape})
    return header.getvalue()


def read_labelled(path: Path) -> LabelledGlyphs:
    """Return what an .npz with the arrays glyphs, labels, held_out and ids holds.

    Raises LabelledFileError.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            labelled = LabelledGlyphs(file["glyphs"], file["labels"], file["held_out"], file["ids"])
    except FileNotFoundError:
        raise LabelledFileError(f"{path} is not there. Export it with `manage.py export_labels`.") from None
    except Exception as error:  # NumPy raises whatever zipfile, zlib and its header parser do
        raise LabelledFileError(f"{path} is no file of labelled glyphs ({error}). Export it again.") from error
    for name, (shape, dtype) in layout(len(labelled.labels) if labelled.labels.ndim else 0).items():
        array = getattr(labelled, name)
        if array.shape != shape or array.dtype != dtype:
            raise LabelledFileError(
                f"{path}: {name} is {array.dtype} {array.shape}, not {dtype.__name__} {shape}. Export it again."
            )
    if len(labelled) and labelled.labels.max() > NOT_A_DIGIT:
        raise LabelledFileError(f"{path} has labels above {NOT_A_DIGIT}. Export it again.")
    return labelled
