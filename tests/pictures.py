"""Pictures for the tests, written by a pen of our own: strokes on a page, no file of anybody's."""

import io

import cv2
import numpy as np
from PIL import Image

STROKES = {
    "0": [[(50, 12), (28, 22), (20, 50), (28, 78), (50, 88), (72, 78), (80, 50), (72, 22), (50, 12)]],
    "1": [[(50, 10), (50, 90)]],
    "2": [[(24, 30), (34, 14), (56, 10), (74, 22), (72, 42), (50, 64), (24, 88), (78, 88)]],
    "3": [[(26, 18), (48, 10), (70, 20), (68, 40), (44, 48), (70, 56), (76, 74), (52, 90), (24, 82)]],
    "4": [[(56, 10), (22, 60), (80, 60)], [(62, 38), (62, 92)]],
    "5": [[(74, 12), (32, 12), (28, 46), (52, 40), (74, 54), (74, 74), (52, 90), (26, 82)]],
    "6": [[(64, 10), (38, 34), (26, 64), (36, 86), (60, 88), (74, 70), (62, 54), (40, 56), (27, 68)]],
    "7": [[(22, 14), (78, 14), (56, 50), (44, 90)]],
    "8": [
        [(50, 48), (30, 36), (30, 18), (50, 10), (70, 18), (70, 36), (50, 48)],
        [(50, 48), (26, 62), (28, 82), (50, 90), (72, 82), (74, 62), (50, 48)],
    ],
    "9": [[(72, 30), (60, 12), (36, 12), (26, 30), (36, 46), (60, 46), (72, 30), (70, 60), (58, 90)]],
}
"""For each digit its strokes: points on a square of 100 by 100, y downwards."""


def page_with(text: str = "7", *, side: int = 280, pen: int = 18, ink: int = 0, paper: int = 255) -> np.ndarray:
    """Return a page with the digits side by side. (side, side × len(text)) uint8."""
    page = np.full((side, side * max(1, len(text))), paper, np.uint8)
    for position, digit in enumerate(text):
        for stroke in STROKES[digit]:
            points = np.array(stroke, np.float64) * side / 100 + (position * side, 0)
            cv2.polylines(page, [points.round().astype(np.int32)], False, ink, pen, cv2.LINE_AA)
    return page


def encoded(page: np.ndarray | Image.Image, file_format: str = "PNG", **options) -> bytes:
    """Return the page as the bytes of a picture file."""
    image = page if isinstance(page, Image.Image) else Image.fromarray(page)
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def png_of(text: str = "7", **options) -> bytes:
    """Return a PNG with the digits side by side."""
    return encoded(page_with(text, **options))
