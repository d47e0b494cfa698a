"""Open-licence typefaces: digits as handwriting fonts form them, and the letters of many scripts, which are none.

`make fonts` installs what training/fonts/package.json names.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parent / "fonts"
CANVAS = 96
MARGIN = 16
MISSING = "\uffff"
"""A code that is no character, so that every font shows its sign for a missing one."""
PRINTED = "noto-"
"""Families of print begin so: their letters are wanted, their digits are not handwriting."""
LETTERS = "ACEFGHJKLMNPRTUVWXYacdefhijkmnprtuvwxy?!&%#@+*=<>€$£§{}"
"""Latin letters and signs that few hands write like a digit: O, D, Q, I, l, o, S, s, Z, z, B, b, g and q are not."""
BLOCKS = {
    "arabic": (0x0621, 0x064A),
    "armenian": (0x0531, 0x0586),
    "bengali": (0x0985, 0x09B9),
    "cherokee": (0x13A0, 0x13F4),
    "cyrillic": (0x0411, 0x044F),
    "devanagari": (0x0905, 0x0939),
    "ethiopic": (0x1200, 0x1248),
    "georgian": (0x10D0, 0x10F0),
    "hebrew": (0x05D0, 0x05EA),
    "kannada": (0x0C85, 0x0CB9),
    "khmer": (0x1780, 0x17B3),
    "malayalam": (0x0D05, 0x0D39),
    "myanmar": (0x1000, 0x102A),
    "runic": (0x16A0, 0x16EA),
    "tamil": (0x0B85, 0x0BB9),
    "thaana": (0x0780, 0x07B1),
    "thai": (0x0E01, 0x0E2E),
    "tifinagh": (0x2D30, 0x2D67),
}
"""First and last letter of each script, by the name it has in the fonts' files. Source: Unicode."""
LOOK_LIKE_DIGITS = (
    "ЗОобзЬьЧчЭэБб"  # Cyrillic
    "اهو"  # Arabic
    "ՁՅՎԿՏՕ"  # Armenian
    "ᎠᎤᎾᏃᏎᏏᏚᏕᏮᏭᏬᏊᎧ"  # Cherokee
    "ዐዕፀፅ"  # Ethiopic
    "იევპჰნბზსგკხო"  # Georgian
    "וןסזךרדםי"  # Hebrew
    "ಠരഠဝဒஉ"  # Kannada, Malayalam, Myanmar, Tamil
    "ᛁᛐᛚᛋᛌᛍᛙ"  # Runic
    "อจว"  # Thai
    "ⵔⵏⵊⴰⵙⵀⵁⵕⵢ"  # Tifinagh
)
"""Of the letters in BLOCKS, those that in some hand could be a digit."""


class FontsMissingError(Exception):
    """The typefaces are not installed; the message says how to mend it."""


@dataclass(frozen=True)
class Typeface:
    """One installed family."""

    family: str
    version: str
    licence: str
    """As an SPDX identifier."""
    digits: Path | None
    """The file with the digits; none for a family of print."""
    letters: tuple[tuple[Path, str], ...]
    """Files, each with the letters to take from it."""

    def as_card(self) -> dict[str, str]:
        """The typeface as a card names it."""
        return {"family": self.family, "version": self.version, "licence": self.licence}


@cache
def typefaces(fonts: Path = FONTS) -> list[Typeface]:
    """All installed typefaces, by name.

    Raises FontsMissingError when not all that package.json names are there.
    """
    wanted = json.loads((fonts / "package.json").read_text())["dependencies"]
    if missing := [name for name in wanted if not (fonts / "node_modules" / name).is_dir()]:
        raise FontsMissingError(f"{missing[0]} is not installed. Run `make fonts`, or train --without fonts.")
    return [_typeface(fonts / "node_modules" / name) for name in sorted(wanted)]


@cache
def draw_character(file: Path, character: str) -> np.ndarray:
    """A character in the middle of a canvas: (96, 96) uint8, bright foreground; black if the font has none."""
    font = _font(file)
    left, top, right, bottom = font.getbbox(character)
    size = max(right - left, bottom - top)
    canvas = Image.new("L", (CANVAS, CANVAS))
    if size > 0 and _has(file, character):
        font = font.font_variant(size=round(font.size * (CANVAS - 2 * MARGIN) / size))
        left, top, right, bottom = font.getbbox(character)
        place = (CANVAS - left - right) / 2, (CANVAS - top - bottom) / 2
        ImageDraw.Draw(canvas).text(place, character, 255, font)
    return np.asarray(canvas)


def _has(file: Path, character: str) -> bool:
    """Say whether a font has the character, and does not put an empty box in its place."""
    font = _font(file)
    return bytes(font.getmask(character)) != bytes(font.getmask(MISSING))


@cache
def _font(file: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, 64)


def _typeface(folder: Path) -> Typeface:
    package = json.loads((folder / "package.json").read_text())
    is_print = folder.name.startswith(PRINTED)
    latin = folder / "files" / f"{folder.name}-latin-400-normal.woff"
    letters = [] if is_print else [(latin, LETTERS)]
    for script, (first, last) in BLOCKS.items():
        file = folder / "files" / f"{folder.name}-{script}-400-normal.woff"
        if file.exists():
            letters.append((file, "".join(c for c in map(chr, range(first, last + 1)) if c not in LOOK_LIKE_DIGITS)))
    family = folder.name.replace("-", " ").title()
    return Typeface(family, package["version"], package["license"], None if is_print else latin, tuple(letters))
