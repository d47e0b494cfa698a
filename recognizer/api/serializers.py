"""How rows and readings look in JSON."""

from collections.abc import Sequence

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from recognizer.inference.predictor import GlyphPrediction
from recognizer.inference.reading import ReadGlyph, Reading
from recognizer.labels import NOT_A_DIGIT_NAME, label_from_json, label_to_json
from recognizer.models import Glyph, ModelVersion, Picture, Prediction, Verdict

LABEL_SCHEMA = {
    "oneOf": [
        {"type": "integer", "minimum": 0, "maximum": 9},
        {"type": "string", "enum": [NOT_A_DIGIT_NAME]},
    ],
    "nullable": True,
}


@extend_schema_field(LABEL_SCHEMA)
class LabelField(serializers.Field):
    """A label: 0–9, "not_a_digit" or null."""

    def __init__(self, **kwargs) -> None:
        super().__init__(allow_null=True, **kwargs)

    def to_representation(self, value: int) -> int | str | None:
        return label_to_json(value)

    def to_internal_value(self, data: object) -> int | None:
        try:
            return label_from_json(data)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error


class LabelSerializer(serializers.Serializer):
    label = LabelField()


class ModelNameSerializer(serializers.Serializer):
    kind = serializers.CharField()
    version = serializers.CharField()


class ModelVersionSerializer(serializers.ModelSerializer):
    figures = serializers.SerializerMethodField()

    class Meta:
        model = ModelVersion
        fields = ("kind", "version", "state", "created", "sha256", "figures")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_figures(self, version: ModelVersion) -> dict:
        return version.card.get("figures", {})


class AnswerSerializer(serializers.Serializer):
    """What another model says of a mark."""

    model = ModelNameSerializer()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    digit = serializers.IntegerField(min_value=0, max_value=9)
    confidence = serializers.FloatField(min_value=0, max_value=1)
    probabilities = serializers.ListField(child=serializers.FloatField(), min_length=10, max_length=10)
    none_probability = serializers.FloatField(min_value=0, max_value=1)
    runner_up = serializers.IntegerField(min_value=0, max_value=9)


class GlyphSerializer(serializers.Serializer):
    """One mark and what the model says of it, and the others if they were asked too."""

    id = serializers.IntegerField(allow_null=True)
    position = serializers.IntegerField()
    box = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    digit = serializers.IntegerField(min_value=0, max_value=9)
    confidence = serializers.FloatField(min_value=0, max_value=1)
    probabilities = serializers.ListField(child=serializers.FloatField(), min_length=10, max_length=10)
    none_probability = serializers.FloatField(min_value=0, max_value=1)
    runner_up = serializers.IntegerField(min_value=0, max_value=9)
    label = LabelField()
    others = AnswerSerializer(many=True)


class PictureSerializer(serializers.Serializer):
    """A picture with its reading. A guess has no id, url or label: it is not stored."""

    id = serializers.UUIDField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    reading = serializers.CharField()
    model = ModelNameSerializer()
    source = serializers.ChoiceField(choices=Picture.Source.choices)
    created = serializers.DateTimeField(allow_null=True)
    glyphs = GlyphSerializer(many=True)


class NewPictureSerializer(serializers.Serializer):
    """What is sent to be read."""

    image = serializers.FileField(help_text="PNG, JPEG, WebP, GIF or BMP; at most 8 MiB and 20 megapixels.")
    model = serializers.CharField(required=False, help_text="A kind of network, or all; the default is cnn.")


class ErrorDetailSerializer(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class ErrorSerializer(serializers.Serializer):
    error = ErrorDetailSerializer()


def picture_json(picture: Picture, request) -> dict:
    """Return a stored picture in the form that PictureSerializer describes.

    It is written out here: the serializer would copy its thirty fields for each picture, which takes longer than all
    that is in them.
    """
    return {
        "id": picture.pk,
        "url": reverse("picture", args=[picture.pk], request=request),
        "reading": picture.reading,
        "model": _model_json(picture.model_version),
        "source": picture.source,
        "created": picture.created,
        "glyphs": [_glyph_json(glyph) for glyph in picture.glyphs.all()],
    }


Opinions = Sequence[tuple[ModelVersion, Sequence[GlyphPrediction]]]
"""What other model versions say of each glyph of a reading."""


def guess_json(version: ModelVersion, reading: Reading, opinions: Opinions = ()) -> dict:
    """Return a reading that is not stored in the form that PictureSerializer describes."""
    return {
        "id": None,
        "url": None,
        "reading": reading.text,
        "model": _model_json(version),
        "source": Picture.Source.API.value,
        "created": None,
        "glyphs": [
            _read_glyph_json(position, glyph, [(other, told[position]) for other, told in opinions])
            for position, glyph in enumerate(reading.glyphs)
        ],
    }


def _glyph_json(glyph: Glyph) -> dict:
    return {
        "id": glyph.pk,
        "position": glyph.position,
        "box": [glyph.x, glyph.y, glyph.width, glyph.height],
        **_answer_json(glyph.answer),
        "label": label_to_json(glyph.label),
        "others": [
            {"model": _model_json(prediction.model_version), **_answer_json(prediction)}
            for prediction in glyph.predictions.all()
            if not prediction.is_primary
        ],
    }


def _read_glyph_json(position: int, glyph: ReadGlyph, opinions: list[tuple[ModelVersion, GlyphPrediction]]) -> dict:
    return {
        "id": None,
        "position": position,
        "box": list(glyph.box),
        **_answer_json(glyph.prediction),
        "label": None,
        "others": [{"model": _model_json(version), **_answer_json(prediction)} for version, prediction in opinions],
    }


def _model_json(version: ModelVersion) -> dict:
    return {"kind": version.kind, "version": version.version}


def _answer_json(answer: Prediction | GlyphPrediction) -> dict:
    return {
        "verdict": answer.verdict,
        "digit": answer.digit,
        "confidence": answer.confidence,
        "probabilities": [float(probability) for probability in answer.probabilities],
        "none_probability": answer.none_probability,
        "runner_up": answer.runner_up,
    }
