"""Labelled pictures, read as the site reads an upload, and how well that went."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from recognizer import registry
from recognizer.imaging.errors import PictureError
from recognizer.inference.artifacts import ArtifactError
from recognizer.inference.measures import confusion_matrix, expected_calibration_error, wilson_interval
from recognizer.inference.predictor import GlyphPrediction
from recognizer.inference.reading import Reading
from recognizer.labels import NOT_A_DIGIT
from recognizer.learning.labelled_folders import LabelledFolderError, LabelledPicture
from recognizer.models import ModelVersion, Verdict
from recognizer.recognition import guess_with
from recognizer.registry import ActiveModel, ModelUnavailableError, UnknownModelError
from recognizer.templatetags.pictures import percent

KINDS = {"digit": "one digit", "multi": "several digits", "none": "no digit"}
"""What can be on a picture: one digit, several or none."""


@dataclass(frozen=True)
class Evaluated:
    """One labelled picture and its reading, or why it was refused."""

    picture: LabelledPicture
    reading: Reading | None
    refusal: PictureError | None = None

    @property
    def label(self) -> str:
        return self.picture.label

    @property
    def text(self) -> str:
        return self.reading.text if self.reading else ""

    @property
    def is_right(self) -> bool:
        return self.text == self.label

    @property
    def is_sure(self) -> bool:
        """Say whether a digit was read, and every one of them surely."""
        return bool(self.digits) and all(digit.verdict == Verdict.DIGIT for digit in self.digits)

    @property
    def confidence(self) -> float | None:
        """Return that of the least sure digit, without one that there is none; None for a picture that was refused."""
        if self.reading is None:
            return None
        if self.digits:
            return min(digit.confidence for digit in self.digits)
        return min(glyph.prediction.none_probability for glyph in self.reading.glyphs)

    @property
    def how_sure(self) -> str:
        """Return the confidence in words."""
        if self.confidence is None:
            return "refused"
        how = " sure" if self.is_sure else ", unsure" if self.digits else " sure of no digit"
        return percent(self.confidence) + how

    @property
    def digits(self) -> list[GlyphPrediction]:
        """Return what was said of the marks that were taken for digits."""
        predictions = [glyph.prediction for glyph in self.reading.glyphs] if self.reading else []
        return [prediction for prediction in predictions if prediction.verdict != Verdict.NOT_A_DIGIT]

    @property
    def prediction(self) -> GlyphPrediction:
        """Return what was said of the first mark."""
        return self.reading.glyphs[0].prediction

    @property
    def is_one_mark(self) -> bool:
        """Say whether there should be one digit and one mark was found."""
        return self.picture.kind == "digit" and self.reading is not None and len(self.reading.glyphs) == 1


def model_named(name: str) -> ActiveModel:
    """Return the active model of a kind (“cnn”), or any registered version of it (“cnn@3”), active or not.

    Raises UnknownModelError, and ModelUnavailableError when its artifact cannot be loaded.
    """
    kind, at, version = name.partition("@")
    if not at:
        return registry.get_model(kind)
    found = ModelVersion.objects.filter(kind=kind, version=version).first()
    if found is None:
        known = ", ".join(f"{kind}@{version}" for kind, version in ModelVersion.objects.values_list("kind", "version"))
        raise UnknownModelError(f"There is no model version “{name}”. Registered are: {known or 'none'}.")
    try:
        return ActiveModel(found, registry.load_predictor(registry.registered_artifact(found)))
    except (ArtifactError, OSError) as error:
        raise ModelUnavailableError(f"{found} cannot be loaded: {error}") from error


def evaluate(pictures: Iterable[LabelledPicture], model: ActiveModel) -> Iterator[Evaluated]:
    """Yield every picture, read by the model. Nothing is stored. Raises LabelledFolderError for a file out of reach."""
    for picture in pictures:
        try:
            data = picture.path.read_bytes()
        except OSError as error:
            raise LabelledFolderError(f"{picture.path} cannot be read: {error.strerror}.") from error
        try:
            yield Evaluated(picture, guess_with(model, data))
        except PictureError as refusal:
            yield Evaluated(picture, None, refusal)


def figures_of(pictures: list[Evaluated]) -> dict:
    """Return the figures of one source, or of all, as a card keeps them."""
    kinds = {picture.picture.kind for picture in pictures}
    kind = "none" if kinds == {"none"} else "multi" if "multi" in kinds else "digit"
    n, right, sure = len(pictures), sum(p.is_right for p in pictures), sum(p.is_sure for p in pictures)
    figures = {"kind": kind, "n": n, "right": right, "sure": sure}
    if kind == "none":  # a digit surely read where there is none is a false claim
        return {**figures, "claims": sure, "interval_95": _rounded(wilson_interval(sure, n))}
    wrong_sure = sum(p.is_sure and not p.is_right for p in pictures)
    return {**figures, "wrong_sure": wrong_sure, "interval_95": _rounded(wilson_interval(right, n))}


def by_kind(pictures: list[Evaluated]) -> dict[str, list[Evaluated]]:
    """Return the pictures with one digit, with several and with none, as far as there are any."""
    of_kind = {kind: [picture for picture in pictures if picture.picture.kind == kind] for kind in KINDS}
    return {kind: some for kind, some in of_kind.items() if some}


def calibration_error_of(pictures: list[Evaluated]) -> float | None:
    """Return the expected calibration error of the pictures with one digit on which one mark was found, if any."""
    single = [picture for picture in pictures if picture.is_one_mark]
    if not single:
        return None
    confidences = np.array([picture.prediction.confidence for picture in single])
    hits = np.array([str(picture.prediction.digit) == picture.label for picture in single])
    return round(expected_calibration_error(confidences, hits), 5)


def confusion_of(pictures: list[Evaluated]) -> np.ndarray:
    """Return how often each digit was read as each, and as none. Over the same pictures as the calibration error.

    (10, 11) int64: a row for each label, a column for each answer.
    """
    single = [picture for picture in pictures if picture.is_one_mark]
    labels = np.array([int(picture.label) for picture in single], np.int64)
    read = [p.prediction.digit if p.digits else NOT_A_DIGIT for p in single]
    return confusion_matrix(labels, np.array(read, np.int64), (10, NOT_A_DIGIT + 1))


def all_figures(evaluated: dict[str, list[Evaluated]], version: ModelVersion) -> dict:
    """Return every figure, and every picture's reading; what has no digit is "none". evaluated: by source."""
    everything = [picture for pictures in evaluated.values() for picture in pictures]
    return {
        "model": {"kind": version.kind, "version": version.version, "sha256": version.sha256},
        "all": figures_of(everything),
        "kinds": {kind: figures_of(pictures) for kind, pictures in by_kind(everything).items()},
        "sources": {name: figures_of(pictures) for name, pictures in evaluated.items()},
        "expected_calibration_error": calibration_error_of(everything),
        "confusion": confusion_of(everything).tolist(),
        "pictures": [
            {
                "source": source,
                "file": str(picture.picture.path),
                "label": picture.label or "none",
                "read": picture.text or "none",
                "is_right": picture.is_right,
                "is_sure": picture.is_sure,
                "confidence": None if picture.confidence is None else round(picture.confidence, 5),
                "refused": picture.refusal.code if picture.refusal else None,
            }
            for source, pictures in evaluated.items()
            for picture in pictures
        ],
    }


def surest_misses(pictures: Iterable[Evaluated]) -> list[Evaluated]:
    """Return what was read wrong: first what was called sure, each part by confidence, refused pictures last."""
    misses = [picture for picture in pictures if not picture.is_right]
    return sorted(misses, key=lambda miss: (miss.is_sure, miss.confidence or 0.0), reverse=True)


def _rounded(interval: tuple[float, float]) -> list[float]:
    return [round(end, 5) for end in interval]
