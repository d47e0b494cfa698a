"""Show what is done to a picture before a network sees it."""

import argparse
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recognizer.imaging.decoding import decode
from recognizer.imaging.errors import PictureError
from recognizer.imaging.sheet import draw_sheet, find_steps


class Command(BaseCommand):
    help = (
        "Write every step from a picture to the 28×28 of each mark as one contact sheet: the page, its light evened "
        "out, its ink, printed lines removed, pieces kept and dropped, and the marks in reading order. Of a picture "
        "that is refused, the steps up to the refusal and the reason."
    )

    def create_parser(self, *args, **kwargs) -> CommandParser:
        return super().create_parser(*args, formatter_class=argparse.ArgumentDefaultsHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("picture", type=Path, help="PNG, JPEG, WebP, GIF or BMP")
        parser.add_argument("--out", type=Path, default=Path("steps.png"), help="the PNG to write")

    def handle(self, *args, picture: Path, out: Path, **options) -> None:
        try:
            page = decode(picture.read_bytes()).page
        except OSError as error:
            raise CommandError(f"{picture} cannot be opened: {error.strerror}.") from error
        except PictureError as error:
            raise CommandError(f"{picture}: {error}") from error
        steps = find_steps(page)
        try:
            draw_sheet(picture.name, steps).save(out, "PNG")
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror or error}.") from error
        if steps.refusal:
            self.stdout.write(f"The picture is refused: {steps.refusal}")
        self.stdout.write(f"{out}: {len(steps.pictures)} steps, {len(steps.glyphs)} marks")
