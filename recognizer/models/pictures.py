"""What was given, what was found on it, what a model said of it, and what a person said."""

import math
import random
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recognizer.history.traits import traits_of
from recognizer.labels import LABEL_CHOICES, NOT_A_DIGIT, label_in_words
from recognizer.models.versions import ModelVersion
from recognizer.models.written_once import WrittenOnce
from recognizer.owners import Owner
from recognizer.querysets import PictureQuerySet
from recognizer.sql import JSONArrayLength
from recognizer.stores.folder import picture_path

GLYPH_SIZE = 28
STORED_AT_ONCE = 1000
"""Glyphs whose numbers may not be in the order in which their pictures came."""
SAMPLE_SHARE = 0.1
"""Of all glyphs: drawn at random when they come in, so that figures on them hold for all."""


def is_drawn_for_the_sample() -> bool:
    """Draw whether a new glyph belongs to the random sample."""
    return random.random() < SAMPLE_SHARE


class LabelConflictError(Exception):
    """A glyph was labelled by someone else since its label was shown."""


class Verdict(models.TextChoices):
    DIGIT = "digit", _("sure")
    UNSURE = "unsure", _("unsure")
    NOT_A_DIGIT = "not_a_digit", _("not a digit")


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
    def least_sure(self) -> "Prediction | None":
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


