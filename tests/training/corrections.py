"""A writer whom no network has seen, as an export of the site's: printed digits lying on their side."""

from pathlib import Path

import numpy as np

from tests.training.conftest import printed_digits
from training.mnist import Examples


def lying_digits(count: int, seed: int = 0) -> Examples:
    """Printed digits turned by a quarter, no two alike."""
    upright = printed_digits(count, seed)
    glyphs = np.rot90(upright.glyphs, axes=(1, 2)).copy()
    glyphs[:, 0, 0], glyphs[:, 0, 1] = np.divmod(np.arange(count), 10)
    return Examples(glyphs, upright.labels)


def write_labelled(path: Path, examples: Examples, held_out: np.ndarray) -> Path:
    """Write the file that `manage.py export_labels` would write of these."""
    ids = np.arange(len(examples), dtype=np.int64)
    np.savez(path, glyphs=examples.glyphs, labels=examples.labels, held_out=held_out, ids=ids)
    return path
