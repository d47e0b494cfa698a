"""Trainings that were asked for in the browser: how far they have come and what came of them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recognizer.models.versions import ModelKind, ModelVersion


class TrainingRun(models.Model):
    """One training on MNIST and the corrections, done by a worker beside the site."""

    class Start(models.TextChoices):
        ACTIVE = "active", _("the active version's weights")
        SCRATCH = "scratch", _("nothing")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("network"), max_length=16, choices=ModelKind)
    start = models.CharField(_("start from"), max_length=8, choices=Start, default=Start.ACTIVE)
    epochs = models.PositiveSmallIntegerField(_("epochs"))
    seed = models.PositiveIntegerField(_("seed"), default=1)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.QUEUED, editable=False)
    step = models.CharField(_("step"), max_length=120, blank=True, editable=False, help_text=_("What is being done."))
    progress = models.FloatField(
        _("progress"), default=0.0, editable=False, help_text=_("How much of it is done, in [0, 1].")
    )
    labels = models.PositiveIntegerField(
        _("labels"), null=True, editable=False, help_text=_("Labelled glyphs that were learnt from.")
    )
    held_out = models.PositiveIntegerField(
        _("held out"), null=True, editable=False, help_text=_("Labelled glyphs that were kept aside.")
    )
    log = models.TextField(_("log"), blank=True, editable=False)
    problem = models.TextField(
        _("problem"), blank=True, editable=False, help_text=_("Why it failed, and how to mend that.")
    )
    base = models.ForeignKey(
        ModelVersion,
        verbose_name=_("active version"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Active then."),
    )
    candidate = models.OneToOneField(
        ModelVersion,
        verbose_name=_("candidate"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="training_run",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    started = models.DateTimeField(_("started"), null=True, editable=False)
    heartbeat = models.DateTimeField(
        _("last sign of life"), null=True, editable=False, help_text=_("When the worker last said that it lives.")
    )
    finished = models.DateTimeField(_("finished"), null=True, editable=False)

    class Meta:
        verbose_name = _("training run")
        verbose_name_plural = _("training runs")
        ordering = ["-created"]
        permissions = [("start_trainingrun", "Can start and cancel trainings")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]),
                name="training_run_state_known",
            ),
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="training_run_progress_0_to_1"),
            models.CheckConstraint(condition=Q(epochs__gte=1), name="training_run_some_epochs"),
        ]

    def __str__(self) -> str:
        told = {"kind": self.get_kind_display(), "day": date_format(self.created, "SHORT_DATETIME_FORMAT")}
        return gettext("training of %(kind)s, %(day)s") % told

    @property
    def is_going_on(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)
