"""How far a training run has come, kept in one file after every epoch, so that an interrupted run can go on."""

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from training.examples import Sources

FORMAT = 1
"""Of the file, and of what is fitted in which order: raised when an old checkpoint could not be gone on with."""

State = dict[str, list[np.ndarray]]
"""All that changes while a network is fitted, by what it is of: weights, velocities."""


class CheckpointError(Exception):
    """A checkpoint is in the way, damaged, of another run, or cannot be written; the message says how to mend it."""


@dataclass
class Checkpoint:
    """The checkpoint file of one run; without state and history as long as no epoch was finished."""

    path: Path
    run: dict
    """What decides how the network is fitted: a checkpoint of anything else is refused."""
    state: State = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)
    seconds_before: float = 0.0
    """How long the run had taken when it was interrupted."""
    started: float = field(default_factory=time.monotonic)
    told: Callable[[list[dict[str, float]]], None] = lambda history: None
    """Is given the history whenever an epoch was kept."""

    def seconds(self) -> float:
        """How long the run has taken, the time before an interruption included."""
        return self.seconds_before + time.monotonic() - self.started

    def state_like(self, state: State) -> State:
        """The state that was kept.

        state: that of the network not yet fitted, of the same names, shapes and dtypes.
        Raises CheckpointError when what was kept is of another network.
        """
        if _layout(self.state) != _layout(state):
            raise CheckpointError(f"{self.path} is of a network that was built otherwise. Remove it to begin anew.")
        return self.state

    def keep(self, state: State, history: list[dict[str, float]]) -> None:
        """Write what an epoch has led to, whole or not at all.

        Raises CheckpointError when it cannot be written; then the file is as it was after the epoch before.
        """
        about = json.dumps({"run": self.run, "history": history, "seconds": self.seconds()})
        arrays = {f"{name}.{place}": array for name, kept in state.items() for place, array in enumerate(kept)}
        draft = _draft(self.path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                np.savez(file, about=about, **arrays)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise CheckpointError(
                f"{self.path} cannot be written ({error.strerror}). Make room for it, then go on with --resume."
            ) from error
        self.told(history)

    def remove(self) -> None:
        """Remove the file, once nothing is left to go on with."""
        for path in (self.path, _draft(self.path)):
            path.unlink(missing_ok=True)


def describe_run(kind: str, recipe: dict, seed: int, train: Sources, validation: Sources, **begun_with: str) -> dict:
    """What two runs must have in common for one to go on where the other was interrupted.

    begun_with: SHA-256 of the files that the run was given, by what they hold.
    """
    digest = hashlib.sha256()
    for examples in (train.digits, train.page_glyphs, validation.digits, validation.page_glyphs):
        for array in (examples.glyphs, examples.labels):
            digest.update(f"{array.shape}".encode())
            digest.update(np.ascontiguousarray(array))
    run = {"checkpoint format": FORMAT, "kind": kind, "seed": seed, "data": digest.hexdigest()[:16]}
    run |= {name: sha256[:16] for name, sha256 in begun_with.items()}
    for key, value in json.loads(json.dumps(recipe)).items():
        run |= {f"{key} {part}": value[part] for part in value} if isinstance(value, dict) else {key: value}
    return run


def refuse_checkpoint(path: Path) -> None:
    """Nothing, when there is none.

    Raises CheckpointError.
    """
    if path.exists():
        raise CheckpointError(
            f"{path} is of an interrupted run. Go on with it by --resume, or remove it to begin anew."
        )


def read_checkpoint(path: Path, run: dict, started: float | None = None) -> Checkpoint:
    """The checkpoint of this run; an empty one when there is no file.

    started: on the monotonic clock, now if not said.
    Raises CheckpointError when the file cannot be read or is of another run.
    """
    started = time.monotonic() if started is None else started
    if not path.exists():
        return Checkpoint(path, run, started=started)
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            there, history, seconds = about["run"], about["history"], about["seconds"]
            state: State = {}
            for name in file.files:
                if name != "about":
                    state.setdefault(name.rpartition(".")[0], []).append(file[name])
    except Exception as error:  # NumPy raises whatever zipfile, zlib and its header parser do
        raise CheckpointError(f"{path} cannot be read ({error}). Remove it to begin anew.") from error
    if there != run:
        keys = [key for key in {**run, **there} if there.get(key) != run.get(key)]
        differences = "; ".join(f"{key} {there.get(key)} there, {run.get(key)} here" for key in keys)
        raise CheckpointError(
            f"{path} is of another run: {differences}. Go on with the options and the data of that run, "
            "choose another --version, or remove the file to begin anew."
        )
    return Checkpoint(path, run, state, history, seconds, started)


def _draft(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _layout(state: State) -> dict[str, list[tuple[tuple[int, ...], np.dtype]]]:
    return {name: [(array.shape, array.dtype) for array in arrays] for name, arrays in state.items()}
