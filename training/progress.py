"""How far a training run has come, told in a small file for whoever waits for it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PAGES, FITTING, CALIBRATING = 0.2, 0.9, 0.97
"""How much of a run is done when its pages are drawn, its epochs fitted, its confidence calibrated."""

Told = Callable[[float], None]
"""Takes how much of a step is done, in [0, 1]."""


class ProgressError(Exception):
    """The progress file cannot be written; the message says how to mend it."""


@dataclass
class Progress:
    """Tells in a JSON file which step is being done, the share of the run that is, and the last epoch's figures."""

    path: Path | None = None
    """Without it nothing is told."""
    progress: float = 0.0
    figures: dict[str, float] | None = None

    def pages(self, done: float) -> None:
        """Tell that so much of the pages is drawn."""
        self._tell("drawing pages", PAGES * done)

    def fitting(self, history: list[dict[str, float]], epochs: int) -> None:
        """Tell that the epochs in the history are over."""
        done = len(history)
        self.figures = history[-1] if history else None
        step = f"epoch {done + 1} of {epochs}" if done < epochs else "calibrating"
        self._tell(step, PAGES + (FITTING - PAGES) * done / epochs)

    def writing(self) -> None:
        """Tell that all that is left to do is to write the artifact."""
        self._tell("writing", CALIBRATING)

    def finished(self) -> None:
        """Tell that the artifact is there."""
        self._tell("finished", 1.0)

    def _tell(self, step: str, progress: float) -> None:
        """Write the file anew, whole.

        Raises ProgressError.
        """
        self.progress = max(self.progress, round(progress, 4))
        if self.path is None:
            return
        draft = self.path.with_name(f".{self.path.name}.part")
        try:
            draft.write_text(json.dumps({"step": step, "progress": self.progress, "figures": self.figures or {}}))
            draft.replace(self.path)
        except OSError as error:
            raise ProgressError(
                f"{self.path} cannot be written ({error.strerror}). Name a file in a folder that can be written to."
            ) from error
