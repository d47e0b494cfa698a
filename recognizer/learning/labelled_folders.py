"""Folders of labelled pictures: a labels.csv beside the files, or one folder a class."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from recognizer.labels import NOT_A_DIGIT_NAME

LABELS = "labels.csv"
COLUMNS = ("filename", "label")
NO_DIGIT_NAMES = ("none", NOT_A_DIGIT_NAME)
CLASS_NAMES = (*"0123456789", *NO_DIGIT_NAMES)
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")


class LabelledFolderError(Exception):
    """A folder of labelled pictures is not as it must be; the message says how to mend it."""


@dataclass(frozen=True)
class LabelledPicture:
    """A file and what is written on it: all digits in a row, nothing where there is no digit."""

    path: Path
    label: str

    @property
    def kind(self) -> str:
        return {0: "none", 1: "digit"}.get(len(self.label), "multi")


def find_pictures(folder: Path) -> dict[str, list[LabelledPicture]]:
    """Return the labelled pictures of each source: the folder itself, and the folders in it that have labels.

    A source has a labels.csv, or one folder a class. Raises LabelledFolderError.
    """
    if not folder.is_dir():
        raise LabelledFolderError(f"There is no folder {folder}.")
    folder = folder.resolve()
    sources = {
        place.name: _listed(place) if (place / LABELS).is_file() else _by_class(place)
        for place in [folder, *_folders_in(folder)]
        if (place / LABELS).is_file() or _class_folders(place)
    }
    if not sources:
        raise LabelledFolderError(
            f"There is no {LABELS} in {folder}, nor in any folder in it, and no folder a class. Write one "
            f"with the columns {','.join(COLUMNS)}, or put the pictures into folders named 0 to 9 and none."
        )
    return sources


def _listed(folder: Path) -> list[LabelledPicture]:
    """Return what the folder's labels.csv tells."""
    path = folder / LABELS
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise LabelledFolderError(
                    f"{path} has no column “{missing[0]}”. Its first line must be {','.join(COLUMNS)}, with a comma."
                )
            pictures = [_picture_in(row, folder, f"{path}, line {reader.line_num}") for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelledFolderError(f"{path} cannot be read: {error}. Save it as CSV in UTF-8.") from error
    if not pictures:
        raise LabelledFolderError(f"{path} names no picture. Write a line for each: its file name, a comma, its label.")
    return pictures


def _picture_in(row: dict[str, str | None], folder: Path, where: str) -> LabelledPicture:
    name, label = ((row[column] or "").strip() for column in COLUMNS)
    is_none = label.lower() in NO_DIGIT_NAMES
    if row["label"] is None or not (is_none or re.fullmatch("[0-9]*", label)):
        raise LabelledFolderError(
            f"{where}: “{label}” is no label. Write all digits in a row, as 7 or 427, or none where there is no digit."
        )
    if not name or not (folder / name).is_file():
        raise LabelledFolderError(
            f"{where}: there is no picture “{name}” in {folder}. Put it there, or take the line out."
        )
    return LabelledPicture(folder / name, "" if is_none else label)


def _by_class(folder: Path) -> list[LabelledPicture]:
    """Return the pictures in the folder's class folders."""
    classes = _class_folders(folder)
    for inner in _folders_in(folder):
        if inner not in classes and not (inner / LABELS).is_file() and not _class_folders(inner):
            raise LabelledFolderError(
                f"{inner} is no class: the folders are named 0 to 9, none or {NOT_A_DIGIT_NAME}. "
                "Rename it, or move it away."
            )
    pictures = [
        LabelledPicture(path, "" if place.name in NO_DIGIT_NAMES else place.name)
        for place in classes
        for path in sorted(place.iterdir())
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    ]
    if not pictures:
        raise LabelledFolderError(
            f"There is no picture in the class folders of {folder}. Files named {', '.join(SUFFIXES)} are read."
        )
    return pictures


def _class_folders(folder: Path) -> list[Path]:
    return [inner for inner in _folders_in(folder) if inner.name in CLASS_NAMES and not (inner / LABELS).is_file()]


def _folders_in(folder: Path) -> list[Path]:
    """Return the folders in a folder, without those that a program keeps for itself."""
    return sorted(inner for inner in folder.iterdir() if inner.is_dir() and not inner.name.startswith((".", "_")))
