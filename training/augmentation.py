"""Glyphs as other hands, pens, cameras and bitmaps would have made them, from MNIST's.

Every glyph is bent and sheared on a canvas of twice its size, its strokes thickened or thinned there, framed
again as MNIST was, and its tones changed last. `strength` in (0, 1] scales both how far and how often.
"""

import cv2
import numpy as np

from recognizer.inference.artifacts import NOT_A_DIGIT
from training import habits, strokes
from training.framing import SIDE, frame

CANVAS = 2 * SIDE + 8
CHUNK = 512
WIDEST_STROKE = 10
ONE, SEVEN = 1, 7


def augment(glyphs: np.ndarray, labels: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Altered glyphs that keep their labels: (N, 28, 28) uint8.

    glyphs: (N, 28, 28) uint8, bright foreground. labels: (N,) integers; 1s and 7s gain flags and bars.
    """
    altered = np.empty_like(glyphs)
    for start in range(0, len(glyphs), CHUNK):
        chunk = slice(start, start + CHUNK)
        altered[chunk] = _augment_chunk(glyphs[chunk], labels[chunk], rng, strength)
    return altered


def _augment_chunk(glyphs: np.ndarray, labels: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    maps = _sampling_maps(len(glyphs), rng, strength)
    framed = np.empty_like(glyphs)
    for index, (glyph, label) in enumerate(zip(glyphs, labels, strict=True)):
        canvas = cv2.remap(glyph, maps[index], None, cv2.INTER_LINEAR)
        canvas = _change_strokes(canvas, int(label), rng, strength)
        framed[index] = _reframe(canvas, rng, strength)
    return _change_tones(_add_neighbours(framed, rng, strength), rng, strength)


def _sampling_maps(count: int, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Where on the glyph each canvas pixel looks, affine and elastic: (N, CANVAS, CANVAS, 2) float32."""
    angle = np.radians(rng.uniform(-14, 14, count) * strength)
    shear = rng.uniform(-0.22, 0.22, count) * strength
    aspect = np.exp(rng.uniform(-0.16, 0.16, count) * strength)
    cos, sin = np.cos(angle), np.sin(angle)
    matrices = np.stack([np.stack([cos * aspect, -sin + shear], -1), np.stack([sin, cos / aspect], -1)], 1).astype(
        np.float32
    )
    line = (np.arange(CANVAS, dtype=np.float32) - (CANVAS - 1) / 2) / 2
    grid = np.stack(np.meshgrid(line, line)).reshape(2, -1)
    maps = (matrices @ grid).reshape(count, 2, CANVAS, CANVAS).transpose(0, 2, 3, 1) + (SIDE - 1) / 2
    sway = rng.uniform(0.2, 0.9, (count, 1, 1, 1)) * strength
    knots = (rng.standard_normal((count, 6, 6, 2)) * sway).astype(np.float32)
    for index in range(count):
        maps[index] += cv2.resize(knots[index], (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(maps, dtype=np.float32)


def _change_strokes(canvas: np.ndarray, label: int, rng: np.random.Generator, strength: float) -> np.ndarray:
    if label in (ONE, SEVEN) and rng.random() < 0.3 * strength:
        pen = max(2, round(strokes.stroke_width(canvas)))
        canvas = (habits.flag_one if label == ONE else habits.cross_seven)(canvas, pen, rng)
    chance = rng.random() / strength
    if chance < 0.16:
        return strokes.thicken(canvas, _growth(canvas, rng))
    if chance < 0.32:
        return strokes.thin(canvas, int(rng.integers(2, 5)))
    if chance < 0.52:
        return strokes.redraw(canvas, int(rng.integers(2, 10)))
    if chance < 0.56 and label < NOT_A_DIGIT:
        return strokes.hollow(strokes.thicken(canvas, 5), 5, rng.uniform(0.3, 0.8))
    return canvas


def _growth(canvas: np.ndarray, rng: np.random.Generator) -> int:
    widest = round(WIDEST_STROKE - strokes.stroke_width(canvas))
    return int(rng.integers(2, max(3, widest + 1)))


def _reframe(canvas: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    box = 20 + rng.uniform(-3.5, 2) * strength
    squareness = rng.uniform(0.3, 1.0) if rng.random() < 0.08 * strength else 0.0
    bitmap_side = int(rng.integers(12, 21)) if rng.random() < 0.15 * strength else 0
    astray = rng.random() < 0.3 * strength
    offset = tuple(int(step) for step in rng.integers(-2, 3, 2)) if astray else (0, 0)
    return frame(canvas, box, squareness, bitmap_side, offset)


def _add_neighbours(glyphs: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Crumbs of another glyph, or a bit of a ruled line, at the border of some glyphs."""
    for index in np.flatnonzero(rng.random(len(glyphs)) < 0.05 * strength):
        axis, width = int(rng.integers(2)), int(rng.integers(1, 4))
        border = [slice(None), slice(None)]
        border[axis] = slice(0, width) if rng.random() < 0.5 else slice(SIDE - width, SIDE)
        if rng.random() < 0.6:
            stray = np.roll(glyphs[rng.integers(len(glyphs))], SIDE // 2, (0, 1))
        else:
            stray = np.full((SIDE, SIDE), rng.integers(90, 256), np.uint8)
        crumb = stray[tuple(border)]
        start = int(rng.integers(0, SIDE // 2))
        border[1 - axis] = slice(start, start + SIDE // 2) if rng.random() < 0.5 else slice(None)
        region = glyphs[index][tuple(border)]
        region[:] = np.maximum(region, crumb[: region.shape[0], : region.shape[1]])
    return glyphs


def _change_tones(glyphs: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    count = len(glyphs)
    for index in np.flatnonzero(rng.random(count) < 0.25 * strength):
        glyphs[index] = cv2.GaussianBlur(glyphs[index], (5, 5), rng.uniform(0.4, 1.0))
    tones = glyphs.astype(np.float32) / 255
    some = np.flatnonzero(rng.random(count) < 0.5 * strength)
    tones[some] **= np.exp(rng.uniform(-0.7, 0.7, (len(some), 1, 1))).astype(np.float32)
    some = np.flatnonzero(rng.random(count) < 0.3 * strength)
    tones[some] *= rng.uniform(0.55, 1.3, (len(some), 1, 1)).astype(np.float32)
    some = np.flatnonzero(rng.random(count) < 0.15 * strength)
    noise = rng.standard_normal((len(some), SIDE, SIDE), dtype=np.float32)
    tones[some] += noise * rng.uniform(0.01, 0.1, (len(some), 1, 1)).astype(np.float32)
    return (np.clip(tones, 0, 1) * 255 + 0.5).astype(np.uint8)
