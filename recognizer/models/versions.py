"""The networks on disk: which there are, which of them reads, and how it came to that."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recognizer.models.written_once import WrittenOnce


class ModelKind(models.TextChoices):
    CNN = "cnn", _("Convolutional network")
    MLP = "mlp", _("Keras MLP")
    NUMPY_MLP = "numpy_mlp", _("NumPy MLP")


class ModelVersion(models.Model):
    """A trained network on disk; at most one of a kind is active and reads new pictures."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")

    kind = models.CharField(_("network"), max_length=16, choices=ModelKind)
    version = models.CharField(_("version"), max_length=32)
    folder = models.CharField(
        _("folder"), max_length=64, help_text=_("The artifact's folder in the released or trained models.")
    )
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    card = models.JSONField(_("model card"), default=dict)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.CANDIDATE)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="children",
        help_text=_("The version whose weights the training began with."),
    )
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        ordering = ["kind", "-created"]
        permissions = [("promote_modelversion", "Can promote a model version and roll back")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="model_version_unique"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state="active"), name="model_version_one_active_a_kind"
            ),
            models.CheckConstraint(condition=Q(kind__in=ModelKind.values), name="model_version_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=["candidate", "active", "retired"]), name="model_version_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"

    @transaction.atomic
    def activate(self) -> None:
        """Make this the version that reads new pictures and retire the one that did."""
        versions = ModelVersion.objects.filter(kind=self.kind)
        list(versions.select_for_update().order_by("pk"))  # an update alone would not wait for another activation
        versions.filter(state=self.State.ACTIVE).exclude(pk=self.pk).update(state=self.State.RETIRED)
        self.state = self.State.ACTIVE
        self.save(update_fields=["state"])


class Comparison(WrittenOnce):
    """How a candidate did beside the version that was active then, and whether it passed the gates."""

    candidate = models.ForeignKey(
        ModelVersion, verbose_name=_("candidate"), on_delete=models.CASCADE, related_name="comparisons"
    )
    base = models.ForeignKey(ModelVersion, verbose_name=_("active version"), on_delete=models.PROTECT, related_name="+")
    figures = models.JSONField(_("figures"), help_text=_("Of each set: counts for both, and which glyphs changed."))
    gates = models.JSONField(
        _("gates"), help_text=_("A list of what was asked, what was found, and whether that is enough.")
    )
    is_passed = models.BooleanField(_("passed"), help_text=_("Whether every gate was passed."))
    created = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        ordering = ["-created", "-id"]

    def __str__(self) -> str:
        return gettext("%(candidate)s beside %(base)s") % {"candidate": self.candidate, "base": self.base}


class Promotion(WrittenOnce):
    """One change of the active version: who put which one in whose place, and why."""

    class Kind(models.TextChoices):
        PROMOTION = "promotion", _("promoted")
        OVERRIDE = "override", _("promoted against a gate")
        ROLLBACK = "rollback", _("rolled back")

    version = models.ForeignKey(
        ModelVersion, verbose_name=_("version"), on_delete=models.CASCADE, related_name="promotions"
    )
    replaced = models.ForeignKey(
        ModelVersion, verbose_name=_("replaced version"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(_("kind of change"), max_length=16, choices=Kind)
    comparison = models.ForeignKey(
        Comparison, verbose_name=_("comparison"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True, help_text=_("Why a gate was overridden."))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        ordering = ["-created", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["promotion", "override", "rollback"]), name="promotion_kind_known"
            ),
            models.CheckConstraint(condition=~Q(kind="override") | ~Q(reason=""), name="promotion_override_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.get_kind_display()}"
