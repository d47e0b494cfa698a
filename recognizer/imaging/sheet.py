"""A contact sheet of all that is done to a picture, from the page to the 28×28 of each mark, or up to its refusal."""

from dataclasses import dataclass
from textwrap import wrap

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from recognizer.imaging.errors import PictureError
from recognizer.imaging.normalization import normalize
from recognizer.imaging.segmentation import find_marks

WIDTH = 1160
"""Of the sheet, in pixels."""
MARGIN = 20
STEPS_IN_A_ROW = 3
GLYPHS_IN_A_ROW = 8
CAPTION_HEIGHT = 26
BACKGROUND, FRAME, TEXT, REFUSAL, BOX_COLOUR = "#f4f4f2", "#c9c9c4", "#222222", "#a01818", "#d2481e"


@dataclass(frozen=True)
class Tile:
    """One picture of the sheet and what is said under it."""

    caption: str
    picture: Image.Image


@dataclass(frozen=True)
class Steps:
    """What came of each step, the 28×28 of each mark, and why the picture was refused, if it was."""

    pictures: list[Tile]
    glyphs: list[Tile]
    refusal: PictureError | None


def find_steps(page: np.ndarray) -> Steps:
    """Return all steps of the page, up to its refusal. page: (H, W) uint8."""
    pictures = [Tile(f"page, {page.shape[1]} by {page.shape[0]} pixels", Image.fromarray(page))]
    try:
        marks = find_marks(page, lambda step, ink: pictures.append(Tile(step, _as_picture(ink))))
    except PictureError as refusal:
        return Steps(pictures, [], refusal)
    pictures.append(Tile("marks in reading order", _with_boxes(page, [mark.box for mark in marks])))
    glyphs = [
        Tile(f"mark {number}", Image.fromarray(normalize(mark.ink))) for number, mark in enumerate(marks, start=1)
    ]
    return Steps(pictures, glyphs, None)


def draw_sheet(title: str, steps: Steps) -> Image.Image:
    """Return the sheet, in colour: the steps in rows, the marks enlarged below, or why there are none."""
    side = (WIDTH - MARGIN) // STEPS_IN_A_ROW - MARGIN
    glyph_side = (WIDTH - MARGIN) // GLYPHS_IN_A_ROW - MARGIN
    said = wrap(str(steps.refusal), 130) if steps.refusal else []
    step_rows, glyph_rows = -(-len(steps.pictures) // STEPS_IN_A_ROW), -(-len(steps.glyphs) // GLYPHS_IN_A_ROW)
    top = MARGIN + 40
    below = top + step_rows * (side * 3 // 4 + CAPTION_HEIGHT + MARGIN)
    height = below + glyph_rows * (glyph_side + CAPTION_HEIGHT + MARGIN) + (len(said) * 24 + MARGIN if said else 0)
    sheet = Image.new("RGB", (WIDTH, height), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    draw.text((MARGIN, MARGIN), title, TEXT, ImageFont.load_default(20))
    _lay_out(sheet, steps.pictures, top, STEPS_IN_A_ROW, (side, side * 3 // 4))
    _lay_out(sheet, steps.glyphs, below, GLYPHS_IN_A_ROW, (glyph_side, glyph_side))
    for number, line in enumerate(said):
        draw.text((MARGIN, below + 24 * number), line, REFUSAL, ImageFont.load_default(17))
    return sheet


def _lay_out(sheet: Image.Image, tiles: list[Tile], top: int, in_a_row: int, size: tuple[int, int]) -> None:
    """Put the tiles on the sheet in rows, each enlarged or made smaller to its place, its caption under it."""
    draw = ImageDraw.Draw(sheet)
    for place, tile in enumerate(tiles):
        row, column = divmod(place, in_a_row)
        x = MARGIN + column * (size[0] + MARGIN)
        y = top + row * (size[1] + CAPTION_HEIGHT + MARGIN)
        picture = _fitted(tile.picture, size)
        draw.rectangle((x - 1, y - 1, x + size[0], y + size[1]), "white", FRAME)
        sheet.paste(picture, (x + (size[0] - picture.width) // 2, y + (size[1] - picture.height) // 2))
        draw.text((x, y + size[1] + 5), tile.caption, TEXT, ImageFont.load_default(15))


def _fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the picture as large as it fits; enlarged, its pixels stay square."""
    zoom = min(size[0] / picture.width, size[1] / picture.height)
    fitted = (max(1, round(picture.width * zoom)), max(1, round(picture.height * zoom)))
    return picture.resize(fitted, Image.Resampling.NEAREST if zoom > 1 else Image.Resampling.BOX)


def _as_picture(ink: np.ndarray) -> Image.Image:
    """Return ink as dark on light. ink: (h, w) float32 in [0, 1]."""
    return Image.fromarray(255 - np.rint(ink * 255).astype(np.uint8))


def _with_boxes(page: np.ndarray, boxes: list[tuple[float, float, float, float]]) -> Image.Image:
    """Return the page with numbered boxes on it, enlarged first if it is small. boxes: x, y, width, height each."""
    zoom = max(1, 360 // max(page.shape))
    colour = cv2.cvtColor(np.kron(page, np.ones((zoom, zoom), np.uint8)), cv2.COLOR_GRAY2RGB)
    picture = Image.fromarray(colour)
    draw = ImageDraw.Draw(picture)
    line = max(1, round(max(picture.size) / 250))
    font = ImageFont.load_default(max(12, round(max(picture.size) / 22)))
    for number, (x, y, width, height) in enumerate(boxes, start=1):
        left, top, right, bottom = (zoom * length for length in (x, y, x + width, y + height))
        draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), outline=BOX_COLOUR, width=line)
        above = max(font.size, top - line)
        draw.text((left, above), str(number), BOX_COLOUR, font, "lb", stroke_width=line, stroke_fill="white")
    return picture
