"""Pages as people photograph, scan and draw them, of which it is known what is written where."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from training import paper
from training.strokes import stroke_width
from training.writers import Writers

HEIGHT = 64
"""Of a digit on a page before the page is scaled, in pixels."""
SOLID = 110
"""Ink from here on is where a mark is."""
JOINED_UP = 0.15
"""How many of the lines are written by hands that join up their digits."""
LONGEST_LIGATURE = 0.7
"""Times HEIGHT."""


@dataclass(frozen=True)
class Page:
    """A picture, and the truth about it."""

    picture: np.ndarray
    """(H, W) uint8, as decoding gives it."""
    owners: np.ndarray
    """(H, W) uint8: 0, or the number from 1 of the mark whose ink lies there."""
    labels: list[int]
    """Of each mark: a digit, or NOT_A_DIGIT."""
    sizes: list[float]
    """The ink of each mark in pixels of the picture, what is cut off by the border included."""


def draw_page(writers: Writers, rng: np.random.Generator) -> Page:
    """A page with one digit on it, or several, or none, on some paper, in some light."""
    sort = rng.random()
    if sort < 0.22:
        return _photograph(_line_of(writers.others(int(rng.integers(1, 4)), rng), rng), rng)
    if sort < 0.23:
        return _photograph(_nothing(), rng)
    if sort < 0.45:
        return _photograph(_line_of(writers.digits(1, rng), rng), rng)
    if sort < 0.56:
        return _bitmap(_line_of(writers.digits(1, rng), rng), rng)
    if sort < 0.76:
        return _photograph(_cut_out(_line_of(writers.digits(3, rng), rng), rng), rng)
    return _photograph(_line_of(writers.digits(int(rng.integers(2, 7)), rng), rng), rng)


@dataclass(frozen=True)
class Writing:
    """Marks in a row."""

    ink: np.ndarray
    """(H, W) uint8, bright foreground."""
    owners: np.ndarray
    labels: list[int]
    sizes: list[float]
    baseline: int


def _line_of(marks: list[tuple[np.ndarray, int]], rng: np.random.Generator) -> Writing:
    """The marks side by side, with one slant, now apart and now touching, with points and dashes among them."""
    slant, tilt = rng.normal(0, 0.18), rng.normal(0, 4)
    spacing = rng.uniform(-0.12, 0.4)
    placed, cursor = [], 0.0
    for canvas, label in marks:
        ink = _bend(canvas, slant + rng.normal(0, 0.04), tilt + rng.normal(0, 3), rng)
        if ink is None:
            continue
        top = rng.normal(0, 0.05) * HEIGHT - ink.shape[0]
        placed.append((round(cursor), round(top), ink, label))
        cursor += ink.shape[1] + HEIGHT * (spacing + rng.normal(0, 0.05))
        if len(marks) > 1 and rng.random() < 0.12:
            point = _point(rng)
            placed.append((round(cursor), round(rng.uniform(-0.1, 0.1) * HEIGHT) - point.shape[0] // 2, point, None))
            cursor += point.shape[1] + HEIGHT * max(0.05, spacing)
    if rng.random() < JOINED_UP:
        placed += _ligatures([mark for mark in placed if mark[3] is not None], rng)
    if len(marks) > 1 and rng.random() < 0.15:
        dash = np.full((int(rng.integers(3, 9)), int(rng.integers(20, 60))), 255, np.uint8)
        placed.append((round(cursor), round(-HEIGHT * rng.uniform(0.2, 0.6)), dash, None))
    return _paste(placed, rng)


def _ligatures(
    marks: list[tuple[int, int, np.ndarray, int | None]], rng: np.random.Generator
) -> list[tuple[int, int, np.ndarray, None]]:
    """Strokes by which the pen goes on from most marks to the next without being lifted."""
    drawn = []
    for (x, y, ink, _), (next_x, next_y, next_ink, _) in pairwise(marks):
        level = rng.uniform(0, 1)
        start = _outermost(ink, level, -1) + np.array([x, y])
        end = _outermost(next_ink, level + rng.normal(0, 0.15), 0) + np.array([next_x, next_y])
        if rng.random() < 0.3 or not 0 < end[0] - start[0] < LONGEST_LIGATURE * HEIGHT:
            continue
        pen = max(2, round(stroke_width(ink) * rng.uniform(0.6, 1)))
        sag = (start + end) / 2 + np.array([0, rng.normal(0.05, 0.08) * HEIGHT])
        t = np.linspace(0, 1, 9)[:, None]
        path = (1 - t) ** 2 * start + 2 * t * (1 - t) * sag + t**2 * end
        corner = np.floor(path.min(0)).astype(int) - pen
        width, height = np.ceil(np.ptp(path, 0)).astype(int) + 2 * pen
        canvas = np.zeros((height, width), np.uint8)
        points = np.rint((path - corner) * 16).astype(np.int32)
        cv2.polylines(canvas, [points], False, 255, pen, cv2.LINE_AA, 4)
        drawn.append((int(corner[0]), int(corner[1]), canvas, None))
    return drawn


def _outermost(ink: np.ndarray, level: float, side: int) -> np.ndarray:
    """The x, y of the first (side 0) or last (side -1) ink at a level between the ink's top, 0, and bottom, 1."""
    solid = ink > ink.max() // 2
    rows = np.flatnonzero(solid.any(1))
    row = rows[round(min(max(level, 0), 1) * (len(rows) - 1))]
    return np.array([np.flatnonzero(solid[row])[side], row], float)


