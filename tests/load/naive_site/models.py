"""The one row."""

from django.db import models


class Prediction(models.Model):
    """A picture and the digit that was read on it."""

    image = models.ImageField(upload_to="digits/")
    digit = models.IntegerField()
    confidence = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.digit} ({self.confidence:.0%})"
