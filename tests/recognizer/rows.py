"""Rows for tests of lists and constraints: readings as the database keeps them, without files and without a network."""

import uuid
from datetime import datetime

from django.utils import timezone

from recognizer.history.traits import traits_of
from recognizer.models import Glyph, ModelVersion, Picture, Prediction
from recognizer.owners import Owner

CERTAIN = 0.991


def make_version(kind="cnn", version="1", state="active", **fields) -> ModelVersion:
    """Store a model version."""
    return ModelVersion.objects.create(
        kind=kind, version=version, state=state, **({"folder": f"{kind}-{version}", "sha256": "0" * 64} | fields)
    )


def make_picture(
    version: ModelVersion,
    owner: Owner | None = None,
    digits: str = "7",
    *,
    verdict: str = "digit",
    created: datetime | None = None,
    **fields,
) -> Picture:
    """Store a picture read as these digits, of a new visitor unless an owner is given."""
    owner = owner or Owner(visitor=uuid.uuid4())
    picture = Picture.objects.create(
        user=owner.user,
        visitor=owner.visitor,
        reading="" if verdict == "not_a_digit" else digits,
        model_version=version,
        created=created or timezone.now(),
        traits=traits_of((None, int(digit), verdict) for digit in digits),
        **({"source": "draw", "image": "pictures/no.png", "thumbnail": b"", "width": 90, "height": 60} | fields),
    )
    for position, digit in enumerate(digits):
        glyph = Glyph.objects.create(picture=picture, position=position, **glyph_fields())
        Prediction.objects.create(glyph=glyph, model_version=version, **prediction_fields(int(digit), verdict=verdict))
    return picture


def glyph_fields(**fields) -> dict:
    """Return what a glyph needs beside its picture and position."""
    return {"x": 1, "y": 2, "width": 3, "height": 4, "pixels": bytes(784), "margin": 0.98, "is_sample": False} | fields


def prediction_fields(digit: int = 7, **fields) -> dict:
    """Return what a prediction needs beside its glyph and version."""
    return {
        "probabilities": [CERTAIN if d == digit else 0.001 for d in range(10)],
        "none_probability": 0.01,
        "digit": digit,
        "runner_up": (digit + 1) % 10,
        "confidence": CERTAIN,
        "verdict": "digit",
    } | fields
