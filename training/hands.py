"""Digits and letters drawn stroke by stroke, in the forms of letterforms.py or invented, swayed as hands sway."""

from functools import cache

import cv2
import numpy as np

from training.letterforms import DIGITS, LETTERS

CANVAS = 96
MARGIN = 16
SMOOTH_STEPS = 8
"""Straight pieces between two points of a smooth stroke."""
PLACES = 64
"""Of a stroke that is drawn in a hurry."""
HOOK_STEPS = 6
"""Of the bow in which a stroke ends."""
BY_MOUSE = 0.2
"""How many of the forms are drawn with a mouse."""
IN_A_HURRY = 0.4
"""How many are drawn in a hurry: corners round, loops narrow."""
NOT_LIFTED = 0.12
"""How often the pen stays on the paper between two strokes..."""
LONGEST_JOIN = 0.6
"""... that begin and end no further apart than this, in sides of the form's box."""
HOOKED = 0.12
"""How often the pen turns away where a stroke begins, and where it ends."""
LONGEST_HOOK = 0.13
"""In heights."""


def draw_digit(digit: int, rng: np.random.Generator) -> np.ndarray:
    """A digit as some hand would draw it: (96, 96) uint8, bright foreground, with a margin for thicker pens."""
    forms = DIGITS[digit]
    return draw_form(forms[rng.integers(len(forms))], rng)


def draw_letter(rng: np.random.Generator) -> np.ndarray:
    """A letter or sign that no digit looks like, drawn as digits are: (96, 96) uint8."""
    return draw_form(LETTERS[rng.integers(len(LETTERS))], rng, widest=1.3)


def invent_letter(rng: np.random.Generator) -> np.ndarray:
    """A letter of no script: strokes between the places of a small grid, drawn as digits are: (96, 96) uint8."""
    places = [f"{x},{y}" for x in (0, 33, 67, 100) for y in (0, 25, 50, 75, 100)]
    form = []
    for _ in range(int(rng.integers(3, 5))):
        way = rng.choice(places, int(rng.integers(2, 4)), replace=False)
        form.append(("~" if len(way) > 2 and rng.random() < 0.6 else "-") + " ".join(way))
    return draw_form(form, rng, widest=1.3)


def draw_form(form: list[str], rng: np.random.Generator, widest: float = 0.95) -> np.ndarray:
    """The strokes of a form of letterforms.py as some hand would draw them: (96, 96) uint8.

    widest: its width at most, in heights.
    """
    strokes = [start + rng.uniform(-0.1, 1.1) * (end - start) for start, end in map(_ends, form)]
    if rng.random() < NOT_LIFTED:
        strokes = _joined(strokes)
    aspect = rng.uniform(0.45, widest)
    height = (CANVAS - 2 * MARGIN) / max(1.0, aspect)
    width = height * aspect
    strokes = [_sway(stroke, rng) * [width, height] for stroke in strokes]
    if rng.random() < IN_A_HURRY:
        haste = rng.uniform(0.01, 0.07)
        strokes = [_hurried(stroke, haste) for stroke in strokes]
    strokes = [_hooked(_hooked(stroke, height, rng)[::-1], height, rng)[::-1] for stroke in strokes]
    if rng.random() < BY_MOUSE:
        strokes = [_by_mouse(stroke, rng) for stroke in strokes]
    if rng.random() < 0.5:
        strokes = [stroke + rng.normal(0, 0.015, 2) * height for stroke in strokes]
    offset = np.array([(CANVAS - width) / 2, MARGIN])
    pen = int(rng.integers(3, 8))
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    lines = [np.rint((stroke + offset) * 16).astype(np.int32) for stroke in strokes]
    return cv2.polylines(canvas, lines, False, 255, pen, cv2.LINE_AA, 4)


@cache
def _ends(stroke: str) -> tuple[np.ndarray, np.ndarray]:
    """The two (N, 2) float64 paths in the unit box between which hands lie."""
    style, (start, _, end) = stroke[0], stroke[1:].partition("|")
    return _path(style, start), _path(style, end or start)


def _path(style: str, points: str) -> np.ndarray:
    knots = np.array([point.split(",") for point in points.split()], float) / 100
    t = np.linspace(0, 1, SMOOTH_STEPS, endpoint=False)[:, None, None]
    pieces = (1 - t) * knots[:-1] + t * knots[1:] if style == "-" else _spline(knots, t)
    return np.concatenate([pieces.transpose(1, 0, 2).reshape(-1, 2), knots[-1:]])


def _spline(knots: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The smooth pieces between neighbouring knots at the times t in [0, 1). Source: Catmull and Rom 1974."""
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    a, b, c, d = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _sway(stroke: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The path in a box that was bent a little, smoothly."""
    return stroke + _bend(stroke, rng.normal(0, 0.035, (2, 2, 2)), rng.uniform(0, 2 * np.pi, (2, 2)))


def _joined(strokes: list[np.ndarray]) -> list[np.ndarray]:
    """The strokes in the unit box without lifting the pen where the next one begins near by."""
    joined = strokes[:1]
    for stroke in strokes[1:]:
        if np.hypot(*(stroke[0] - joined[-1][-1])) <= LONGEST_JOIN:
            joined[-1] = np.concatenate([joined[-1], stroke])
        else:
            joined.append(stroke)
    return joined


def _hurried(stroke: np.ndarray, haste: float) -> np.ndarray:
    """The path with every place drawn towards those before and after it. haste: how far, as a share of its length."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)]) / max(1e-9, steps.sum())
    even = np.linspace(0, 1, PLACES)
    places = np.stack([np.interp(even, along, axis) for axis in stroke.T], 1)
    return cv2.GaussianBlur(places, (1, 0), 1e-9, sigmaY=haste * PLACES, borderType=cv2.BORDER_REPLICATE)


def _hooked(stroke: np.ndarray, height: float, rng: np.random.Generator) -> np.ndarray:
    """The path, now and then with a small bow at its end."""
    if rng.random() >= HOOKED:
        return stroke
    ahead = stroke[-1] - stroke[max(0, len(stroke) - HOOK_STEPS)]
    turns = np.arctan2(ahead[1], ahead[0]) + rng.uniform(-2.5, 2.5) * np.linspace(0, 1, HOOK_STEPS)
    step = rng.uniform(0.3, 1) * LONGEST_HOOK * height / HOOK_STEPS
    return np.concatenate([stroke, stroke[-1] + step * np.cumsum(np.stack([np.cos(turns), np.sin(turns)], 1), 0)])


def _by_mouse(stroke: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The path as a mouse leaves it: few of its places, straight from one to the next, often on a coarse grid."""
    step = int(rng.integers(2, 7))
    kept = np.concatenate([stroke[:-1:step], stroke[-1:]])
    grid = rng.uniform(1, 6)
    return np.rint(kept / grid) * grid if rng.random() < 0.5 else kept


def _bend(points: np.ndarray, amplitude: np.ndarray, phase: np.ndarray) -> np.ndarray:
    waves = np.sin(np.pi * points[:, :, None] * [1.0, 2.0] + phase)
    return np.einsum("nij,ijk->nk", waves, amplitude)
