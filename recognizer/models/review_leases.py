"""Who has which mark before them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from recognizer.models.glyphs import Glyph


class ReviewLease(models.Model):
    """A glyph that one reviewer has before them; until it ends, no other is given it."""

    glyph = models.OneToOneField(
        Glyph, verbose_name=_("glyph"), primary_key=True, on_delete=models.CASCADE, related_name="lease"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE, related_name="+"
    )
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("review lease")
        verbose_name_plural = _("review leases")

    def __str__(self) -> str:
        return f"{self.glyph} – {self.user}"
