"""What was given, and how it was read."""

import uuid

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recognizer.labels import NOT_A_DIGIT
from recognizer.models.predictions import Prediction, Verdict
from recognizer.models.versions import ModelVersion
from recognizer.querysets import PictureQuerySet
from recognizer.stores.folder import picture_path


class Picture(models.Model):
    """What someone gave, as a grey PNG of our own encoding, and how it was read."""

    class Source(models.TextChoices):
        DRAW = "draw", _("drawn")
        UPLOAD = "upload", _("uploaded")
        BATCH = "batch", _("batch")
        API = "api", _("API")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), null=True, blank=True, on_delete=models.CASCADE
    )
    visitor = models.UUIDField(_("visitor"), null=True, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=8, choices=Source)
    image = models.FileField(_("file"), upload_to=picture_path, max_length=80, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False, help_text=_("Of the stored file."))
    thumbnail = models.BinaryField(_("thumbnail"), editable=False, help_text=_("A PNG of at most 160 pixels a side."))
    name = models.CharField(_("name"), max_length=255, blank=True, help_text=_("The client's file name; a label only."))
    width = models.PositiveIntegerField(_("width"), editable=False, help_text=_("Of the picture as given, in pixels."))
    height = models.PositiveIntegerField(_("height"), editable=False)
    batch = models.UUIDField(_("batch"), null=True, blank=True, editable=False)
    may_train = models.BooleanField(_("may be used for training"), default=False)
    model_version = models.ForeignKey(
        ModelVersion, verbose_name=_("model version"), on_delete=models.PROTECT, editable=False
    )
    reading = models.CharField(_("reading"), max_length=255, blank=True, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    traits = models.PositiveSmallIntegerField(
        _("traits"),
        default=0,
        db_default=0,
        editable=False,
        help_text=_("What a history is narrowed by, as bits: see traits.py."),
    )

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-created", "-id"]
        indexes = [
            models.Index(
                fields=["user", "-created", "-id", "traits", "source", "model_version"], name="picture_history_of_user"
            ),
            models.Index(
                fields=["visitor", "-created", "-id", "traits", "source", "model_version"],
                name="picture_history_of_visitor",
            ),
            models.Index(fields=["-created", "-id"], name="picture_newest"),
            models.Index(fields=["source", "-created", "-id"], name="picture_by_source"),
            models.Index(fields=["may_train", "-created", "-id"], name="picture_by_consent"),
            models.Index(fields=["model_version", "-created", "-id"], name="picture_by_version"),
            models.Index(fields=["reading", "-created", "-id"], name="picture_by_reading"),
            models.Index(fields=["name", "-created", "-id"], condition=~Q(name=""), name="picture_by_name"),
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="picture_of_batch"),
            models.Index(fields=["id"], condition=Q(traits=0), name="picture_without_traits"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, visitor__isnull=False) | Q(user__isnull=False, visitor__isnull=True),
                name="picture_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(source__in=["draw", "upload", "batch", "api"]), name="picture_source_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reading or gettext('no digit')} ({self.id})"

    def get_absolute_url(self) -> str:
        return reverse("picture", args=[self.pk])

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            Picture.objects.filter(pk=self.pk).hold()
            return super().delete(*args, **kwargs)

    @property
    def is_whole(self) -> bool:
        """Say whether each mark has its answer: not if the picture was deleted while they were fetched."""
        return all(glyph.answer_if_there for glyph in self.glyphs.all())

    @property
    def is_labelled(self) -> bool:
        return any(glyph.label is not None for glyph in self.glyphs.all())

    @property
    def least_sure(self) -> Prediction | None:
        """Return the answer of the least sure digit on the picture, None without a digit."""
        answers = [glyph.answer for glyph in self.glyphs.all()]
        digits = [answer for answer in answers if answer.verdict != Verdict.NOT_A_DIGIT]
        return min(digits, key=lambda answer: (answer.verdict != Verdict.UNSURE, answer.confidence), default=None)

    @property
    def corrected_reading(self) -> str | None:
        """Return the reading with every label put in its place, None where that changes nothing."""
        glyphs = sorted(self.glyphs.all(), key=lambda glyph: glyph.position)
        corrected = "".join(str(glyph.value) for glyph in glyphs if glyph.value != NOT_A_DIGIT)
        return corrected if corrected != self.reading else None

    def set_consent(self, may_train: bool) -> None:
        """Keep whether the picture may be used for training; if it is deleted meanwhile, nothing."""
        self.may_train = may_train
        Picture.objects.filter(pk=self.pk).update(may_train=may_train)
