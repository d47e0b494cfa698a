"""`python -m training.regression_set`: glyphs on which versions of a network are compared, answer by answer.

They are drawn by training/hands.py alone, written on pages and taken apart by the site's own imaging. Neither MNIST nor
a typeface is in them. Once drawn they stay: they are there to count what changes from one version to the next, not to
say how good one is.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from recognizer.inference.artifacts import CLASSES, NOT_A_DIGIT
from recognizer.inference.labelled import LabelledGlyphs
from training.examples import NO_GLYPHS
from training.front_door import glyphs_of
from training.pages import draw_page
from training.writers import Writers

PLACE = Path("recognizer/learning/regression.npz")
SEED = 2026
OF_A_DIGIT = 64
NOT_DIGITS = 160
"""A fifth of all."""


def draw_regression_set(seed: int = SEED, of_a_digit: int = OF_A_DIGIT, not_digits: int = NOT_DIGITS) -> LabelledGlyphs:
    """Equally many glyphs of each digit, and some that are none, in the order in which they were drawn."""
    rng = np.random.default_rng(seed)
    hands = Writers(NO_GLYPHS)
    wanted = dict.fromkeys(range(10), of_a_digit) | {NOT_A_DIGIT: not_digits}
    drawn: list[tuple[np.ndarray, int]] = []
    with tqdm(total=sum(wanted.values()), desc="glyphs", unit="glyph", mininterval=1) as bar:
        while any(wanted.values()):
            for glyph, label in _one_a_label(glyphs_of(draw_page(hands, rng)), rng):
                if wanted[label]:
                    wanted[label] -= 1
                    drawn.append((glyph, label))
                    bar.update()
    return LabelledGlyphs(
        glyphs=np.array([glyph for glyph, _ in drawn], np.uint8),
        labels=np.array([label for _, label in drawn], np.uint8),
        held_out=np.ones(len(drawn), bool),
        ids=np.arange(len(drawn), dtype=np.int64),
    )


def _one_a_label(found: list[tuple[np.ndarray, int]], rng: np.random.Generator) -> list[tuple[np.ndarray, int]]:
    """One glyph of each label: the glyphs of a page may be other cuts of the same mark."""
    shuffled = [found[place] for place in rng.permutation(len(found))]
    return [(glyph, label) for label, glyph in {label: glyph for glyph, label in shuffled}.items()]


def main(arguments: list[str] | None = None) -> int:
    """Draw the set and write it."""
    parser = argparse.ArgumentParser(prog="python -m training.regression_set", description=__doc__)
    parser.add_argument("--out", type=Path, default=PLACE, help="file to write")
    out = parser.parse_args(arguments).out
    drawn = draw_regression_set()
    np.savez_compressed(out, **vars(drawn))
    counts = np.bincount(drawn.labels, minlength=len(CLASSES))
    told = ", ".join(f"{count} of {name}" for name, count in zip(CLASSES, counts, strict=True))
    print(f"{out}: {len(drawn)} glyphs, {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
