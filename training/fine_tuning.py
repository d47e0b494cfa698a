"""Going on from a network that has learnt already: which one, and by which recipe."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from recognizer.imaging import PREPROCESSING_VERSION
from recognizer.inference.artifacts import CLASSES, NOT_A_DIGIT, Artifact, ArtifactError, read_artifact
from training.calibration import Calibration
from training.kinds import FittedNetwork, Kind
from training.mnist import Examples
from training.typefaces import FontsMissingError, typefaces

WAYS = (1.0, 0.75, 0.6, 0.5, 0.4, 0.3, 0.2)
"""How far from its parent's weights towards its own a network may end."""
MAY_LOSE = 0.0005
"""Of the validation digits: what may be read worse than by the parent."""
WITHOUT_FONTS = (
    "Fine-tuned without typefaces, which were not installed: of those it knows what the network it began with knew."
)


@dataclass(frozen=True)
class Parent:
    """The network that fine-tuning begins with."""

    artifact: Artifact
    network: FittedNetwork

    @property
    def calibration(self) -> Calibration:
        artifact = self.artifact
        return Calibration(artifact.temperature, artifact.sure_threshold, artifact.not_a_digit_threshold)

    @property
    def split_seed(self) -> int | None:
        """By which the digits were dealt out that it learnt from: a child judged by some of those would seem sure."""
        return self.artifact.card.get("data", {}).get("split_seed", self.artifact.card.get("seed"))

    def as_card(self) -> dict[str, str]:
        """What the card of its child tells of it."""
        return {"kind": self.artifact.kind, "version": self.artifact.version, "sha256": self.artifact.sha256}


def read_parent(folder: Path, kind: Kind) -> Parent:
    """The network in an artifact's folder, to begin with.

    Raises ArtifactError when it is damaged, of another kind, or made for other glyphs.
    """
    artifact = read_artifact(folder)
    if artifact.kind != kind.name:
        raise ArtifactError(f"{folder} is of kind {artifact.kind}, not {kind.name}. Name an artifact of that kind.")
    if artifact.preprocessing != PREPROCESSING_VERSION or artifact.classes != CLASSES:
        raise ArtifactError(
            f"{folder} was made for other glyphs or classes. Name another artifact, or train without it."
        )
    return Parent(artifact, kind.load(artifact.model_path))


def fine_tuned(kind: Kind) -> Kind:
    """The kind with its recipe for fine-tuning; where typefaces are not installed, it does without and says so."""
    recipe, limits = kind.fine_tuning, kind.limits
    try:
        typefaces()
    except FontsMissingError:
        tqdm.write("The typefaces are not installed; fine-tuning goes without them. `make fonts` installs them.")
        recipe, limits = replace(recipe, mixture=replace(recipe.mixture, fonts=False)), (*limits, WITHOUT_FONTS)
    return replace(kind, recipe=recipe, limits=limits)


def drawn_back(network: FittedNetwork, parent: Parent, digits: Examples) -> tuple[FittedNetwork, float]:
    """The network, drawn back towards its parent until it reads digits as well, and how far of the way it still is.

    What is learnt in a few epochs costs a little of what was learnt in many; between the two lie weights that have most
    of both. digits: of the validation.
    Source: Wortsman et al. 2022 (robust fine-tuning by weight-space ensembles).
    """
    least = _accuracy(parent.network, digits) - MAY_LOSE
    for way in WAYS:
        pairs = zip(parent.network.weights, network.weights, strict=True)
        drawn = network.with_weights([np.asarray(old + way * (new - old), new.dtype) for old, new in pairs])
        if _accuracy(drawn, digits) >= least:
            tqdm.write(f"{way:.0%} of the way from {parent.artifact.version} keeps what that one knew")
            break
    else:
        tqdm.write(f"Even {way:.0%} of the way from {parent.artifact.version} forgets some of what that one knew")
    return drawn, way


def _accuracy(network: FittedNetwork, digits: Examples) -> float:
    return float((network.logits(digits.glyphs)[:, :NOT_A_DIGIT].argmax(1) == digits.labels).mean())
