"""From a page to its marks: where ink lies together, in reading order."""

from collections.abc import Callable

import cv2
import numpy as np

from recognizer.imaging.contrast import stretch
from recognizer.imaging.crumbs import without_crumbs, without_points
from recognizer.imaging.errors import NoInkError, TooManyMarksError
from recognizer.imaging.lighting import even_out
from recognizer.imaging.marks import Mark
from recognizer.imaging.pieces import Box, find_pieces
from recognizer.imaging.ruling import remove_ruling

WORKING_SIDE = 112
"""A smaller page is enlarged to this many pixels on its longer side, so that strokes are several pixels wide."""
LEVEL = 0.3
"""Boxes that have this share of their height in common stand on one line."""
SMALL_HEIGHT, SMALL_WIDTH = 0.4, 0.75
"""A box lower and narrower than these shares of another one's height is no digit beside it: it may be a bar of it..."""
NEAR = 0.3
"""... when it is higher up and at most this share of that height away."""
LAST_BOXES = 3
"""Of a line: a box is on it that is level with one of them, for digits differ in height and place."""
MAX_MARKS = 200
MAX_PIECES = 4 * MAX_MARKS
"""Of connected ink: more are a texture, whatever they would be grouped to."""
SPECK_HEIGHT = 0.25
"""A mark lower than this share of the tallest one, and as narrow, is a point or a speck."""


Watch = Callable[[str, np.ndarray], None]
"""Is told the name of a step and what came of it: (h, w) float32 in [0, 1], bright foreground."""


def find_marks(page: np.ndarray, watch: Watch | None = None) -> list[Mark]:
    """Return the marks on the page, top line first, each line from left to right.

    page: (H, W) uint8. Whoever watches is told of every step up to the last mark or to the refusal.
    Raises NoInkError for a blank page, TooManyMarksError for a page full of specks or print.
    """
    watch = watch or _nobody
    evened = even_out(page)
    watch("light evened out", evened)
    ink = stretch(evened)
    watch("ink", ink)
    unruled = remove_ruling(ink)
    if unruled is not ink:
        watch("printed lines removed", unruled)
        ink = stretch(unruled)  # print is darker than pencil
    enlarged = max(1.0, WORKING_SIDE / max(page.shape))
    if enlarged > 1:
        size = (round(page.shape[1] * enlarged), round(page.shape[0] * enlarged))
        ink = np.clip(cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC), 0, 1)
    boxes, labels = find_pieces(ink)
    pieces = without_crumbs(boxes, ink.shape)
    if len(pieces) > MAX_PIECES:
        raise TooManyMarksError
    kept = _group(without_points(pieces, labels))
    if watch is not _nobody:
        watch("pieces kept, and dropped (grey)", _kept_and_dropped(labels, boxes, kept))
    if not kept:
        raise NoInkError
    if len(kept) > MAX_MARKS:
        raise TooManyMarksError
    lines = enumerate(in_reading_order(kept))
    return [_lift(ink, labels, box, enlarged, number) for number, line in lines for box in line]


def _nobody(step: str, result: np.ndarray) -> None:
    """Watch nothing."""


def _kept_and_dropped(labels: np.ndarray, boxes: list[Box], kept: list[Box]) -> np.ndarray:
    """Return the pieces of ink: 1 for those that became marks, less for the others. (h, w) float32."""
    shown = np.zeros(labels.max() + 1, np.float32)
    shown[[number for box in boxes for number in box.numbers]] = 0.3
    shown[[number for box in kept for number in box.numbers]] = 1
    return shown[labels]


def _group(boxes: list[Box]) -> list[Box]:
    """Return the marks: pieces above each other joined, points and specks beside a mark dropped."""
    if not boxes:
        return []
    tallest = max(box.side for box in boxes)
    marks: list[Box] = []
    for box in sorted(boxes, key=lambda box: -box.area):
        partner = next((mark for mark in marks if _belongs(box, mark, tallest)), None)
        if partner is None:
            marks.append(box)
        else:
            marks[marks.index(partner)] = partner.with_(box)
    return [mark for mark in marks if mark.side >= SPECK_HEIGHT * tallest]


def _belongs(piece: Box, mark: Box, tallest: int) -> bool:
    """Say whether a piece is a stroke of the mark: above, below or inside it, and near."""
    overlap = min(piece.right, mark.right) - max(piece.left, mark.left)
    gap = max(piece.top, mark.top) - min(piece.bottom, mark.bottom)
    union_height = max(piece.bottom, mark.bottom) - min(piece.top, mark.top)
    return overlap >= 0.5 * min(piece.width, mark.width) and gap <= 0.3 * mark.side and union_height <= 1.5 * tallest


def in_reading_order(boxes: list[Box]) -> list[list[Box]]:
    """Return the lines of writing from top to bottom, each from left to right.

    A box carries on the line with whose last boxes it is level; a line may so climb or fall. A bar that the pen was
    lifted for, as on a 5, makes no line and carries none on: it is on that of the digit that it is nearest to.
    """
    hosts = {box: _digit_of_bar(box, boxes) for box in boxes}
    lines: list[list[Box]] = []
    for box in sorted((box for box in boxes if hosts[box] is None), key=lambda box: box.left):
        line = max(lines, key=lambda line: _level_with_last(line, box), default=None)
        if line is not None and _level_with_last(line, box) >= LEVEL:
            line.append(box)
        else:
            lines.append([box])
    lines.sort(key=lambda line: sum(box.top for box in line) / len(line))
    for box in sorted((box for box in boxes if hosts[box] is not None), key=lambda box: -box.height):
        next(line for line in lines if hosts[box] in line).append(box)
    return [sorted(line, key=lambda box: box.left) for line in lines]


def _digit_of_bar(box: Box, boxes: list[Box]) -> Box | None:
    """Return the nearest of the boxes that a small box may be the bar of, None when it is no bar."""
    larger = [
        other
        for other in boxes
        if box.height < SMALL_HEIGHT * other.height and box.width < SMALL_WIDTH * other.height
        if box.top + box.bottom < other.top + other.bottom and _apart(box, other) <= NEAR * other.height
    ]
    return min(larger, key=lambda other: _apart(box, other), default=None)


def _apart(one: Box, other: Box) -> int:
    """Return how many pixels of paper lie between two boxes, across or down, whichever are more."""
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    return max(0, across, down)


def _level_with_last(line: list[Box], box: Box) -> float:
    """Return how level a box is with that one of the line's last boxes with which it is most so."""
    return max(_level_with(other, box) for other in line[-LAST_BOXES:])


def _level_with(one: Box, other: Box) -> float:
    """Return the share of the lower box's height that both have in common; negative when one is above the other."""
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    return common / min(one.height, other.height)


def _lift(ink: np.ndarray, labels: np.ndarray, box: Box, zoom: float, line: int) -> Mark:
    """Return the mark in the box with the ink of its own pieces, soft edges included."""
    window = np.s_[box.top : box.bottom, box.left : box.right]
    own = np.logical_or.reduce([labels[window] == number for number in box.numbers])
    own = cv2.dilate(own.view(np.uint8), np.ones((3, 3), np.uint8))
    return Mark(box.left, box.top, ink[window] * own, zoom, line)