class Glyph(models.Model):
    """One mark found on a picture, the 28×28 pixels that the networks see, and its true label once known."""

    picture = models.ForeignKey(Picture, verbose_name=_("picture"), on_delete=models.CASCADE, related_name="glyphs")
    position = models.PositiveSmallIntegerField(_("position"), help_text=_("In reading order, from 0."))
    x = models.PositiveIntegerField()
    y = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    pixels = models.BinaryField(help_text=_("28×28 uint8, row by row, bright foreground."))
    label = models.PositiveSmallIntegerField(_("label"), null=True, blank=True, choices=LABEL_CHOICES)
    labelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("labelled by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    labelled_at = models.DateTimeField(_("labelled at"), null=True, blank=True, editable=False)
    is_usable = models.BooleanField(
        _("usable"), default=True, editable=False, help_text=_("A person can tell what it is.")
    )
    is_excluded = models.BooleanField(_("kept out of training"), default=False, editable=False)
    is_sample = models.BooleanField(
        _("in the random sample"),
        default=is_drawn_for_the_sample,
        editable=False,
        help_text=_("Figures on these hold for all."),
    )
    margin = models.FloatField(
        editable=False, help_text=_("By how much the reading preferred its answer to the next best, in [0, 1].")
    )

    class Meta:
        verbose_name = _("glyph")
        verbose_name_plural = _("glyphs")
        ordering = ["picture", "position"]
        permissions = [
            ("review_glyph", "Can review what was read"),
            ("export_labels", "Can export labelled glyphs"),
        ]
        indexes = [
            models.Index(
                fields=["margin", "id"],
                condition=Q(label__isnull=True, is_usable=True, is_sample=False),
                name="glyph_review_least_sure",
            ),
            models.Index(
                fields=["id"],
                condition=Q(label__isnull=True, is_usable=True, is_sample=True),
                name="glyph_review_sample",
            ),
            models.Index(fields=["labelled_at"], condition=Q(label__isnull=False), name="glyph_labelled"),
            models.Index(fields=["margin", "-id"], name="glyph_least_sure"),
            models.Index(fields=["-id"], condition=Q(is_usable=False), name="glyph_unusable"),
            models.Index(fields=["-id"], condition=Q(is_excluded=True), name="glyph_excluded"),
            models.Index(
                fields=["id", "label", "is_sample"], condition=Q(label__isnull=False), name="glyph_counted_labels"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["picture", "position"], name="glyph_position_unique"),
            models.CheckConstraint(
                condition=Q(label__isnull=True) | Q(label__lte=NOT_A_DIGIT), name="glyph_label_known"
            ),
            models.CheckConstraint(
                condition=Q(label__isnull=True, labelled_at__isnull=True, labelled_by__isnull=True)
                | Q(label__isnull=False, labelled_at__isnull=False),
                name="glyph_label_dated",
            ),
            models.CheckConstraint(
                condition=Q(is_usable=True) | Q(label__isnull=True), name="glyph_unusable_unlabelled"
            ),
            models.CheckConstraint(condition=Q(margin__gte=0, margin__lte=1), name="glyph_margin_0_to_1"),
            models.CheckConstraint(condition=Exact(Length("pixels"), GLYPH_SIZE**2), name="glyph_pixels_28_by_28"),
        ]

    def __str__(self) -> str:
        return gettext("glyph %(position)s of %(picture)s") % {"position": self.position, "picture": self.picture_id}

    @classmethod
    def last_read_by(cls, version_ids: Iterable[int]) -> int:
        """Return a number that no glyph exceeds of which one of these versions made the reading, and hardly a lower."""
        newest = Picture.objects.order_by("-created", "-id").values_list("pk", flat=True)
        pictures = [pk for version in version_ids for pk in newest.filter(model_version=version)[:1]]
        last = cls.objects.filter(picture__in=pictures).aggregate(last=Max("pk"))["last"]
        return (last or 0) + STORED_AT_ONCE

    @property
    def answer(self) -> "Prediction":
        """Return the prediction that the picture's reading was made of.

        Raises Prediction.DoesNotExist for a glyph that was deleted before its predictions were fetched.
        """
        answer = self.answer_if_there
        if answer is None:
            raise Prediction.DoesNotExist(f"{self} is deleted.")
        return answer

    @property
    def answer_if_there(self) -> "Prediction | None":
        """Return the answer, None for a glyph that was deleted before its predictions were fetched."""
        return next((prediction for prediction in self.predictions.all() if prediction.is_primary), None)

    @property
    def value(self) -> int:
        """Return what this mark is held to be, 0–10: the label if there is one, else the prediction."""
        return self.label if self.label is not None else self.answer.value

    @property
    def label_text(self) -> str:
        return "" if self.label is None else self.get_label_display()

    def set_label(
        self,
        label: int | None,
        *,
        owner: Owner,
        where: str,
        at: datetime | None = None,
        expected: tuple[int | None, bool] | None = None,
    ) -> bool:
        """Write the label and its LabelEvent together; return whether anything changed. What has a label is usable.

        expected: the label and whether it is usable, as they were shown to whoever labels.
        Raises ValidationError for a label that is none of 0–10 and None, Glyph.DoesNotExist once it is deleted,
        LabelConflictError when it is not what was expected.
        """
        if label is not None and label not in range(NOT_A_DIGIT + 1):
            raise ValidationError(f"{label!r} is no label: a digit from 0 to 9, {NOT_A_DIGIT} or None is.")
        is_usable = True if label is not None else None
        return self._say(owner, where, at, expected, label=label, is_usable=is_usable)

    def set_usable(
        self, is_usable: bool, *, owner: Owner, where: str, expected: tuple[int | None, bool] | None = None
    ) -> bool:
        """Say whether a person can tell at all what this is; what nobody can tell has no label.

        Returns and raises as set_label does.
        """
        return self._say(owner, where, None, expected, is_usable=is_usable, **({} if is_usable else {"label": None}))

    def set_excluded(self, is_excluded: bool, *, owner: Owner, where: str) -> bool:
        """Keep the glyph out of training and exports, or let it in again. Returns and raises as set_label does."""
        return self._say(owner, where, None, None, is_excluded=is_excluded)

    @transaction.atomic
    def _say(
        self, owner: Owner, where: str, at: datetime | None, expected: tuple | None, **said: int | bool | None
    ) -> bool:
        """Write what a person says and one LabelEvent for each change of it, together."""
        # Two who label different marks of one picture wait for each other: its traits come from all of them.
        Picture.objects.select_for_update().filter(pk=self.picture_id).values_list("pk").first()
        stored = Glyph.objects.select_for_update().values("label", "is_usable", "is_excluded").get(pk=self.pk)
        if expected is not None and expected != (stored["label"], stored["is_usable"]):
            raise LabelConflictError(f"{self} was labelled by someone else meanwhile.")
        said = {name: value for name, value in said.items() if name == "label" or value is not None}
        changed = {name: value for name, value in said.items() if stored[name] != value}
        for name, value in {**stored, **said}.items():
            setattr(self, name, value)
        if not changed:
            return False
        at = at or timezone.now()
        if "label" in changed:
            self.labelled_by = owner.user if self.label is not None else None
            self.labelled_at = at if self.label is not None else None
        self.save(update_fields=["label", "labelled_by", "labelled_at", "is_usable", "is_excluded"])
        if "label" in changed:
            keep_traits(self.picture_id)
        LabelEvent.objects.bulk_create(
            LabelEvent(
                glyph=self,
                what=_what_changed(name, value),
                old=stored["label"] if name == "label" else None,
                new=value if name == "label" else None,
                user=owner.user,
                visitor=owner.visitor,
                where=where,
                created=at,
            )
            for name, value in changed.items()
        )
        return True


def keep_traits(picture_id: uuid.UUID) -> None:
    """Write the traits of a picture anew, from what was read and what people say of its marks now."""
    answers = Prediction.objects.filter(glyph__picture=picture_id, is_primary=True)
    marks = answers.values_list("glyph__label", "digit", "verdict")
    Picture.objects.filter(pk=picture_id).update(traits=traits_of(marks))


def _what_changed(name: str, value: int | bool | None) -> str:
    return {
        ("is_usable", False): "unusable",
        ("is_usable", True): "usable",
        ("is_excluded", True): "excluded",
        ("is_excluded", False): "included",
    }.get((name, value), "label")


class Prediction(WrittenOnce):
    """What one model version says of one glyph. Written once: a correction is a label on the glyph."""

    glyph = models.ForeignKey(Glyph, verbose_name=_("glyph"), on_delete=models.CASCADE, related_name="predictions")
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

    glyph = models.ForeignKey(Glyph, verbose_name=_("glyph"), on_delete=models.CASCADE, related_name="label_events")
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
