"""Trained models as folders: `model.keras` or `model.npz` with the weights, `card.json` with what to know of them.

A network answers a glyph with eleven logits: the digits 0-9, then "not a digit". With the card's temperature
T the probabilities of the digits are softmax(logits[:10] / T), their maximum is the confidence, and `none`, the
probability of no digit, is the last of softmax(logits / T). The verdict is not_a_digit when none reaches its
threshold, digit when confidence * (1 - none) reaches the threshold `sure`, and unsure otherwise.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FORMAT = 1
CARD_FILE = "card.json"
NOT_A_DIGIT = 10
CLASSES = [*map(str, range(10)), "not_a_digit"]

REQUIRED = {
    "format": int,
    "kind": str,
    "version": str,
    "created": str,
    "preprocessing": int,
    "classes": list,
    "model.file": str,
    "model.sha256": str,
    "calibration.temperature": float,
    "thresholds.sure": float,
    "thresholds.not_a_digit": float,
    "figures": dict,
}
"""What every card must hold, and of what type."""


class ArtifactError(Exception):
    """An artifact cannot be used; the message says how to mend it."""


class ArtifactMissingError(ArtifactError):
    """The folder, its card or its model file is not there."""


class ArtifactExistsError(ArtifactError):
    """There is an artifact already where a new one should go."""


class CardError(ArtifactError):
    """The card is not JSON, or lacks what every card must hold."""


class ChecksumError(ArtifactError):
    """The model file is not the one that the card describes."""


@dataclass(frozen=True)
class Artifact:
    """A model that has been checked against its card."""

    folder: Path
    card: dict

    @property
    def kind(self) -> str:
        return self.card["kind"]

    @property
    def version(self) -> str:
        return self.card["version"]

    @property
    def model_path(self) -> Path:
        return self.folder / self.card["model"]["file"]

    @property
    def sha256(self) -> str:
        return self.card["model"]["sha256"]

    @property
    def preprocessing(self) -> int:
        return self.card["preprocessing"]

    @property
    def classes(self) -> list[str]:
        return self.card["classes"]

    @property
    def temperature(self) -> float:
        return float(self.card["calibration"]["temperature"])

    @property
    def sure_threshold(self) -> float:
        return float(self.card["thresholds"]["sure"])

    @property
    def not_a_digit_threshold(self) -> float:
        return float(self.card["thresholds"]["not_a_digit"])


def read_artifact(folder: Path | str) -> Artifact:
    """The artifact in a folder.

    Raises ArtifactMissingError, CardError or ChecksumError.
    """
    folder = Path(folder)
    artifact = Artifact(folder, _read_card(folder / CARD_FILE))
    if not artifact.model_path.is_file():
        raise ArtifactMissingError(f"{artifact.model_path} is missing. Copy the whole artifact folder again.")
    if file_sha256(artifact.model_path) != artifact.sha256:
        raise ChecksumError(
            f"{artifact.model_path} is not the file its card describes: the SHA-256 differs. "
            "Copy the artifact folder again, or train anew."
        )
    return artifact


def write_artifact(folder: Path | str, card: dict, save_model: Callable[[Path], None]) -> Artifact:
    """A new artifact, there whole or not at all; its card gains the size and SHA-256 of the model file.

    card: names the model file in card["model"]["file"]. save_model: writes that file, given its path.
    Raises ArtifactExistsError when the folder exists, CardError when the card lacks something.
    """
    folder = Path(folder)
    refuse_existing(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        model_path = draft / card["model"]["file"]
        save_model(model_path)
        measured = {"sha256": file_sha256(model_path), "bytes": model_path.stat().st_size}
        card = {**card, "model": {**card["model"], **measured}}
        check_card(card, folder / CARD_FILE)
        (draft / CARD_FILE).write_text(_as_json(card), encoding="utf-8")
        for path in (model_path, draft / CARD_FILE, draft):
            _sync(path)
        draft.chmod(0o755)
        refuse_existing(folder)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _sync(folder.parent)
    return Artifact(folder, card)


def add_figures(artifact: Artifact, figures: dict) -> Artifact:
    """The artifact with more figures on its card, those of the same name replaced; the card is rewritten whole.

    Raises ArtifactError when the card cannot be written.
    """
    card = {**artifact.card, "figures": {**artifact.card["figures"], **figures}}
    path = artifact.folder / CARD_FILE
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text(_as_json(card), encoding="utf-8")
        _sync(draft)
        draft.replace(path)
        _sync(artifact.folder)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ArtifactError(f"{path} cannot be written ({error.strerror}). Make its folder writable.") from error
    return Artifact(artifact.folder, card)


def check_card(card: object, path: Path) -> None:
    """Nothing, when the card holds all it must.

    Raises CardError naming the key that is missing or of the wrong type.
    """
    if not isinstance(card, dict):
        raise CardError(f"{path} is not a card. Copy the artifact folder again, or train anew.")
    for key, kind in REQUIRED.items():
        value = card
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        accepted = (int, float) if kind is float else kind
        if not isinstance(value, accepted) or isinstance(value, bool):
            raise CardError(f"{path} needs {key} as {kind.__name__}. Copy the artifact again, or train anew.")
    if card["format"] != FORMAT:
        raise CardError(f"{path} has format {card['format']}; this program reads format {FORMAT}. Train anew.")
    if not card["calibration"]["temperature"] > 0:
        raise CardError(f"{path} needs calibration.temperature above 0. Copy the artifact again, or train anew.")
    name = card["model"]["file"]
    if name in {"", ".", ".."} or Path(name).name != name:
        raise CardError(f"{path} names a model file outside its folder. Copy the artifact again, or train anew.")


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _as_json(card: dict) -> str:
    return json.dumps(card, indent=1, ensure_ascii=False) + "\n"


def _read_card(path: Path) -> dict:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArtifactMissingError(
            f"{path} cannot be read ({error.strerror}). Train a model, or copy an artifact folder there."
        ) from error
    except ValueError as error:
        raise CardError(f"{path} is not JSON ({error}). Copy the artifact folder again, or train anew.") from error
    check_card(card, path)
    return card


def refuse_existing(folder: Path) -> None:
    if folder.exists():
        raise ArtifactExistsError(f"{folder} exists already. Choose another --version, or remove that folder.")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
