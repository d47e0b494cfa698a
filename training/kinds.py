"""What the three networks have in common: how each is trained, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

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
    weights: list[np.ndarray]
    """What another network of the kind can begin with."""
    with_weights: "Callable[[list[np.ndarray]], FittedNetwork]"
    """The same network with other weights in their place."""


@dataclass(frozen=True)
class Kind:
    """One of the networks that the site can be given."""

    name: str
    """As the site's rows, the card and the artifact's folder say it."""
    recipe: "Recipe | SgdRecipe"
    fine_tuning: "Recipe | SgdRecipe"
    """For a network that begins with the weights of one that has learnt."""
    train: "Train"
    load: Callable[[Path], FittedNetwork]
    """From a model file; raises ArtifactError when it holds no network of the kind."""
    help: str
    """What the command line says of it."""
    precisions: tuple[str, ...]
    """The arithmetic it can be fitted in, fastest last."""
    limits: tuple[str, ...]
    """What its card says it cannot do, besides what none of them can."""
    distillation: "Recipe | None" = None
    """For a network that learns from others, where its kind can."""


class Train(Protocol):
    """Fits a network."""

    def __call__(
        self,
        train: Sources,
        validation: Sources,
        recipe: "Recipe | SgdRecipe",
        seed: int,
        checkpoint: Checkpoint | None = None,
        weights: list[np.ndarray] | None = None,
    ) -> FittedNetwork:
        """A network that has learnt.

        checkpoint: what to go on from, and where to keep every epoch. weights: to begin with, instead of random ones.
        """
