"""Read a folder of labelled pictures as the site would, and say how well."""

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from recognizer.imaging.errors import PictureError
from recognizer.inference.artifacts import ArtifactError, add_figures
from recognizer.inference.measures import confusion_matrix, expected_calibration_error, wilson_interval
from recognizer.inference.predictor import GlyphPrediction
from recognizer.inference.reading import Reading
from recognizer.labels import NOT_A_DIGIT
from recognizer.models import ModelKind, ModelVersion, Verdict
from recognizer.recognition import guess
from recognizer.registry import ModelUnavailableError, UnknownModelError, get_model, registered_artifact

LABELS = "labels.csv"
NO_DIGIT = ("", "none")


@dataclass(frozen=True)
class Evaluated:
    """One labelled picture and its reading; none for a picture that was refused."""

    label: str
    reading: Reading | None

    @property
    def text(self) -> str:
        return self.reading.text if self.reading else ""

    @property
    def is_right(self) -> bool:
        return self.text == ("" if self.label in NO_DIGIT else self.label)

    @property
    def is_sure(self) -> bool:
        """Say whether a digit was read, and every one of them surely."""
        verdicts = [g.prediction.verdict for g in self.reading.glyphs] if self.reading else []
        read = [verdict for verdict in verdicts if verdict != Verdict.NOT_A_DIGIT]
        return bool(read) and all(verdict == Verdict.DIGIT for verdict in read)

    @property
    def prediction(self) -> GlyphPrediction:
        """Return what was said of the first mark."""
        return self.reading.glyphs[0].prediction

    @property
    def is_one_mark(self) -> bool:
        """Say whether there should be one digit and one mark was found."""
        return self.label in tuple("0123456789") and self.reading is not None and len(self.reading.glyphs) == 1


class Command(BaseCommand):
    help = (
        "Read labelled pictures through the same door as the site, store nothing, and print how many are right, "
        "how many are surely wrong, the calibration error and the confusion of single digits."
    )

    def create_parser(self, *args, **kwargs) -> CommandParser:
        return super().create_parser(*args, formatter_class=argparse.ArgumentDefaultsHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            type=Path,
            help="holds labels.csv (filename,label; the label is all digits in a row, or none) and the pictures, "
            "or one such folder a source",
        )
        parser.add_argument(
            "--to-card", action="store_true", help="keep the figures of each source on the model's card, for its page"
        )
        parser.add_argument("--model", choices=ModelKind.values, default=ModelKind.CNN, help="the network that reads")

    def handle(self, *args, folder: Path, model: str, to_card: bool, **options) -> None:
        sources = [path.parent for path in sorted([*folder.glob(LABELS), *folder.glob(f"*/{LABELS}")])]
        if not sources:
            raise CommandError(f"There is no {LABELS} in {folder}, nor in any folder in it.")
        try:
            evaluated = {source.name: list(self.evaluate(source, model)) for source in sources}
        except (ModelUnavailableError, UnknownModelError) as error:
            raise CommandError(f"{error} Run register_models, or choose another.") from error
        self.stdout.write(f"{'source':20s}{'n':>6s}{'right':>8s}{'95% interval':>15s}{'sure':>8s}{'wrong, sure':>13s}")
        for name, pictures in evaluated.items():
            self.stdout.write(row_of(name, pictures))
        everything = [picture for pictures in evaluated.values() for picture in pictures]
        if len(evaluated) > 1:
            self.stdout.write(row_of("all", everything))
        self.report_single_digits(everything)
        if to_card:
            self.keep_on_card(evaluated, model)

    def evaluate(self, source: Path, model: str) -> Iterator[Evaluated]:
        """Yield every picture of a folder, read. Raises CommandError for a file that cannot be opened."""
        with (source / LABELS).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for row in tqdm(rows, source.name, unit="picture", leave=False, disable=None):
            try:
                data = (source / row["filename"]).read_bytes()
                label = row["label"].strip()
            except (OSError, KeyError, AttributeError) as error:
                raise CommandError(f"{source / LABELS} names what cannot be read: {error}.") from error
            try:
                yield Evaluated(label, guess(data, kind=model)[1])
            except PictureError:
                yield Evaluated(label, None)

    def keep_on_card(self, evaluated: dict[str, list[Evaluated]], model: str) -> None:
        """Write the figures of each source on the card of the model that read them. Raises CommandError."""
        version = get_model(model).version
        sources = {name: figures_of(pictures) for name, pictures in evaluated.items() if pictures}
        single = [picture for pictures in evaluated.values() for picture in pictures if picture.is_one_mark]
        figures = {
            "measured_by": f"python manage.py evaluate FOLDER --model {model} --to-card",
            "sources": sources,
            "expected_calibration_error": round(calibration_error_of(single), 5) if single else None,
        }
        try:
            artifact = add_figures(registered_artifact(version), {"pictures": figures})
        except ArtifactError as error:
            raise CommandError(str(error)) from error
        ModelVersion.objects.filter(pk=version.pk).update(card=artifact.card)
        self.stdout.write(f"\nKept on the card of {version}.")

    def report_single_digits(self, pictures: list[Evaluated]) -> None:
        """Print calibration and confusion of the pictures of one digit on which one mark was found."""
        single = [picture for picture in pictures if picture.is_one_mark]
        if not single:
            return
        labels = np.array([int(picture.label) for picture in single])
        predictions = [picture.prediction for picture in single]
        digits = np.array([prediction.digit for prediction in predictions])
        error = calibration_error_of(single)
        self.stdout.write(f"\nexpected calibration error of {len(single)} single digits: {100 * error:.2f}%\n")
        is_none = np.array([prediction.verdict == Verdict.NOT_A_DIGIT for prediction in predictions])
        counts = confusion_matrix(labels, np.where(is_none, NOT_A_DIGIT, digits), (10, 11))
        self.stdout.write("label ↓ read as →" + "".join(f"{name:>6s}" for name in [*"0123456789", "none"]))
        for label, row in enumerate(counts):
            self.stdout.write(f"{label:<17d}" + "".join(f"{count or '·':>6}" for count in row))


