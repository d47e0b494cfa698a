"""Many pictures that were given together, and what became of each file."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recognizer.models.pictures import Picture
from recognizer.models.predictions import Verdict
from recognizer.models.versions import ModelKind
from recognizer.querysets import OwnedQuerySet

WORKER_EXPECTED_WITHIN = timedelta(seconds=30)
"""How long a batch waits before it is said that no worker reads it."""


def staged_path(item: "BatchItem", filename: str) -> str:
    """Return where a file waits to be read; nothing of the client's file name is in it."""
    return f"batches/{item.batch_id}/{item.position}"


class Batch(models.Model):
    """Files that were sent together, one item each; its pictures carry its id."""

    class CameAs(models.TextChoices):
        FILES = "files", _("files")
        ZIP = "zip", _("a zip")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("account"), null=True, on_delete=models.CASCADE)
    visitor = models.UUIDField(_("visitor"), null=True, editable=False)
    came_as = models.CharField(_("came as"), max_length=8, choices=CameAs)
    kind = models.CharField(_("network"), max_length=16, choices=[*ModelKind.choices, ("all", _("every network"))])
    may_train = models.BooleanField(_("may be used for training"), default=False)
    total = models.PositiveSmallIntegerField(_("files"), help_text=_("Files, the refused ones too."))
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    heartbeat = models.DateTimeField(
        _("last sign of life"), null=True, editable=False, help_text=_("When a worker last took files of it.")
    )
    finished = models.DateTimeField(_("finished"), null=True, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-created", "-id"]
        indexes = [
            models.Index(fields=["user", "-created"], name="batch_of_user"),
            models.Index(fields=["visitor", "-created"], name="batch_of_visitor"),
            models.Index(fields=["created"], condition=Q(finished__isnull=True), name="batch_going_on"),
            models.Index(fields=["-created", "-id"], name="batch_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, visitor__isnull=False) | Q(user__isnull=False, visitor__isnull=True),
                name="batch_one_owner",
            ),
            models.CheckConstraint(condition=Q(came_as__in=["files", "zip"]), name="batch_came_as_known"),
            models.CheckConstraint(condition=Q(total__gte=1), name="batch_some_files"),
        ]

    def __str__(self) -> str:
        told = {"total": self.total, "day": date_format(self.created, "SHORT_DATETIME_FORMAT")}
        return gettext("batch of %(total)s, %(day)s") % told

    def get_absolute_url(self) -> str:
        return reverse("batch", args=[self.pk])

    @property
    def is_going_on(self) -> bool:
        return self.finished is None

    @property
    def is_without_worker(self) -> bool:
        """Say whether it waits for a worker that is not there, rather than for its turn."""
        expected_since = timezone.now() - WORKER_EXPECTED_WITHIN
        if not self.is_going_on or self.created > expected_since:
            return False
        return not Batch.objects.filter(finished=None, heartbeat__gt=expected_since).exists()


class BatchItem(models.Model):
    """One file of a batch: it waits to be read, became a picture, or was refused."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        READ = "read", _("read")
        FAILED = "failed", _("not read")

    batch = models.ForeignKey(Batch, verbose_name=_("batch"), on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(
        _("position"), help_text=_("In the order in which they were sent, from 0.")
    )
    name = models.CharField(_("name"), max_length=255, blank=True, help_text=_("The client's file name; a label only."))
    state = models.CharField(_("state"), max_length=8, choices=State)
    verdict = models.CharField(
        _("verdict"),
        max_length=16,
        choices=Verdict,
        blank=True,
        help_text=_("Of the whole picture, as the network read it."),
    )
    problem = models.CharField(
        _("problem"), max_length=32, blank=True, help_text=_("The code of what was wrong with the file.")
    )
    picture = models.OneToOneField(
        Picture, verbose_name=_("picture"), null=True, on_delete=models.SET_NULL, related_name="batch_item"
    )
    staged = models.FileField(
        _("waiting file"),
        upload_to=staged_path,
        max_length=80,
        blank=True,
        help_text=_("The file as sent, while it waits."),
    )
    claimed = models.DateTimeField(_("claimed"), null=True, help_text=_("When a worker took it."))
    attempts = models.PositiveSmallIntegerField(
        _("attempts"), default=0, db_default=0, help_text=_("How often a worker took it and could not end with it.")
    )

    class Meta:
        verbose_name = _("batch item")
        verbose_name_plural = _("batch items")
        ordering = ["batch", "position"]
        indexes = [models.Index(fields=["batch", "state", "verdict", "position"], name="batch_item_by_outcome")]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="batch_item_position_unique"),
            models.CheckConstraint(
                condition=Q(state="waiting", verdict="", problem="", picture__isnull=True)
                | Q(state="read", verdict__in=Verdict.values, problem="", staged="")
                | Q(state="failed", verdict="", picture__isnull=True, staged="") & ~Q(problem=""),
                name="batch_item_read_or_refused",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or gettext('file')} ({self.get_state_display()})"

    def was_read(self, picture: Picture, verdict: str) -> None:
        """Set what it became; saving it takes the staged file away."""
        self.state, self.picture, self.verdict, self.staged = self.State.READ, picture, verdict, ""

    def was_refused(self, problem: str) -> None:
        """Set why it was not read; saving it takes the staged file away."""
        self.state, self.problem, self.staged = self.State.FAILED, problem, ""
