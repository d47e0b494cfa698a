"""The card of a model: what it was made from, how, how good it is. No name or path of the machine."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from recognizer.imaging import PREPROCESSING_VERSION
from recognizer.inference.artifacts import CLASSES, FORMAT
from training import mnist
from training.calibration import RULES, Calibration
from training.kinds import FittedNetwork, Kind
from training.sources import Gathered

LIMITS = [
    "Reads one digit framed as MNIST was: bright on black, longer side 20 pixels, centre of mass mid-image.",
    'What is "not a digit" was learnt from typefaces and drawings; letters like O, l, S or Z are read as digits.',
]
HABITS_IMITATED = (
    "MNIST was written in the United States: flagged 1s, crossed 7s, open 4s and slashed 0s come from drawn strokes "
    "and typefaces only."
)
NOT_FOR = [
    "Cheques, medicine, meters or other readings that nobody checks.",
    "Letters, words, printed pages or scripts other than Western Arabic digits.",
    "Identifying who wrote something.",
]


def machine() -> str:
    """The processor and the number of cores, in generic words."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = (names or [platform.processor() or platform.machine()])[0]
    return f"{processor}, {len(names) or os.cpu_count()} cores"


def make_card(
    kind: Kind,
    version: str,
    network: FittedNetwork,
    calibration: Calibration,
    data: dict,
    figures: dict,
    failures: list[dict],
    command: str,
    seed: int,
    duration_seconds: float,
    **lineage: dict | None,
) -> dict:
    """A card that lacks only the checksum and size of the model file, which `write_artifact` adds.

    lineage: what is told of the corrections learnt from and of the network begun with; None of what there was not.
    """
    return {
        "format": FORMAT,
        "kind": kind.name,
        "version": version,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "preprocessing": PREPROCESSING_VERSION,
        "classes": CLASSES,
        "model": {"file": network.model_file, "parameters": network.parameters},
        "calibration": {"temperature": round(calibration.temperature, 6)},
        "thresholds": {
            "sure": round(calibration.sure, 6),
            "not_a_digit": round(calibration.not_a_digit, 6),
            "rules": RULES,
        },
        "data": data,
        **{name: told for name, told in lineage.items() if told},
        "recipe": kind.recipe.as_card(),
        "command": command,
        "seed": seed,
        "machine": machine(),
        "duration_seconds": round(duration_seconds),
        "figures": figures,
        "failures": failures,
        "limits": [*LIMITS, *kind.limits],
        "not_for": NOT_FOR,
    }


def data_of(gathered: Gathered, test_size: int) -> dict:
    """Where the examples came from, and how they were dealt out."""
    page_glyphs = {"train": gathered.train.page_glyphs, "validation": gathered.validation.page_glyphs}
    return {
        "name": "MNIST (LeCun, Cortes, Burges)",
        "sha256": dict(mnist.CHECKSUMS),
        "train": len(gathered.train),
        "validation": len(gathered.validation),
        "test": test_size,
        "split": "validation dealt out of the training file by the seed; test scored once, at the end",
        "split_seed": gathered.split_seed,
        "page_glyphs": {part: len(glyphs) for part, glyphs in page_glyphs.items()},
        "pages": "drawn by training/pages.py, by writers of MNIST, by training/hands.py and in typefaces, and taken "
        "apart by the site's own imaging; every sixth typeface and the validation digits' writers only in validation",
        "negatives": "from pages, and drawn by training/negatives.py",
        "fonts": [face.as_card() for face in gathered.typefaces],
    }