def calibration_error_of(single: list[Evaluated]) -> float:
    """Return the expected calibration error of pictures of one digit on which one mark was found."""
    confidences = np.array([picture.prediction.confidence for picture in single])
    hits = np.array([str(picture.prediction.digit) == picture.label for picture in single])
    return expected_calibration_error(confidences, hits)


def figures_of(pictures: list[Evaluated]) -> dict:
    """Return the figures of one source as a card keeps them."""
    labels = {picture.label for picture in pictures}
    kind = "none" if labels <= set(NO_DIGIT) else "digit" if max(map(len, labels)) == 1 else "multi"
    right, sure = sum(p.is_right for p in pictures), sum(p.is_sure for p in pictures)
    figures = {"kind": kind, "n": len(pictures), "right": right, "sure": sure}
    if kind == "none":  # a digit surely read where there is none is a false claim
        return {**figures, "claims": sure, "interval_95": _rounded(wilson_interval(sure, len(pictures)))}
    wrong_sure = sum(p.is_sure and not p.is_right for p in pictures)
    return {**figures, "wrong_sure": wrong_sure, "interval_95": _rounded(wilson_interval(right, len(pictures)))}


def _rounded(interval: tuple[float, float]) -> list[float]:
    return [round(end, 5) for end in interval]


def row_of(name: str, pictures: list[Evaluated]) -> str:
    """Return one line of the table."""
    n = len(pictures)
    if not n:
        return f"{name:20s}{0:6d}"
    right, sure = sum(p.is_right for p in pictures), sum(p.is_sure for p in pictures)
    wrong_and_sure = sum(p.is_sure and not p.is_right for p in pictures)
    low, high = wilson_interval(right, n)
    interval = f"{100 * low:.1f}–{100 * high:.1f}"
    return f"{name:20s}{n:6d}{right / n:8.1%}{interval:>15s}{sure / n:8.1%}{wrong_and_sure / n:13.1%}"
