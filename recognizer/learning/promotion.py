"""Which version reads: promotion of a candidate that passed its gates, and the way back."""

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from recognizer.inference.artifacts import ArtifactError
from recognizer.learning.comparison import gates_in_words
from recognizer.models import Comparison, ModelVersion, Promotion, TrainingRun
from recognizer.registry import registered_artifact
from recognizer.shared_artifacts import share

PERMISSION = "recognizer.promote_modelversion"

State = ModelVersion.State


class PromotionError(Exception):
    """The active version stays as it is; the message says why, and how to mend that."""


def promote(version: ModelVersion, user: AbstractBaseUser, reason: str = "") -> Promotion:
    """Make the version the one that reads, and keep who did so.

    reason: why it is promoted though a gate failed or nothing was compared; kept, and without one refused.
    Raises PermissionDenied, PromotionError.
    """
    _refuse_without_permission(user)
    reason = reason.strip()
    with transaction.atomic():
        version = next(row for row in list(_locked(version.kind)) if row.pk == version.pk)
        active = _active(version.kind)
        if active == version:
            raise PromotionError(_("%(version)s is active already.") % {"version": version})
        if is_own_candidate(version, user):
            raise PromotionError(_("You started the training of this version. Someone else has to promote it."))
        _refuse_broken(version)
        comparison = comparison_with_active(version, active)
        problem = _problem_of(version, comparison)
        if problem and not reason:
            raise PromotionError(problem)
        kind = Promotion.Kind.OVERRIDE if problem else Promotion.Kind.PROMOTION
        version.activate()
        return Promotion.objects.create(
            version=version, replaced=active, kind=kind, comparison=comparison, reason=reason, user=user
        )


def rollback(kind: str, user: AbstractBaseUser) -> Promotion:
    """Put the version back that the active one replaced, and keep who did so.

    Raises PermissionDenied, PromotionError.
    """
    _refuse_without_permission(user)
    with transaction.atomic():
        list(_locked(kind))
        active, before = _active(kind), version_before(kind)
        if before is None:
            raise PromotionError(_("There is no earlier version to go back to."))
        _refuse_broken(before)
        before.activate()
        return Promotion.objects.create(version=before, replaced=active, kind=Promotion.Kind.ROLLBACK, user=user)


def version_before(kind: str) -> ModelVersion | None:
    """Return the version that the active one replaced, else the newest retired one before it; None without any."""
    active = _active(kind)
    if active is None:
        return None
    put_there = Promotion.objects.filter(version=active).exclude(kind=Promotion.Kind.ROLLBACK)
    replaced = put_there.filter(replaced__isnull=False).exclude(replaced=active).select_related("replaced").first()
    if replaced is not None:
        return replaced.replaced
    older = ModelVersion.objects.filter(kind=kind, state=State.RETIRED, created__lt=active.created)
    return older.order_by("-created", "-pk").first()


def comparison_with_active(version: ModelVersion, active: ModelVersion | None = None) -> Comparison | None:
    """Return the last comparison with the version that is active now, None without one."""
    active = active or _active(version.kind)
    return Comparison.objects.filter(candidate=version, base=active).first() if active else None


def is_own_candidate(version: ModelVersion, user: AbstractBaseUser) -> bool:
    """Say whether the user started the training of this version; who did may not promote it."""
    return TrainingRun.objects.filter(candidate=version, user=user).exists()


def _problem_of(version: ModelVersion, comparison: Comparison | None) -> str:
    """Return why the version may not be promoted without a reason, nothing when it may."""
    if comparison is None:
        told = {"version": version}
        return (
            _("%(version)s was not compared with the version that is active now. Compare it first, or give a reason.")
            % told
        )
    if not comparison.is_passed:
        failed = " ".join(gate["found"] for gate in gates_in_words(comparison) if not gate["is_passed"])
        told = {"version": version, "found": failed}
        return _("%(version)s did not pass every gate: %(found)s Give a reason to promote it all the same.") % told
    return ""


def _refuse_without_permission(user: AbstractBaseUser) -> None:
    if not user.has_perm(PERMISSION):
        raise PermissionDenied


def _refuse_broken(version: ModelVersion) -> None:
    try:
        share(registered_artifact(version))  # one machine may have it from before there was a bucket
    except ArtifactError as error:
        raise PromotionError(
            _("%(version)s cannot be loaded: %(error)s") % {"version": version, "error": error}
        ) from error


def _locked(kind: str):
    return ModelVersion.objects.filter(kind=kind).select_for_update().order_by("pk")


def _active(kind: str) -> ModelVersion | None:
    return ModelVersion.objects.filter(kind=kind, state=State.ACTIVE).first()
