"""Write the labelled glyphs that may be learnt from to a file."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import pluralize
from tqdm import tqdm

from recognizer.learning.export_files import FORMATS, save
from recognizer.learning.exports import ExportedGlyph, exportable_glyphs, exported_glyphs

STANDARD_OUTPUT = "-"


class Command(BaseCommand):
    help = (
        "Write every labelled glyph that may be learnt from to a file: usable, not kept out of training, and on a "
        "picture whose giver allows it. The .npz is what `python -m training … --labels` reads."
    )

    def create_parser(self, *args, **kwargs) -> CommandParser:
        return super().create_parser(*args, formatter_class=argparse.ArgumentDefaultsHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--format",
            choices=FORMATS,
            default="npz",
            help="csv: a table without pixels; idx: a zip of MNIST's own two files; npz: NumPy arrays, for a training; "
            "zip: PNG files and a manifest",
        )
        parser.add_argument(
            "--out",
            default=argparse.SUPPRESS,
            help="the file to write, which is replaced whole if it is there, or - for standard output "
            "(default: labels, with the format's ending, in this folder)",
        )

    def handle(self, *args, format: str, out: str = "", **options) -> None:
        chosen = FORMATS[format]
        path = None if out == STANDARD_OUTPUT else Path(out or f"labels{chosen.ending}")
        with tqdm(exported_glyphs(), total=exportable_glyphs().count(), unit="glyph", disable=None) as glyphs:
            self.write(chosen.pieces(self.counted(glyphs)), path)
        told = f"{self.count} labelled glyph{pluralize(self.count)}"
        self.stderr.write(f"Exported {told} to {path or 'standard output'}.", str)

    def counted(self, glyphs: Iterable[ExportedGlyph]) -> Iterator[ExportedGlyph]:
        """Yield the glyphs and count them."""
        self.count = 0
        for self.count, glyph in enumerate(glyphs, 1):
            yield glyph

    def write(self, pieces: Iterable[bytes], path: Path | None) -> None:
        """Write the file, to standard output without a path. Raises CommandError."""
        if path is None:
            sys.stdout.buffer.writelines(pieces)
            sys.stdout.buffer.flush()
            return
        try:
            save(pieces, path)
        except OSError as error:
            raise CommandError(
                f"{path} cannot be written ({error.strerror}). Name another file with --out, or make its folder."
            ) from error
