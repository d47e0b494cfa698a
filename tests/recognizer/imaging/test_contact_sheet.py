"""Pictures side by side on one sheet."""

import io

import numpy as np
from PIL import Image

from recognizer.imaging.contact_sheet import IN_A_ROW, MARGIN, SIDE, WIDTH, Tile, draw_contact_sheet, fitted


def sheet_of(*tiles: Tile) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(draw_contact_sheet("Title", list(tiles)))).convert("L"))


def test_a_small_picture_is_enlarged_in_square_pixels():
    page = np.array([[0, 255], [255, 0]], np.uint8)

    large = fitted(page, 100)

    assert large.shape == (100, 100)
    assert set(np.unique(large)) == {0, 255}


def test_a_large_picture_is_made_to_fit():
    assert fitted(np.zeros((1000, 10), np.uint8), 100).shape == (100, 1)


def test_a_row_is_full_before_the_next_begins():
    tile = Tile(np.zeros((28, 28), np.uint8), ["7, read as 1"])

    heights = [len(sheet_of(*[tile] * count)) for count in (0, 1, IN_A_ROW, IN_A_ROW + 1)]

    assert heights[0] < heights[1] == heights[2] < heights[3]
    assert sheet_of(tile).shape[1] == WIDTH


def test_long_lines_end_where_the_next_picture_begins():
    white = np.full((28, 28), 255, np.uint8)

    sheet = sheet_of(Tile(white, ["a", "b", f"{'m' * 200}.png"]))

    below = sheet[-3 * 20 - MARGIN :]
    assert below[:, MARGIN : MARGIN + SIDE].min() < 120
    assert below[:, MARGIN + SIDE + 2 :].min() == below.max()
