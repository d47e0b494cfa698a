"""Pictures side by side on one sheet, with words under each."""

import io
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH = 1280
"""Of the sheet, in pixels."""
IN_A_ROW = 6
MARGIN = 20
SIDE = (WIDTH - MARGIN) // IN_A_ROW - MARGIN
"""Of each picture's place."""
LINE_HEIGHT = 20
BACKGROUND, FRAME, TEXT, SOFT_TEXT = "#f4f4f2", "#c9c9c4", "#222222", "#5c5c58"


@dataclass(frozen=True)
class Tile:
    """One picture and the lines under it; the first is printed darker."""

    page: np.ndarray | None
    """(H, W) uint8, None for what cannot be shown."""
    lines: list[str]


def draw_contact_sheet(title: str, tiles: list[Tile]) -> bytes:
    """Return the sheet as a PNG: the title, and under it the tiles in rows."""
    heading = wrap(title, 110)
    line_count = max((len(tile.lines) for tile in tiles), default=0)
    top = 2 * MARGIN + 28 * len(heading)
    row_height = SIDE + 8 + LINE_HEIGHT * line_count + MARGIN
    sheet = Image.new("RGB", (WIDTH, top + -(-len(tiles) // IN_A_ROW) * row_height), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(heading):
        draw.text((MARGIN, MARGIN + 28 * number), line, TEXT, ImageFont.load_default(20))
    for place, tile in enumerate(tiles):
        row, column = divmod(place, IN_A_ROW)
        _lay_down(sheet, tile, MARGIN + column * (SIDE + MARGIN), top + row * row_height)
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def fitted(page: np.ndarray, side: int) -> np.ndarray:
    """Return the page as large as it fits into a square; enlarged, its pixels stay square. (h, w) uint8."""
    zoom = side / max(page.shape)
    height, width = (max(1, round(length * zoom)) for length in page.shape)
    method = Image.Resampling.NEAREST if zoom > 1 else Image.Resampling.BOX
    return np.asarray(Image.fromarray(page).resize((width, height), method))


def _lay_down(sheet: Image.Image, tile: Tile, x: int, y: int) -> None:
    """Put the tile on the sheet, its upper left corner at x, y."""
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((x - 1, y - 1, x + SIDE, y + SIDE), "white", FRAME)
    if tile.page is not None:
        picture = Image.fromarray(fitted(tile.page, SIDE))
        sheet.paste(picture, (x + (SIDE - picture.width) // 2, y + (SIDE - picture.height) // 2))
    font = ImageFont.load_default(15)
    for number, line in enumerate(tile.lines):
        colour = SOFT_TEXT if number else TEXT
        draw.text((x, y + SIDE + 8 + LINE_HEIGHT * number), _cut(line, font), colour, font)


def _cut(line: str, font: ImageFont.FreeTypeFont) -> str:
    """Return a line that fits under a picture: of a longer one the beginning and the end."""
    kept, cut = len(line), line
    while font.getlength(cut) > SIDE:
        kept -= 1
        cut = f"{line[: kept // 2]}…{line[len(line) - (kept - kept // 2) :]}"
    return cut
