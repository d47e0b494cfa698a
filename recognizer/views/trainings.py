"""Trainings on the corrections: what they would learn from, how they go, and what came of them."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recognizer.labels import NOT_A_DIGIT
from recognizer.learning import suspicion, training_jobs
from recognizer.learning.label_counts import LabelCounts, label_counts
from recognizer.learning.steps import step_in_words
from recognizer.learning.suspicion import SamePersonError
from recognizer.models import Glyph, LabelConflictError, LabelEvent, ModelKind, ModelVersion, TrainingRun
from recognizer.owners import owner_of

LIST_LENGTH = 50

may_see = permission_required("recognizer.view_trainingrun", raise_exception=True)
may_start = permission_required("recognizer.start_trainingrun", raise_exception=True)
may_review = permission_required("recognizer.review_glyph", raise_exception=True)


class TrainingForm(forms.Form):
    """What to train, and from where."""

    kind = forms.ChoiceField(label=gettext_lazy("Network"), choices=ModelKind.choices)
    start = forms.ChoiceField(
        label=gettext_lazy("Begin with"),
        choices=[
            (TrainingRun.Start.ACTIVE, gettext_lazy("the active version: minutes")),
            (TrainingRun.Start.SCRATCH, gettext_lazy("nothing: up to an hour")),
        ],
    )
    epochs = forms.IntegerField(
        label=gettext_lazy("Epochs"),
        min_value=1,
        max_value=100,
        initial=5,
        help_text=gettext_lazy(
            "How often it goes through all examples: about 5 from the active version, 30 to 40 from nothing."
        ),
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        active = ModelVersion.objects.filter(kind=cleaned.get("kind"), state=ModelVersion.State.ACTIVE)
        if cleaned.get("start") == TrainingRun.Start.ACTIVE and not active.exists():
            self.add_error("start", _("No version of this kind is active. Begin with nothing."))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@may_see
def trainings(request: HttpRequest) -> HttpResponse:
    """Show all trainings, and start one."""
    counts = label_counts()
    form = TrainingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        return _start(request, form, counts)
    return _show_all(request, form, counts)


@may_start
def _start(request: HttpRequest, form: TrainingForm, counts: LabelCounts) -> HttpResponse:
    if reason := training_jobs.why_not(counts):
        form.add_error(None, reason)
    if not form.is_valid():
        return _show_all(request, form, counts, status=400)
    return redirect("training", training_jobs.start(**form.cleaned_data, user=request.user).pk)


def _show_all(request: HttpRequest, form: TrainingForm, counts: LabelCounts, status: int = 200) -> HttpResponse:
    training_jobs.fail_lost_runs()
    doubts, doubts_in_all = suspicion.doubts()
    runs = list(TrainingRun.objects.select_related("user", "candidate").defer("log", "candidate__card")[:LIST_LENGTH])
    context = {
        "form": form,
        "counts": counts,
        "why_not": training_jobs.why_not(counts),
        "runs": runs,
        "doubts": doubts,
        "doubts_in_all": doubts_in_all,
        "is_without_worker": any(training_jobs.is_without_worker(run) for run in runs),
    }
    return render(request, "recognizer/trainings.html", context, status=status)


@require_safe
@never_cache
@login_required
@may_see
def training(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show how far a training is, or what came of it."""
    training_jobs.fail_lost_runs()
    run = get_object_or_404(TrainingRun.objects.select_related("user", "base", "candidate"), pk=run_id)
    context = {
        "run": run,
        "step": _step_of(run),
        "waits_for": _waits_for(run),
        "is_without_worker": training_jobs.is_without_worker(run),
        "comparison": run.candidate.comparisons.select_related("base").first() if run.candidate else None,
    }
    return render(request, "recognizer/training.html", context)


@require_safe
@never_cache
@may_see
def progress(request: HttpRequest, run_id: UUID) -> JsonResponse:
    """Tell how far a training is, for the script that asks every two seconds."""
    training_jobs.fail_lost_runs()
    run = get_object_or_404(TrainingRun, pk=run_id)
    told = {
        "state": run.state,
        "step": _step_of(run),
        "progress": run.progress,
        "log": run.log,
        "is_without_worker": training_jobs.is_without_worker(run),
    }
    return JsonResponse(told)


@require_POST
@may_start
def cancel(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Cancel a training that waits or runs."""
    run = get_object_or_404(TrainingRun, pk=run_id)
    if training_jobs.cancel(run):
        messages.success(request, _("The training is cancelled."))
    else:
        messages.error(request, _("This training had ended already."))
    return redirect("training", run.pk)


@require_POST
@may_start
def again(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Start a new training with the choices of an ended one."""
    run = get_object_or_404(TrainingRun, pk=run_id)
    if reason := training_jobs.why_not(label_counts()):
        messages.error(request, reason)
        return redirect("training", run.pk)
    new = training_jobs.start(run.kind, run.start, run.epochs, request.user, seed=run.seed)
    return redirect("training", new.pk)


@require_POST
@may_review
def confirm_label(request: HttpRequest, glyph_id: int) -> HttpResponse:
    """Keep that a second person gives a doubted glyph the same label."""
    glyph = get_object_or_404(Glyph, pk=glyph_id, label__isnull=False)
    try:
        suspicion.confirm(glyph, _shown_label(request), owner=owner_of(request))
    except SamePersonError as error:
        messages.error(request, str(error))
    except (LabelConflictError, Glyph.DoesNotExist):
        text = _("Nothing was confirmed: the label was changed or its picture deleted meanwhile.")
        messages.warning(request, text)
    else:
        messages.success(request, _("The label is confirmed."))
    return redirect("trainings")


@require_POST
@may_review
def keep_out(request: HttpRequest, glyph_id: int) -> HttpResponse:
    """Keep a doubted glyph out of trainings and exports."""
    glyph = get_object_or_404(Glyph, pk=glyph_id)
    try:
        glyph.set_excluded(True, owner=owner_of(request), where=LabelEvent.Where.REVIEW)
    except Glyph.DoesNotExist:
        messages.warning(request, _("Its picture has been deleted meanwhile."))
    else:
        messages.success(request, _("The glyph is kept out of training. Its label stays."))
    return redirect("trainings")


def _shown_label(request: HttpRequest) -> int | None:
    """Return the label that the person saw, None where the form does not say."""
    shown = request.POST.get("label", "")
    return int(shown) if shown in map(str, range(NOT_A_DIGIT + 1)) else None


def _step_of(run: TrainingRun) -> str:
    """Return what a training that goes on is doing, in words."""
    if run.state == TrainingRun.State.QUEUED:
        return _("Waiting")
    return step_in_words(run.step) if run.step else _("Beginning")


def _waits_for(run: TrainingRun) -> TrainingRun | None:
    """Return the training that runs while this one waits."""
    if run.state != TrainingRun.State.QUEUED:
        return None
    return TrainingRun.objects.filter(state=TrainingRun.State.RUNNING).first()
