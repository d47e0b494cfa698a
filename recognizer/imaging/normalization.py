"""From a mark to the 28×28 that the networks read, made the way MNIST was made."""

from collections.abc import Sequence

import cv2
import numpy as np

from recognizer.imaging.errors import NoInkError

SIZE = 28
BOX = 20
REDUCED = 6 * BOX
"""A mark of at least twice this many pixels is first made smaller, to no less than this many."""
THIN_STROKE = 1.7
"""A stroke narrower than this many pixels of the 28×28 is widened to it: MNIST has next to none."""


def normalize(ink: np.ndarray) -> np.ndarray:
    """Return the mark in a 20-pixel box, its aspect kept, its centre of mass mid-canvas.

    ink: (h, w) float32 in [0, 1], bright foreground. Returns (28, 28) uint8.
    Raises NoInkError when there is no foreground.
    Source: LeCun et al. 1998 (how MNIST was made).
    """
    return np.rint(centre(boxed(ink)) * 255).astype(np.uint8)


def boxed(ink: np.ndarray) -> np.ndarray:
    """Return the mark as it lies in its 20-pixel box, not yet centred. (h, w) float32, max(h, w) == 20.

    Raises NoInkError when there is no foreground.
    """
    return fit_to_box(widen_thin_strokes(_reduced(crop_to_ink(ink))))


def from_bytes(stored: Sequence[bytes]) -> np.ndarray:
    """Return normalized marks that were stored as bytes, row by row: (N, 28, 28) uint8."""
    return np.frombuffer(b"".join(stored), np.uint8).reshape(-1, SIZE, SIZE)


def crop_to_ink(ink: np.ndarray) -> np.ndarray:
    """Return the smallest rectangle that holds all clear ink. Raises NoInkError when there is none."""
    is_clear = ink > 0.3
    rows, columns = np.flatnonzero(is_clear.any(axis=1)), np.flatnonzero(is_clear.any(axis=0))
    if not rows.size:
        raise NoInkError
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _reduced(ink: np.ndarray) -> np.ndarray:
    """Return a large mark at a whole fraction of its size, still several times that of the box: the rest is time."""
    factor = max(ink.shape) // REDUCED
    if factor < 2:
        return ink
    size = (max(1, round(ink.shape[1] / factor)), max(1, round(ink.shape[0] / factor)))
    return cv2.resize(ink, size, interpolation=cv2.INTER_AREA)


def widen_thin_strokes(ink: np.ndarray) -> np.ndarray:
    """Return the ink with strokes that would come out as hairs in the 20-pixel box widened to THIN_STROKE."""
    pixels_per_pixel = max(ink.shape) / BOX
    missing = THIN_STROKE * pixels_per_pixel - stroke_width(ink)
    grow = round(missing / 2)
    if grow < 1:
        return ink
    padded = cv2.copyMakeBorder(ink, grow, grow, grow, grow, cv2.BORDER_CONSTANT)
    return cv2.dilate(padded, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1)))


def stroke_width(ink: np.ndarray) -> float:
    """Return the mean width of the strokes in pixels: for a stroke, twice its area by its outline."""
    mask = np.pad((ink > 0.5).astype(np.uint8), 1)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    outline = sum(cv2.arcLength(contour, True) for contour in contours)
    return 2 * float(mask.sum()) / outline if outline else 0.0


def fit_to_box(ink: np.ndarray) -> np.ndarray:
    """Return the ink scaled so that its longer side is 20 pixels. (h, w) float32, max(h, w) == 20."""
    height, width = ink.shape
    shrink = BOX / max(height, width)
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    if shrink >= 1:
        return np.clip(cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC), 0, 1)
    return cv2.resize(ink, size, interpolation=cv2.INTER_AREA)


def centre(ink: np.ndarray) -> np.ndarray:
    """Return the ink on a 28×28 canvas with its centre of mass in the middle, as far as the canvas lets it.

    ink: (h, w) float32 in [0, 1], at most 20×20. Returns (28, 28) float32.
    Raises NoInkError when there is no foreground.
    """
    total = float(ink.sum())
    if total <= 0:
        raise NoInkError
    height, width = ink.shape
    mass_y = float(ink.sum(axis=1) @ (np.arange(height) + 0.5)) / total
    mass_x = float(ink.sum(axis=0) @ (np.arange(width) + 0.5)) / total
    top = min(max(0, round(SIZE / 2 - mass_y)), SIZE - height)
    left = min(max(0, round(SIZE / 2 - mass_x)), SIZE - width)
    canvas = np.zeros((SIZE, SIZE), np.float32)
    canvas[top : top + height, left : left + width] = ink
    return canvas
