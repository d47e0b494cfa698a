"""Learning what networks that have learnt already say together, beside the labels.

Networks that learnt apart err apart, and together they may know better. Two CNNs read 98.0 and 98.4% of strangers'
single digits (the mean of eight sources) and 76.7 and 75.0% of their cheque amounts; both together, 98.5 and 81.7%;
their pupil, version 6, which is asked alone, 98.1 and 78.3%. The Keras MLP that this one taught reads 97.6 and 78.3%;
version 3, without a teacher and on earlier pages, read 96.8 and 66.7%. Version 6, the second of the two CNNs and this
MLP read 98.5 and 83.3% together; version 7, which began with version 6 and was taught by the three, 98.3 and 81.7%.
Source: Hinton et al. 2015 (distilling the knowledge in a neural network).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from recognizer.inference.artifacts import ArtifactError, read_artifact
from recognizer.inference.predictor import softmax
from training.fine_tuning import Parent, read_parent
from training.kinds import Kind

AT_ONCE = 5000
"""Glyphs that are answered together: as float32 they take 16 MB."""


@dataclass(frozen=True)
class Teachers:
    """The networks that another one learns from."""

    parents: list[Parent]

    def answers(self, glyphs: np.ndarray) -> np.ndarray:
        """What they say of glyphs (N, 28, 28) uint8: the mean of their probabilities, (N, 11) float32.

        Their temperatures are left out: what a network thinks next likeliest is the better seen.
        """
        parts = (glyphs[start : start + AT_ONCE] for start in range(0, len(glyphs), AT_ONCE))
        means = [np.mean([softmax(parent.network.logits(part)) for parent in self.parents], axis=0) for part in parts]
        return np.concatenate(means).astype(np.float32)

    @property
    def split_seed(self) -> int | None:
        """By which the digits were dealt out that the first learnt from: those it was judged by judge its pupil.

        Others, dealt out otherwise, may have learnt some of these; the pupil hears only what they say of what it learns
        from itself.
        """
        return self.parents[0].split_seed

    @property
    def sha256(self) -> str:
        """One checksum of all."""
        return hashlib.sha256("".join(parent.artifact.sha256 for parent in self.parents).encode()).hexdigest()

    def as_card(self) -> list[dict]:
        """What the card of the network that learnt from them tells of them."""
        return [{**parent.as_card(), "split_seed": parent.split_seed} for parent in self.parents]


def read_teachers(folders: list[Path], kinds: Iterable[Kind]) -> Teachers:
    """The networks in artifacts' folders, each of any of the kinds.

    Raises ArtifactError when one is damaged, of no such kind, or made for other glyphs.
    """
    of_name = {kind.name: kind for kind in kinds}
    parents = []
    for folder in folders:
        name = read_artifact(folder).kind
        if name not in of_name:
            raise ArtifactError(f"{folder} is of kind {name}, which cannot teach. Name one of {', '.join(of_name)}.")
        parents.append(read_parent(folder, of_name[name]))
    return Teachers(parents)


def taught(kind: Kind, teachers: Teachers) -> Kind:
    """The kind, so that it is trained to say what the teachers say. kind: one that has a recipe for distillation."""
    return replace(kind, train=partial(kind.train, teach=teachers.answers))
