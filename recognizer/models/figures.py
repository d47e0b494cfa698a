"""What was counted over all marks, kept until it is counted anew."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptFigures(models.Model):
    """What one function counted last; recognizer/learning/kept.py tells when it counts again."""

    name = models.CharField(_("name"), primary_key=True, max_length=120)
    data = models.JSONField(_("figures"))
    counted = models.DateTimeField(_("counted"))
    asked = models.DateTimeField(_("asked"), null=True, help_text=_("When a worker was asked to count anew."))

    class Meta:
        verbose_name = _("kept figures")
        verbose_name_plural = _("kept figures")

    def __str__(self) -> str:
        return self.name
