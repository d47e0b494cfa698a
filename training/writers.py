"""Who writes on a page: MNIST's writers, hands drawn stroke by stroke, typefaces; and what is no digit."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from recognizer.inference.artifacts import NOT_A_DIGIT
from training import hands, negatives, strokes
from training.mnist import Examples
from training.typefaces import CANVAS, Typeface, draw_character

MNIST_SHARE = 0.5
"""Of the writers of a page's digits..."""
HANDS_SHARE = 0.6
"""... and of the rest those that are drawn stroke by stroke; the others are typefaces."""
WIDEST_PEN = 17
"""In pixels of the canvas, on which a digit is some 64 pixels high."""


@dataclass(frozen=True)
class Writers:
    """Everyone who may write on a page."""

    mnist: Examples
    """Without any the others write all."""
    typefaces: list[Typeface] = field(default_factory=list)
    with_hands: bool = True

    def digits(self, count: int, rng: np.random.Generator) -> list[tuple[np.ndarray, int]]:
        """Digits of one page by writers of one sort, all with one pen: each (96, 96) uint8 and its label."""
        sort = rng.random()
        written = [typeface for typeface in self.typefaces if typeface.digits]
        not_mnist = 1 - MNIST_SHARE if len(self.mnist) else 1.0
        by_hand = not_mnist * (HANDS_SHARE if written else 1.0)
        if self.with_hands and sort < by_hand:
            drawn = [(hands.draw_digit(digit, rng), digit) for digit in map(int, rng.integers(0, 10, count))]
        elif written and sort < not_mnist:
            typeface = written[rng.integers(len(written))]
            digits = map(int, rng.integers(0, 10, count))
            drawn = [(draw_character(typeface.digits, str(digit)), digit) for digit in digits]
        else:
            chosen = rng.integers(0, len(self.mnist), count)
            drawn = [(enlarge(self.mnist.glyphs[index]), int(self.mnist.labels[index])) for index in chosen]
        pen = choose_pen(rng)
        return [(pen(canvas), label) for canvas, label in drawn]

    def others(self, count: int, rng: np.random.Generator) -> list[tuple[np.ndarray, int]]:
        """Marks that are no digits, each (96, 96) uint8 and NOT_A_DIGIT."""
        if self.typefaces and rng.random() < 0.6:
            typeface = self.typefaces[rng.integers(len(self.typefaces))]
            file, letters = typeface.letters[rng.integers(len(typeface.letters))]
            drawn = [draw_character(file, letters[index]) for index in rng.integers(0, len(letters), count)]
        else:
            drawn = [negatives.draw_mark(rng) for _ in range(count)]
        pen = choose_pen(rng)
        return [(pen(canvas), NOT_A_DIGIT) for canvas in drawn]


def enlarge(glyph: np.ndarray) -> np.ndarray:
    """A glyph of MNIST's, smooth on a canvas: (96, 96) uint8 from (28, 28)."""
    large = cv2.resize(glyph, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(large, (0, 0), 1.2)
    return cv2.LUT(smooth, STEEP)


STEEP = np.clip((np.arange(256) - 70.0) * 255 / 110, 0, 255).astype(np.uint8)
"""Makes the edge of an enlarged stroke as sharp as a pen's."""


def choose_pen(rng: np.random.Generator) -> Callable[[np.ndarray], np.ndarray]:
    """What a pen makes of a canvas (96, 96) uint8: strokes of its own width, or a little thicker or thinner ones."""
    sort = rng.random()
    if sort < 0.35:
        width = int(rng.integers(2, WIDEST_PEN))
        return lambda canvas: strokes.redraw(canvas, width)
    if sort < 0.5:
        width = int(rng.integers(2, 8))
        return lambda canvas: strokes.thicken(canvas, width)
    if sort < 0.6:
        width = int(rng.integers(2, 5))
        return lambda canvas: strokes.thin(canvas, width)
    return lambda canvas: canvas
