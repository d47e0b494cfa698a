"""What a model version says of a mark."""

import math

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recognizer.labels import NOT_A_DIGIT
from recognizer.models.versions import ModelVersion
from recognizer.models.written_once import WrittenOnce
from recognizer.sql import JSONArrayLength


class Verdict(models.TextChoices):
    DIGIT = "digit", _("sure")
    UNSURE = "unsure", _("unsure")
    NOT_A_DIGIT = "not_a_digit", _("not a digit")


class Prediction(WrittenOnce):
    """What one model version says of one glyph. Written once: a correction is a label on the glyph."""

    glyph = models.ForeignKey("Glyph", verbose_name=_("glyph"), on_delete=models.CASCADE, related_name="predictions")
    model_version = models.ForeignKey(
        ModelVersion, verbose_name=_("model version"), on_delete=models.PROTECT, related_name="predictions"
    )
    is_primary = models.BooleanField(
        _("makes the reading"), default=True, help_text=_("The picture's reading is made of this prediction.")
    )
    probabilities = models.JSONField(_("probabilities"), help_text=_("Of the digits 0 to 9; they sum to one."))
    none_probability = models.FloatField(_("probability of no digit"), help_text=_("That the mark is no digit at all."))
    digit = models.PositiveSmallIntegerField(_("digit"))
    runner_up = models.PositiveSmallIntegerField(_("runner-up"))
    confidence = models.FloatField(_("confidence"))
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("prediction")
        verbose_name_plural = _("predictions")
        indexes = [
            models.Index(fields=["model_version", "-id"], name="prediction_of_version"),
            models.Index(fields=["-id"], condition=Q(is_primary=False), name="prediction_opinion"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["glyph", "model_version"], name="prediction_unique"),
            models.UniqueConstraint(fields=["glyph"], condition=Q(is_primary=True), name="prediction_one_primary"),
            models.CheckConstraint(
                condition=Exact(JSONArrayLength("probabilities"), 10), name="prediction_ten_probabilities"
            ),
            models.CheckConstraint(
                condition=Q(digit__lte=9, runner_up__lte=9) & ~Q(runner_up=F("digit")), name="prediction_digit_0_to_9"
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1, none_probability__gte=0, none_probability__lte=1),
                name="prediction_probability_0_to_1",
            ),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="prediction_verdict_known"),
        ]

    def __str__(self) -> str:
        return f"{self.digit} ({self.confidence:.1%})"

    def save(self, *args, **kwargs) -> None:
        """Insert the row. Raises ValidationError for what are no ten probabilities."""
        if len(self.probabilities) != 10 or not math.isclose(sum(self.probabilities), 1, abs_tol=1e-4):
            raise ValidationError("A prediction has ten probabilities that sum to one.")
        super().save(*args, **kwargs)

    @property
    def value(self) -> int:
        """Return what the model takes the mark for: a digit, or 10 for not a digit."""
        return NOT_A_DIGIT if self.verdict == Verdict.NOT_A_DIGIT else self.digit

    @property
    def bars(self) -> list[tuple[int, float]]:
        return list(enumerate(self.probabilities))
