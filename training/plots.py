"""Drawings for the notebook: rows of glyphs, and how far confidence can be believed. Needs matplotlib."""

from collections.abc import Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes


def show_glyphs(glyphs: np.ndarray, captions: Sequence[str] = (), columns: int = 15, title: str = "") -> None:
    """A grid of glyphs, dark on white as on paper. glyphs: (N, H, W), bright foreground."""
    rows = max(1, -(-len(glyphs) // columns))
    row_height = 0.85 if len(captions) else 0.65
    figure, grid = plt.subplots(rows, columns, figsize=(0.65 * columns, row_height * rows + 0.4), squeeze=False)
    for place, axes in enumerate(grid.flat):
        axes.axis("off")
        if place < len(glyphs):
            axes.imshow(glyphs[place], cmap="gray_r", interpolation="nearest")
        if place < len(captions):
            axes.set_title(captions[place], fontsize=8, pad=2)
    figure.suptitle(title, fontsize=11)
    figure.tight_layout(pad=0.3)
    plt.show()


def reliability_diagram(axes: Axes, confidences: np.ndarray, correct: np.ndarray, bins: int = 10) -> None:
    """How often answers are right, for each tenth of confidence; on the diagonal they are as good as they say.

    confidences: (N,) in [0, 1]. correct: (N,) bool.
    Source: Guo et al. 2017.
    """
    places = np.minimum((confidences * bins).astype(int), bins - 1)
    counts = np.bincount(places, minlength=bins)
    some = counts > 0
    said = np.bincount(places, confidences, minlength=bins)[some] / counts[some]
    true = np.bincount(places, correct, minlength=bins)[some] / counts[some]
    axes.plot([0, 1], [0, 1], color="gray", linewidth=1, linestyle="--")
    axes.plot(said, true, marker="o")
    for x, y, count in zip(said, true, counts[some], strict=True):
        axes.annotate(f"{count}", (x, y), textcoords="offset points", xytext=(4, -11), fontsize=7, color="gray")
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1.05), ylim=(0, 1.05))
