"""Why a mark was read as it was: worked out when somebody asks, never on the way of a reading, and kept for a while."""

import logging
import threading
from dataclasses import dataclass

from django.core.files.storage import default_storage

from recognizer import registry
from recognizer.imaging.decoding import DecodedPicture, decode
from recognizer.imaging.encoding import encode_png
from recognizer.imaging.errors import PictureError
from recognizer.imaging.maps import encode_heat, encode_signed, encode_strength
from recognizer.imaging.mark_steps import MarkNotFoundError, steps_of_mark
from recognizer.imaging.normalization import from_bytes
from recognizer.inference.artifacts import ArtifactError
from recognizer.inference.attribution import Attribution, place_of
from recognizer.inference.introspection import Explainer, load_explainer
from recognizer.labels import NOT_A_DIGIT
from recognizer.models import Glyph, ModelVersion, Prediction
from recognizer.stores.short_memory import ShortMemory

logger = logging.getLogger(__name__)

MOST_UNITS = 20
"""Of the first layer so many units are shown, those that answer most."""
MOST_EXPLAINERS = 4
"""So many networks are held ready to explain; each takes about ten megabytes."""

kept = ShortMemory(seconds=50, most=100)
"""In this process alone, and not for a minute: what shows a picture does not outlive it. That a file or a network could
not be loaded is kept as long."""

_explainers: dict[str, Explainer] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Step:
    """One step of the mark's way to its 28×28."""

    name: str
    png: bytes


@dataclass(frozen=True)
class Speaking:
    """What in the mark speaks for a class."""

    value: int
    """The class: a digit, or 10 for not a digit."""
    heat: bytes
    place: tuple[str, str] | None
    """Where it lies, None when nothing speaks for the class. See attribution.place_of."""


@dataclass(frozen=True)
class Unit:
    """One unit of the first layer."""

    weights: bytes
    answer: bytes | None
    """Where on the mark it answers, of a convolution."""


@dataclass(frozen=True)
class Look:
    """Where a network looked. All pictures are PNG files of 28×28 pixels, the weights of a convolution smaller."""

    method: str
    said: Speaking
    other: Speaking
    """For the runner-up; for the likeliest digit where the answer is that it is none."""
    none: Speaking | None
    """For no digit, where the answer is a digit."""
    difference: bytes
    """What speaks for the answer rather than for the other, and the other way round."""
    units: list[Unit]
    unit_count: int


def steps_of(glyph: Glyph) -> list[Step] | None:
    """Return the way of a mark from its picture to the 28×28, None when it cannot be shown any more."""
    return kept.kept_or_made(f"steps:{glyph.picture_id}:{glyph.position}", lambda: _steps_of(glyph))


def look_of(glyph: Glyph, answer: Prediction) -> Look | None:
    """Return where the network looked that gave this answer, None when it is no longer kept or cannot be loaded."""
    key = f"look:{glyph.picture_id}:{glyph.position}:{answer.model_version.sha256}"
    return kept.kept_or_made(key, lambda: _look_of(glyph, answer))


def predictions_beside(glyph: Glyph) -> list[Prediction]:
    """Return what the active networks say of a mark, the one that was asked first; what is not stored stays so."""
    stored = {prediction.model_version_id: prediction for prediction in glyph.predictions.all()}
    told = [glyph.answer]
    for kind in registry.available_kinds():
        try:
            model = registry.get_model(kind)
        except (registry.ModelUnavailableError, registry.UnknownModelError):
            continue
        if model.version.pk != glyph.answer.model_version_id:
            told.append(stored.get(model.version.pk) or _told(glyph, model))
    return told


def _told(glyph: Glyph, model: registry.ActiveModel) -> Prediction:
    """Return what a network says of a mark, as a row that is not stored."""
    told = model.predictor.predict(from_bytes([glyph.pixels]))[0]
    return Prediction(
        glyph=glyph,
        model_version=model.version,
        is_primary=False,
        probabilities=told.probabilities.tolist(),
        none_probability=told.none_probability,
        digit=told.digit,
        runner_up=told.runner_up,
        confidence=told.confidence,
        verdict=told.verdict,
    )


def _steps_of(glyph: Glyph) -> list[Step] | None:
    picture = glyph.picture
    try:
        with default_storage.open(picture.image.name) as file:
            page = decode(file.read()).page
        decoded = DecodedPicture(page, picture.width, picture.height)
        box = (glyph.x, glyph.y, glyph.width, glyph.height)
        steps = steps_of_mark(decoded, from_bytes([glyph.pixels])[0], box)
    except (OSError, PictureError, MarkNotFoundError) as error:
        logger.warning("The steps of glyph %s cannot be shown: %r", glyph.pk, error)
        return None
    return [Step(step.name, encode_png(step.picture)) for step in steps]


def _look_of(glyph: Glyph, answer: Prediction) -> Look | None:
    try:
        explain = _explainer(answer.model_version)
    except (ArtifactError, OSError) as error:
        logger.warning("Where %s looked cannot be shown: %s", answer.model_version, error)
        return None
    pixels = from_bytes([glyph.pixels])[0]
    found = explain(pixels)
    is_digit = answer.value != NOT_A_DIGIT
    other = answer.runner_up if is_digit else answer.digit

    def speaking(value: int) -> Speaking:
        return Speaking(value, encode_heat(found.maps[value]), place_of(found.maps[value], pixels))

    return Look(
        method=found.method,
        said=speaking(answer.value),
        other=speaking(other),
        none=speaking(NOT_A_DIGIT) if is_digit else None,
        difference=encode_signed(found.maps[answer.value] - found.maps[other]),
        units=_units(found),
        unit_count=len(found.filters),
    )


def _units(found: Attribution) -> list[Unit]:
    """Return the units of the first layer that answer most, the strongest first."""
    strengths = found.activations.reshape(len(found.filters), -1).max(axis=1)
    strongest = strengths.argsort()[::-1][:MOST_UNITS]
    largest, is_plane = float(strengths.max()), found.activations.ndim > 1
    return [
        Unit(
            encode_signed(found.filters[unit]),
            encode_strength(found.activations[unit], largest) if is_plane else None,
        )
        for unit in strongest
    ]


def _explainer(version: ModelVersion) -> Explainer:
    """Return what explains this version, active or not, loaded once a process. Raises ArtifactError and OSError."""
    explainer = _explainers.get(version.sha256)
    if explainer is not None:
        return explainer
    artifact = registry.registered_artifact(version)  # it may take a bucket long, and others are not to wait for that
    with _lock:
        if version.sha256 not in _explainers:
            explainer = load_explainer(artifact)
            while len(_explainers) >= MOST_EXPLAINERS:
                _explainers.pop(next(iter(_explainers)))
            _explainers[version.sha256] = explainer
        return _explainers[version.sha256]
