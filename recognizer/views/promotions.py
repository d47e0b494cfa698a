"""Which version reads: promoting a candidate, comparing it anew, rolling back."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from recognizer.learning import promotion, training_jobs
from recognizer.learning.promotion import PromotionError
from recognizer.models import ModelKind, ModelVersion


class ReasonForm(forms.Form):
    """Why a version is promoted though a gate failed."""

    reason = forms.CharField(required=False, max_length=2000)


may_promote = permission_required(promotion.PERMISSION, raise_exception=True)


@require_POST
@may_promote
def promote(request: HttpRequest, version_id: int) -> HttpResponse:
    """Make a version the one that reads."""
    version = get_object_or_404(ModelVersion, pk=version_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The reason cannot be kept: %(why)s") % {"why": " ".join(form.errors["reason"])})
        return redirect("model", version.kind, version.version)
    try:
        promotion.promote(version, request.user, form.cleaned_data["reason"])
    except PromotionError as error:
        messages.error(request, str(error))
    else:
        text = _("%(version)s now reads new pictures; every process takes it on within 5 seconds.")
        messages.success(request, text % {"version": version})
    return redirect("model", version.kind, version.version)


@require_POST
@may_promote
def rollback(request: HttpRequest, kind: str) -> HttpResponse:
    """Put the version back that the active one replaced."""
    if kind not in ModelKind.values:
        raise Http404(f"{kind!r} is no kind of network.")
    try:
        done = promotion.rollback(kind, request.user)
    except PromotionError as error:
        messages.error(request, str(error))
        return redirect("models")
    text = _("%(version)s reads new pictures again; %(replaced)s is retired.")
    messages.success(request, text % {"version": done.version, "replaced": done.replaced})
    return redirect("model", kind, done.version.version)


@require_POST
@may_promote
def compare(request: HttpRequest, version_id: int) -> HttpResponse:
    """Have the worker compare a version with the one that is active now."""
    version = get_object_or_404(ModelVersion, pk=version_id)
    training_jobs.compare_again.enqueue(version.pk)
    text = _("The worker compares it, after any training that runs. Load this page again in a minute.")
    messages.success(request, text)
    return redirect("model", version.kind, version.version)