def _paste(placed: list[tuple[int, int, np.ndarray, int | None]], rng: np.random.Generator) -> Writing:
    if not placed:
        return _nothing()
    margins = rng.uniform(0.06, 0.6) * HEIGHT * rng.uniform(0.4, 1, 4)
    left = min(x for x, *_ in placed) - round(margins[0])
    top = min(y for _, y, *_ in placed) - round(margins[1])
    width = max(x + ink.shape[1] for x, _, ink, _ in placed) + round(margins[2]) - left
    height = max(y + ink.shape[0] for _, y, ink, _ in placed) + round(margins[3]) - top
    canvas, owners = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    labels, sizes = [], []
    for x, y, ink, label in placed:
        place = np.s_[y - top : y - top + ink.shape[0], x - left : x - left + ink.shape[1]]
        canvas[place] = np.maximum(canvas[place], ink)
        if label is not None:
            labels.append(label)
            sizes.append(float(np.count_nonzero(ink > SOLID)))
            owners[place][ink > SOLID] = len(labels)
    return Writing(canvas, owners, labels, sizes, -top)


def _nothing() -> Writing:
    empty = np.zeros((HEIGHT + 20, HEIGHT + 20), np.uint8)
    return Writing(empty, empty, [], [], HEIGHT)


def _bend(canvas: np.ndarray, slant: float, degrees: float, rng: np.random.Generator) -> np.ndarray | None:
    """The mark as this writer leans and stretches it, HEIGHT high or so, cropped to its ink; None without any."""
    x, y, width, height = cv2.boundingRect((canvas > SOLID).view(np.uint8))
    if not width:
        return None
    zoom = HEIGHT / max(height, width) * np.exp(rng.normal(0, 0.06))
    aspect = np.exp(rng.normal(0, 0.1))
    angle = np.radians(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    forward = np.array([[cos, -sin], [sin, cos]]) @ [[zoom * aspect, -slant * zoom], [0, zoom / aspect]]
    side = 2 * HEIGHT
    grid = np.stack(np.meshgrid(*2 * [np.arange(side, dtype=np.float32) - side / 2]))
    source = np.einsum("ij,jhw->hwi", np.linalg.inv(forward).astype(np.float32), grid)
    source += np.array([x + width / 2, y + height / 2], np.float32)
    knots = (rng.standard_normal((5, 5, 2)) * rng.uniform(0, 2.2)).astype(np.float32)
    source += cv2.resize(knots, (side, side), interpolation=cv2.INTER_CUBIC)
    bent = cv2.remap(canvas, source, None, cv2.INTER_LINEAR)
    x, y, width, height = cv2.boundingRect((bent > SOLID // 2).view(np.uint8))
    return bent[y : y + height, x : x + width] if width else None


def _point(rng: np.random.Generator) -> np.ndarray:
    """A point or comma."""
    side = int(rng.integers(6, 13))
    canvas = np.zeros((2 * side, side + 4), np.uint8)
    end = (side // 2 - int(rng.integers(0, 3)), side + int(rng.integers(0, side - 2)))
    return cv2.line(canvas, (side // 2 + 2, side // 2), end, 255, max(3, side // 2), cv2.LINE_AA)


def _cut_out(writing: Writing, rng: np.random.Generator) -> Writing:
    """The middle mark cut out of its line, with what of its neighbours reaches in."""
    middle = (len(writing.labels) + 1) // 2
    rows, columns = np.nonzero(writing.owners == middle)
    if not len(rows):
        return writing
    height, width = writing.ink.shape
    margins = np.rint(np.abs(rng.normal(0.02, 0.14, 4)) * HEIGHT).astype(int)
    left, right = max(0, columns.min() - margins[0]), min(width, columns.max() + 1 + margins[1])
    top, bottom = max(0, rows.min() - margins[2]), min(height, rows.max() + 1 + margins[3])
    window = np.s_[top:bottom, left:right]
    return Writing(
        writing.ink[window], writing.owners[window], writing.labels, writing.sizes, writing.baseline - int(top)
    )


def _bitmap(writing: Writing, rng: np.random.Generator) -> Page:
    """The writing as a small bitmap, of hard pixels or soft, often stretched to its frame."""
    x, y, width, height = cv2.boundingRect(writing.ink)
    margin = int(rng.integers(0, 4)) if rng.random() < 0.5 else 0
    window = np.s_[max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin]
    ink, owners = writing.ink[window], writing.owners[window]
    tall = int(rng.integers(8, 33))
    stretched = tall if rng.random() < 0.6 else max(4, round(tall * ink.shape[1] / ink.shape[0]))
    size = (min(48, stretched), tall)
    if rng.random() < 0.5:
        ink = cv2.dilate(ink, np.ones((3, 3), np.uint8), iterations=int(rng.integers(1, 3)))
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.6:
        small = cv2.threshold(small, rng.uniform(0.3, 0.55) * max(1, small.max()), 255, cv2.THRESH_BINARY)[1]
    if rng.random() < 0.4:
        small = cv2.copyMakeBorder(small, *(int(side) for side in rng.integers(0, 5, 4)), cv2.BORDER_CONSTANT)
        owners = np.zeros_like(small) + (small > 60)
    else:
        owners = cv2.resize(owners, size, interpolation=cv2.INTER_NEAREST)
        owners = np.maximum(owners, small > 60)
    if rng.random() < 0.3:
        zoom = int(rng.integers(2, 9))
        small, owners = (np.kron(plane, np.ones((zoom, zoom), np.uint8)) for plane in (small, owners))
    picture = small if rng.random() < 0.4 else 255 - small
    return Page(picture, owners, writing.labels, [float(np.count_nonzero(owners))])


def _photograph(writing: Writing, rng: np.random.Generator) -> Page:
    """The writing in ink on paper, in a picture of some size."""
    shape = writing.ink.shape
    ink = writing.ink.astype(np.float32) / 255
    is_drawing = rng.random() < 0.3
    page = np.ones(shape, np.float32) if is_drawing else paper.blank_paper(shape, rng)
    if not is_drawing and rng.random() < 0.3:
        page *= 1 - paper.print_pattern(shape, rng) * np.float32(rng.uniform(0.04, 0.32))
    if not is_drawing and rng.random() < 0.04:
        page *= 0.3 + 0.7 * paper.texture(shape, rng)
    if rng.random() < 0.2:
        page *= 1 - paper.print_rules(shape, writing.baseline, HEIGHT, rng) * np.float32(rng.uniform(0.3, 1))
    darkness = np.float32(rng.uniform(0.75, 1.0) if is_drawing or rng.random() < 0.6 else rng.uniform(0.4, 0.8))
    if rng.random() < 0.15:
        ink *= 1 - rng.uniform(0.2, 0.7) * rng.random(shape, np.float32)  # pencil
    page *= 1 - darkness * ink
    if rng.random() < (0.3 if is_drawing else 0.08):
        page = 1 - page
    scale = np.exp(rng.uniform(np.log(0.3), np.log(2.2)))
    size = tuple(max(8, round(side * scale)) for side in shape[::-1])
    page = cv2.resize(page, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    owners = cv2.resize(writing.owners, size, interpolation=cv2.INTER_NEAREST)
    picture = (page * 255 + 0.5).astype(np.uint8) if is_drawing else paper.take_picture(page, rng)
    pixels = size[0] * size[1] / (shape[0] * shape[1])
    return Page(picture, owners, writing.labels, [size * pixels for size in writing.sizes])
