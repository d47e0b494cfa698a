"""One mark found on a picture, and its true label once a person knows it."""

import random
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recognizer.history.traits import traits_of
from recognizer.labels import LABEL_CHOICES, NOT_A_DIGIT
from recognizer.models.label_events import LabelEvent
from recognizer.models.pictures import Picture
from recognizer.models.predictions import Prediction
from recognizer.owners import Owner

GLYPH_SIZE = 28
LATEST_PICTURES = 200
"""Of a version: pictures that come together are not stored in the order in which they came, and so are numbered."""
SAMPLE_SHARE = 0.1
"""Of all glyphs: drawn at random when they come in, so that figures on them hold for all."""


def is_drawn_for_the_sample() -> bool:
    """Draw whether a new glyph belongs to the random sample."""
    return random.random() < SAMPLE_SHARE


class LabelConflictError(Exception):
    """A glyph was labelled by someone else since its label was shown."""


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
        """Return the number of the last glyph of which one of these versions made the reading, 0 without any.

        It is looked for on the LATEST_PICTURES newest of each: one that was overtaken by more while it was being stored
        is passed over.
        """
        newest = Picture.objects.order_by("-created", "-id").values("pk")
        last = 0
        for version in version_ids:
            on_newest = cls.objects.filter(picture__in=newest.filter(model_version=version)[:LATEST_PICTURES])
            last = max(last, on_newest.aggregate(last=Max("pk", default=0))["last"])
        return last

    @property
    def answer(self) -> Prediction:
        """Return the prediction that the picture's reading was made of.

        Raises Prediction.DoesNotExist for a glyph that was deleted before its predictions were fetched.
        """
        answer = self.answer_if_there
        if answer is None:
            raise Prediction.DoesNotExist(f"{self} is deleted.")
        return answer

    @property
    def answer_if_there(self) -> Prediction | None:
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
