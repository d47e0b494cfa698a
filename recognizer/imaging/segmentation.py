"""From a page to its marks: where ink lies together, in reading order."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from recognizer.imaging.errors import NoInkError, TooManyMarksError
from recognizer.imaging.lighting import even_out, stretch
from recognizer.imaging.marks import Mark
from recognizer.imaging.ruling import remove_ruling

WORKING_SIDE = 112
"""A smaller page is enlarged to this many pixels on its longer side, so that strokes are several pixels wide."""
FAINT, CLEAR = 0.38, 0.5
"""Ink above FAINT belongs to a mark that somewhere is above CLEAR."""
MIN_AREA = 6
"""Of a piece of ink, in pixels of the page or of its enlargement: less is dust."""
LEVEL = 0.3
"""Boxes that have this share of their height in common stand on one line."""
LAST_BOXES = 3
"""Of a line: a box is on it that is level with one of them, for digits differ in height and place."""
MAX_MARKS = 200
MAX_PIECES = 4 * MAX_MARKS
"""Of connected ink: more are a texture, whatever they would be grouped to."""
NUMBER_WIDTH = 2.0
"""A picture wider than this times the height of its main mark is of a number."""
NUMBER_ASPECT = 1.3
"""And its width is at least so many times its own height."""
WRITTEN_HEIGHT = 0.6
"""At the border of a number, what is as high as this share of its main mark is a digit."""
POINT = 0.22
"""A piece smaller than this share of the largest one, with paper around it, is a point and no part of a digit."""
POINT_GAP = 0.6
"""The paper around a point, as a share of its size."""
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
    boxes, labels = _components(ink)
    pieces = _without_crumbs(boxes, ink.shape)
    if len(pieces) > MAX_PIECES:
        raise TooManyMarksError
    lines = in_reading_order(_group(_without_points(pieces, labels)))
    kept = [box for line in lines for box in line]
    if watch is not _nobody:
        watch("pieces kept, and dropped (grey)", _kept_and_dropped(labels, boxes, kept))
    if not kept:
        raise NoInkError
    if len(kept) > MAX_MARKS:
        raise TooManyMarksError
    return [_lift(ink, labels, box, enlarged, number) for number, line in enumerate(lines) for box in line]


def _nobody(step: str, result: np.ndarray) -> None:
    """Watch nothing."""


def _kept_and_dropped(labels: np.ndarray, boxes: list["Box"], kept: list["Box"]) -> np.ndarray:
    """Return the pieces of ink: 1 for those that became marks, less for the others. (h, w) float32."""
    shown = np.zeros(labels.max() + 1, np.float32)
    shown[[number for box in boxes for number in box.numbers]] = 0.3
    shown[[number for box in kept for number in box.numbers]] = 1
    return shown[labels]


@dataclass(frozen=True)
class Box:
    """A connected piece of ink, or several that belong together; numbers are those of connectedComponents."""

    left: int
    top: int
    right: int
    bottom: int
    area: int
    numbers: tuple[int, ...]

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def side(self) -> int:
        return max(self.width, self.height)

    def with_(self, other: "Box") -> "Box":
        """Return the box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            self.area + other.area,
            self.numbers + other.numbers,
        )


def _components(ink: np.ndarray) -> tuple[list[Box], np.ndarray]:
    """Return the pieces of ink, faint ones only with something clear in them, and for each pixel its piece's number.

    OpenCV's own statistics of the pieces take ten times as long as the pieces, on a page that is mostly paper.
    """
    count, labels = cv2.connectedComponents((ink > FAINT).astype(np.uint8), connectivity=8)
    places = np.flatnonzero(labels)
    numbers = labels.ravel()[places]
    rows, columns = np.divmod(places, ink.shape[1])
    area = np.bincount(numbers, minlength=count)
    is_clear = np.zeros(count, bool)
    is_clear[numbers[ink.ravel()[places] > CLEAR]] = True
    top, left = np.full((2, count), max(ink.shape))
    bottom, right = np.zeros((2, count), np.int64)
    for first, last, where in ((top, bottom, rows), (left, right, columns)):
        np.minimum.at(first, numbers, where)
        np.maximum.at(last, numbers, where + 1)
    boxes = [
        Box(int(left[n]), int(top[n]), int(right[n]), int(bottom[n]), int(area[n]), (int(n),))
        for n in np.flatnonzero(is_clear)
    ]
    return boxes, labels


