"""Ink that is no digit (class 10): scribbles, blots, bars, letters, signs, pairs, fragments, textures."""

import cv2
import numpy as np

from training import hands, strokes
from training.framing import SIDE, frame

CANVAS = 80

PRINTED = "EFHKLMNPRTVWXkmnrtvwx#*+=%@<:?"
"""Characters that no digit looks like; I, l, O, S, Z, B, b, g, q, D and their like are left out."""

FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)


def draw_negatives(count: int, digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Glyphs that are no digit, framed as MNIST was: (count, 28, 28) uint8.

    digits: (N, 28, 28) uint8, whence pairs and fragments are taken.
    """
    kinds, weights = zip(*KINDS.items(), strict=True)
    chosen = rng.choice(len(kinds), count, p=np.array(weights) / sum(weights))
    glyphs = [frame(kinds[kind](digits, rng)) for kind in chosen]
    return np.array(glyphs, np.uint8).reshape(count, SIDE, SIDE)


def draw_mark(rng: np.random.Generator) -> np.ndarray:
    """A scribble, blot, bar, sign or letter, with a margin around it: (96, 96) uint8, bright foreground."""
    kinds = (_scribble, _blot, _bars, _printed, _written, _invented)
    mark = kinds[rng.choice(len(kinds), p=(0.15, 0.05, 0.07, 0.08, 0.5, 0.15))](None, rng)
    return cv2.copyMakeBorder(mark, 8, 8, 8, 8, cv2.BORDER_CONSTANT)


def _blank() -> np.ndarray:
    return np.zeros((CANVAS, CANVAS), np.uint8)


def _pen(rng: np.random.Generator) -> int:
    return int(rng.integers(2, 11))


def _polyline(canvas: np.ndarray, points: np.ndarray, pen: int) -> np.ndarray:
    return cv2.polylines(canvas, [np.round(points).astype(np.int32)], False, 255, pen, cv2.LINE_AA)


def _scribble(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A wandering pen: straight or smooth through seven to sixteen places."""
    points = rng.uniform(8, CANVAS - 8, (int(rng.integers(7, 17)), 2))
    if rng.random() < 0.7:
        points = cv2.resize(points.astype(np.float32), (2, 12 * len(points)), interpolation=cv2.INTER_CUBIC)
    return _polyline(_blank(), points, _pen(rng))


def _blot(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One to three filled spots, no taller than wide."""
    canvas = _blank()
    for _spot in range(int(rng.choice([1, 1, 1, 2, 3]))):
        half_width = int(rng.integers(6, 16))
        axes = (half_width, max(3, round(half_width * rng.uniform(0.5, 1.0))))
        centre = tuple(int(place) for place in rng.integers(20, CANVAS - 20, 2))
        cv2.ellipse(canvas, centre, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    return canvas


def _bars(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A dash, or parallel lines: flat ones from one up, upright ones from three up."""
    canvas, pen = _blank(), int(rng.integers(2, 9))
    flat = rng.random() < 0.7
    for place in range(int(rng.integers(1, 5) if flat else rng.integers(3, 6))):
        across = 10 + place * (pen + 7)
        start, end = rng.uniform(5, 15), rng.uniform(60, 75)
        points = np.array([[start, across + rng.uniform(-2, 2)], [end, across + rng.uniform(-2, 2)]])
        _polyline(canvas, points if flat else points[:, ::-1], pen)
    return canvas


def _printed(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    character = PRINTED[rng.integers(len(PRINTED))]
    font, pen = FONTS[rng.integers(len(FONTS))], int(rng.integers(1, 6))
    return cv2.putText(_blank(), character, (15, 60), font, 2, 255, pen, cv2.LINE_AA)


def _written(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    letter = _of_hand(hands.draw_letter(rng))
    return strokes.thicken(letter, int(rng.integers(2, 6))) if rng.random() < 0.3 else letter


def _invented(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return _of_hand(hands.invent_letter(rng))


def _of_hand(drawn: np.ndarray) -> np.ndarray:
    """What a hand drew, with a margin as narrow as the other marks have."""
    edge = (hands.CANVAS - CANVAS) // 2
    return drawn[edge:-edge, edge:-edge]


def _pair(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two digits side by side, close or touching."""
    canvas = np.zeros((SIDE, 2 * SIDE), np.uint8)
    left, right = (frame(digits[rng.integers(len(digits))]) for _side in range(2))
    shift = int(rng.integers(10, 19))
    canvas[:, :SIDE] = left
    canvas[:, shift : shift + SIDE] = np.maximum(canvas[:, shift : shift + SIDE], right)
    return canvas


def _fragment(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What is left of a digit with most of it cut off: a strip across, wider than high so that it is no 1."""
    while True:
        digit = frame(digits[rng.integers(len(digits))])
        top, height = int(rng.integers(5, 18)), int(rng.integers(3, 7))
        strip = digit[top : top + height]
        inked = np.flatnonzero(strip.max(0))
        if len(inked) and np.ptp(inked) > 1.5 * height:
            return strip


def _texture(_: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Noise or a gradient that fills the box."""
    if rng.random() < 0.5:
        cells = int(rng.integers(4, 24))
        noise = (rng.random((cells, cells)) * 255).astype(np.uint8)
        return cv2.resize(noise, (CANVAS, CANVAS), interpolation=int(rng.choice([0, 1])))
    slope = np.linspace(rng.uniform(0, 100), 255, CANVAS)
    tilted = np.add.outer(slope * rng.uniform(0, 1), slope[:: rng.choice([-1, 1])])
    return (tilted / tilted.max() * 255).astype(np.uint8)


KINDS = {
    _scribble: 5,
    _blot: 2,
    _bars: 3,
    _printed: 5,
    _written: 12,
    _invented: 4,
    _pair: 5,
    _fragment: 1,
    _texture: 1,
}
"""What is drawn, and how often in proportion."""
