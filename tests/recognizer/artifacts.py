"""Artifact folders for tests of what only looks at cards and checksums: the weights are no network."""

import hashlib
import json
from pathlib import Path

from recognizer.imaging import PREPROCESSING_VERSION
from recognizer.inference.artifacts import CLASSES


def make_artifact(root: Path, kind: str = "cnn", version: str = "1", *, folder: str = "", **card) -> Path:
    """Write an artifact whose card fits its weights, unless the card says otherwise."""
    path = root / (folder or f"{kind}-{version}")
    path.mkdir(parents=True)
    weights = f"weights of {path}".encode()
    (path / "model.keras").write_bytes(weights)
    whole_card = {
        "format": 1,
        "kind": kind,
        "version": version,
        "created": "2026-01-01T00:00:00Z",
        "preprocessing": PREPROCESSING_VERSION,
        "classes": CLASSES,
        "model": {"file": "model.keras", "sha256": hashlib.sha256(weights).hexdigest()},
        "calibration": {"temperature": 1.0},
        "thresholds": {"sure": 0.9, "not_a_digit": 0.5},
        "figures": {"mnist_test": {"accuracy": 0.99}},
    } | card
    (path / "card.json").write_text(json.dumps(whole_card))
    return path
