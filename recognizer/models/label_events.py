"""What people said of a mark, one change after the other."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recognizer.labels import NOT_A_DIGIT, label_in_words
from recognizer.models.written_once import WrittenOnce


class LabelEvent(WrittenOnce):
    """One change of what people say of a glyph: append-only."""

    class Where(models.TextChoices):
        PAGE = "page", _("picture page")
        API = "api", _("API")
        ADMIN = "admin", _("admin")
        REVIEW = "review", _("review queue")
        IMPORT = "import", _("import")

    class What(models.TextChoices):
        LABEL = "label", _("labelled")
        UNUSABLE = "unusable", _("marked unusable")
        USABLE = "usable", _("marked usable")
        EXCLUDED = "excluded", _("kept out of training")
        INCLUDED = "included", _("let into training")
        CONFIRMED = "confirmed", _("confirmed")

    glyph = models.ForeignKey("Glyph", verbose_name=_("glyph"), on_delete=models.CASCADE, related_name="label_events")
    what = models.CharField(_("what"), max_length=16, choices=What, default=What.LABEL)
    old = models.PositiveSmallIntegerField(_("old"), null=True)
    new = models.PositiveSmallIntegerField(_("new"), null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    visitor = models.UUIDField(_("visitor"), null=True)
    where = models.CharField(_("where"), max_length=8, choices=Where)
    created = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("label event")
        verbose_name_plural = _("label events")
        ordering = ["-created", "-id"]
        indexes = [
            models.Index(fields=["-created", "-id"], name="label_event_newest"),
            models.Index(fields=["what", "-created", "-id"], name="label_event_by_what"),
            models.Index(fields=["where", "-created", "-id"], name="label_event_by_where"),
            models.Index(fields=["user", "-created", "-id"], name="label_event_of_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=["label", "unusable", "usable", "excluded", "included", "confirmed"]),
                name="label_event_what_known",
            ),
            models.CheckConstraint(
                condition=(Q(old__isnull=True) | Q(old__lte=NOT_A_DIGIT))
                & (Q(new__isnull=True) | Q(new__lte=NOT_A_DIGIT)),
                name="label_event_labels_known",
            ),
        ]

    def __str__(self) -> str:
        if self.what != self.What.LABEL:
            return self.get_what_display()
        return f"{label_in_words(self.old)} → {label_in_words(self.new)}"
