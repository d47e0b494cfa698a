"""The way of one mark from its page to the 28×28 that was read, step by step."""

from dataclasses import dataclass

import cv2
import numpy as np

from recognizer.imaging.candidates import Candidate, find_candidates
from recognizer.imaging.decoding import DecodedPicture
from recognizer.imaging.errors import PictureError
from recognizer.imaging.marks import Mark
from recognizer.imaging.normalization import SIZE, boxed
from recognizer.imaging.segmentation import find_marks

AROUND = 0.25
"""What is shown of the page around a mark, as a share of the longer side of the mark."""
SHOWN_SIDE = 168
"""A step is shown at no more pixels on its longer side."""


class MarkNotFoundError(Exception):
    """The mark is not found on its page any more as it was read: it was read by other rules."""


@dataclass(frozen=True)
class MarkStep:
    """What the mark looks like after one step."""

    name: str
    """`page`, `ink`, `unruled` where there were printed lines, `alone`, `boxed`, and last `centred`."""
    picture: np.ndarray
    """(h, w) uint8: dark on light, the last two bright on dark."""


def steps_of_mark(picture: DecodedPicture, pixels: np.ndarray, box: tuple[int, int, int, int]) -> list[MarkStep]:
    """Return the steps of the mark that was read as these pixels in this box.

    pixels: (28, 28) uint8. box: x, y, width, height in pixels of the picture as given. Raises MarkNotFoundError.
    """
    watched: dict[str, np.ndarray] = {}
    try:
        lines = find_candidates(find_marks(picture.page, watched.__setitem__))
    except PictureError as error:
        raise MarkNotFoundError from error
    mark = _mark_read(lines, picture, pixels, box)
    steps = [MarkStep("page", picture.page), MarkStep("ink", _dark(watched["ink"]))]
    if "printed lines removed" in watched:
        steps.append(MarkStep("unruled", _dark(watched["printed lines removed"])))
    return [
        *(MarkStep(step.name, _shown(_around(mark, step.picture))) for step in steps),
        MarkStep("alone", _shown(_dark(np.pad(mark.ink, _margin(mark))))),
        MarkStep("boxed", _by_its_box(np.rint(boxed(mark.ink) * 255).astype(np.uint8))),
        MarkStep("centred", pixels),
    ]


def _mark_read(
    lines: list[list[Candidate]], picture: DecodedPicture, pixels: np.ndarray, box: tuple[int, int, int, int]
) -> Mark:
    """Return, of the ways in which the page's ink can be taken for marks, the one that was read."""

    def distance(candidate: Candidate) -> float:
        return float(np.abs(np.array(candidate.mark.box) * picture.scale - box).sum())

    same = [candidate for line in lines for candidate in line if np.array_equal(candidate.pixels, pixels)]
    if not same:
        raise MarkNotFoundError
    return min(same, key=distance).mark


def _dark(ink: np.ndarray) -> np.ndarray:
    """Return ink as dark on light. ink: (h, w) float32 in [0, 1]."""
    return 255 - np.rint(ink * 255).astype(np.uint8)


def _margin(mark: Mark) -> int:
    """Return what is shown around a mark, in pixels of its ink."""
    return max(2, round(AROUND * max(mark.ink.shape)))


def _around(mark: Mark, page: np.ndarray) -> np.ndarray:
    """Return the part of the page that the mark is in, with a margin; beyond the border there is none."""
    x, y, width, height = mark.box
    margin = _margin(mark) / mark.zoom
    top, left = max(0, round(y - margin)), max(0, round(x - margin))
    return page[top : max(top + 1, round(y + height + margin)), left : max(left + 1, round(x + width + margin))]


def _shown(picture: np.ndarray) -> np.ndarray:
    """Return a picture of at most SHOWN_SIDE pixels a side."""
    shrink = SHOWN_SIDE / max(picture.shape)
    if shrink >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * shrink)), max(1, round(picture.shape[0] * shrink)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _by_its_box(glyph: np.ndarray) -> np.ndarray:
    """Return the glyph mid-canvas by its box, as it lies before it is centred by its mass. (28, 28) uint8."""
    height, width = glyph.shape
    top, left = (SIZE - height) // 2, (SIZE - width) // 2
    canvas = np.zeros((SIZE, SIZE), np.uint8)
    canvas[top : top + height, left : left + width] = glyph
    return canvas
