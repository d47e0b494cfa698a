"""Read a folder of labelled pictures as the site would, and say how well."""

import argparse
import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from recognizer.inference.artifacts import ArtifactError, add_figures
from recognizer.inference.measures import wilson_interval
from recognizer.learning.evaluation import (
    KINDS,
    Evaluated,
    all_figures,
    by_kind,
    calibration_error_of,
    confusion_of,
    evaluate,
    figures_of,
    model_named,
    surest_misses,
)
from recognizer.learning.labelled_folders import LabelledFolderError, LabelledPicture, find_pictures
from recognizer.learning.misses import html_sheet, png_sheet
from recognizer.models import ModelKind, ModelVersion
from recognizer.registry import ActiveModel, ModelUnavailableError, UnknownModelError, registered_artifact

STDOUT = Path("-")
SHEETS = {".png": png_sheet, ".html": html_sheet}
NAMED_MISSES = 10
"""How many of the surest misses are named in the report."""


class Command(BaseCommand):
    help = (
        "Read labelled pictures through the same door as the site, store nothing, and print how many are right, "
        "how many are surely wrong, the calibration error, the confusion of single digits and the surest misses. "
        "A reading is right when it is exactly the label, every digit of it."
    )

    def create_parser(self, *args, **kwargs) -> CommandParser:
        return super().create_parser(*args, formatter_class=argparse.ArgumentDefaultsHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            type=Path,
            help="holds labels.csv (filename,label; the label is all digits in a row, or none) and the pictures, "
            "or one folder a class (0 to 9, none), or one such folder a source",
        )
        parser.add_argument(
            "--model",
            default=ModelKind.CNN.value,
            help=f"the network that reads: {', '.join(ModelKind.values)} for the active version of that kind, "
            "or any registered version, as cnn@3",
        )
        parser.add_argument(
            "--json",
            type=Path,
            nargs="?",
            const=STDOUT,
            metavar="FILE",
            help="write all figures and each picture's reading as JSON; without FILE, or to -, instead of the report",
        )
        parser.add_argument(
            "--sheet",
            type=Path,
            metavar="FILE",
            help="write the surest misses as a contact sheet, a PNG or an HTML page by the file's name",
        )
        parser.add_argument(
            "--to-card", action="store_true", help="keep the figures of each source on the model's card, for its page"
        )

    def handle(self, *args, folder: Path, model: str, to_card: bool, **options) -> None:
        target, sheet = options["json"], options["sheet"]
        refuse_targets(target, sheet)
        try:
            found = find_pictures(folder)
            reader = model_named(model)
            evaluated = {name: self.read(name, pictures, reader) for name, pictures in found.items()}
        except LabelledFolderError as error:
            raise CommandError(str(error)) from error
        except (ModelUnavailableError, UnknownModelError) as error:
            raise CommandError(f"{error} Run register_models, or choose another.") from error
        everything = [picture for pictures in evaluated.values() for picture in pictures]
        if target != STDOUT:
            self.report(evaluated, everything)
        if target:
            self.write_json(target, all_figures(evaluated, reader.version))
        if sheet:
            write(sheet, SHEETS[sheet.suffix.lower()](everything, reader.version))
        if to_card:
            keep_on_card(evaluated, everything, reader.version, model)

    def read(self, name: str, pictures: list[LabelledPicture], model: ActiveModel) -> list[Evaluated]:
        return list(tqdm(evaluate(pictures, model), name, len(pictures), unit="picture", leave=False, disable=None))

    def write_json(self, target: Path, figures: dict) -> None:
        text = json.dumps(figures, indent=1, ensure_ascii=False)
        if target == STDOUT:
            self.stdout.write(text)
        else:
            write(target, f"{text}\n".encode())

    def report(self, evaluated: dict[str, list[Evaluated]], everything: list[Evaluated]) -> None:
        """Print the tables, and the names of the surest misses."""
        say = self.stdout.write
        say(heading_of("source"))
        for name, pictures in evaluated.items():
            say(row_of(name, pictures))
        if len(evaluated) > 1:
            say(row_of("all", everything))
        self.report_single_digits(everything)
        if len(by_kind(everything)) > 1:
            say(f"\n{heading_of('on the picture')}")
            for kind, pictures in by_kind(everything).items():
                say(row_of(KINDS[kind], pictures))
        misses = surest_misses(everything)
        if misses:
            say("\nsurest misses")
        for miss in misses[:NAMED_MISSES]:
            say(f"{miss.label or 'none':>6} read as {miss.text or 'none':<6} {miss.how_sure:<24} {miss.picture.path}")

    def report_single_digits(self, pictures: list[Evaluated]) -> None:
        """Print calibration and confusion of the pictures of one digit on which one mark was found."""
        error = calibration_error_of(pictures)
        if error is None:
            return
        counts = confusion_of(pictures)
        self.stdout.write(f"\nexpected calibration error of {counts.sum()} single digits: {100 * error:.2f}%\n")
        self.stdout.write("label ↓ read as →" + "".join(f"{name:>6s}" for name in [*"0123456789", "none"]))
        for label, row in enumerate(counts):
            self.stdout.write(f"{label:<17d}" + "".join(f"{count or '·':>6}" for count in row))


def refuse_targets(target: Path | None, sheet: Path | None) -> None:
    """Raise CommandError, before anything is read, for a file that could not be written in the end."""
    if sheet and sheet.suffix.lower() not in SHEETS:
        raise CommandError(f"{sheet} is neither .png nor .html. Name the contact sheet misses.png or misses.html.")
    for path in (target, sheet):
        if path and (path.is_dir() or not path.absolute().parent.is_dir()):
            raise CommandError(f"{path} cannot be written: name a file in a folder that is there.")


def keep_on_card(
    evaluated: dict[str, list[Evaluated]], everything: list[Evaluated], version: ModelVersion, model: str
) -> None:
    """Write the figures of each source on the card of the version that read them. Raises CommandError."""
    figures = {
        "measured_by": f"python manage.py evaluate FOLDER --model {model} --to-card",
        "sources": {name: figures_of(pictures) for name, pictures in evaluated.items()},
        "expected_calibration_error": calibration_error_of(everything),
    }
    try:
        artifact = add_figures(registered_artifact(version), {"pictures": figures})
    except ArtifactError as problem:
        raise CommandError(str(problem)) from problem
    ModelVersion.objects.filter(pk=version.pk).update(card=artifact.card)


def write(path: Path, content: bytes) -> None:
    """Write the file. Raises CommandError."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def heading_of(name: str) -> str:
    """Return the line above a table."""
    return f"{name:20s}{'n':>6s}{'right':>8s}{'95% interval':>15s}{'sure':>8s}{'wrong, sure':>13s}"


def row_of(name: str, pictures: list[Evaluated]) -> str:
    """Return one line of a table."""
    n, right, sure = len(pictures), sum(p.is_right for p in pictures), sum(p.is_sure for p in pictures)
    wrong_and_sure = sum(p.is_sure and not p.is_right for p in pictures)
    low, high = wilson_interval(right, n)
    interval = f"{100 * low:.1f}–{100 * high:.1f}"
    return f"{name:20s}{n:6d}{right / n:8.1%}{interval:>15s}{sure / n:8.1%}{wrong_and_sure / n:13.1%}"