def _without_crumbs(boxes: list[Box], shape: tuple[int, int]) -> list[Box]:
    """Return the pieces without specks and without what reaches in from beyond the border."""
    largest = max((box.area for box in boxes), default=0)
    boxes = [box for box in boxes if box.area >= max(MIN_AREA, 0.01 * largest)]
    if not boxes:
        return []
    main = max(boxes, key=lambda box: _weight(box, shape))
    if shape[1] > max(NUMBER_WIDTH * main.height, NUMBER_ASPECT * shape[0]):
        return [box for box in boxes if box.height >= WRITTEN_HEIGHT * main.height or not _reaches_in(box, main, shape)]
    return [box for box in boxes if box is main or not _reaches_in(box, main, shape)]


def _without_points(boxes: list[Box], labels: np.ndarray) -> list[Box]:
    """Return the pieces without full stops and commas.

    The dot of an i, which is higher, stays and tells the letter from a 1; so does what lies close to other ink, as a
    fragment of a broken stroke does.
    """
    largest = max((box.side for box in boxes), default=0)
    large = [box for box in boxes if box.side > POINT * largest]
    numbers = [number for box in boxes for number in box.numbers]
    return [
        box
        for box in boxes
        if box.side > POINT * largest or not (_is_at_foot(box, large) and _is_alone(box, labels, numbers))
    ]


def _is_at_foot(point: Box, large: list[Box]) -> bool:
    """Say whether a piece lies beside the lower half of a larger one."""
    middle = (point.top + point.bottom) / 2
    return any(
        box.top + 0.5 * box.height <= middle <= box.bottom + 0.1 * box.height
        and box.left - box.side <= point.left
        and point.right <= box.right + box.side
        for box in large
    )


def _is_alone(box: Box, labels: np.ndarray, numbers: list[int]) -> bool:
    """Say whether no other of the numbered pieces lies around a piece."""
    gap = max(2, round(POINT_GAP * box.side))
    around = labels[max(0, box.top - gap) : box.bottom + gap, max(0, box.left - gap) : box.right + gap]
    others = np.setdiff1d(around, (0, *box.numbers))
    return not np.isin(others, numbers).any()


def _weight(box: Box, shape: tuple[int, int]) -> float:
    """Return how much a piece counts: its ink, and less of it the more it clings to the border."""
    return box.area * (0.3 if _sides_touched(box, shape) else 1.0)


def _reaches_in(box: Box, main: Box, shape: tuple[int, int]) -> bool:
    """Say whether a piece is a neighbour's crumb or the border's shadow rather than a mark of this picture."""
    height, width = shape
    if not _sides_touched(box, shape):
        return False
    hugs_side = box.width < 0.25 * width and (box.left <= 1 or box.right >= width - 1)
    hugs_edge = box.height < 0.25 * height and (box.top <= 1 or box.bottom >= height - 1)
    overlap = min(box.right, main.right) - max(box.left, main.left)
    is_beside = box.height < WRITTEN_HEIGHT * main.height and overlap < 0.5 * box.width
    return (hugs_side or hugs_edge or is_beside) and box.area < 0.6 * main.area


def _sides_touched(box: Box, shape: tuple[int, int]) -> int:
    height, width = shape
    return (box.left <= 1) + (box.top <= 1) + (box.right >= width - 1) + (box.bottom >= height - 1)


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

    A box carries on the line with whose last boxes it is level; a line may so climb or fall.
    """
    lines: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: box.left):
        line = max(lines, key=lambda line: _level_with_last(line, box), default=None)
        if line is not None and _level_with_last(line, box) >= LEVEL:
            line.append(box)
        else:
            lines.append([box])
    lines.sort(key=lambda line: sum(box.top for box in line) / len(line))
    return lines


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
    own = np.isin(labels[window], box.numbers).astype(np.uint8)
    own = cv2.dilate(own, np.ones((3, 3), np.uint8))
    return Mark(box.left, box.top, ink[window] * own, zoom, line)
