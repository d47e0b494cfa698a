"""What the three networks have in common: how each is trained, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from training.checkpoints import Checkpoint
from training.examples import Sources

if TYPE_CHECKING:
    from training.fitting import Recipe
    from training.numpy_mlp import SgdRecipe


@dataclass(frozen=True)
class FittedNetwork:
    """A network that has learnt, whatever it was written with."""

    logits: Callable[[np.ndarray], np.ndarray]
    """(N, 28, 28) uint8 → (N, 11) float32."""
    parameters: int
    history: list[dict[str, float]]
    """What was measured after every epoch."""
    model_file: str
    """The name of the file that `save` writes, given its path."""
    save: Callable[[Path], None]


@dataclass(frozen=True)
class Kind:
    """One of the networks that the site can be given."""

    name: str
    """As the site's rows, the card and the artifact's folder say it."""
    recipe: "Recipe | SgdRecipe"
    train: Callable[[Sources, Sources, "Recipe | SgdRecipe", int, Checkpoint | None], FittedNetwork]
    """From sources for training and validation, recipe, seed, and the checkpoint to go on from."""
    help: str
    """What the command line says of it."""
    precisions: tuple[str, ...]
    """The arithmetic it can be fitted in, fastest last."""
    limits: tuple[str, ...]
    """What its card says it cannot do, besides what none of them can."""
