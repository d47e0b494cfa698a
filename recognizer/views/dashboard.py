"""How well the site reads, by what people said of it; for staff."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from recognizer.labels import LABEL_CHOICES
from recognizer.learning import statistics
from recognizer.learning.dashboard_figures import DAYS, dashboard_figures
from recognizer.learning.kept import are_many
from recognizer.models import ModelKind, ModelVersion, Prediction

PAGE_SIZE = 48


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask who is not logged in to do so, and refuse everybody who is no staff."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs) -> HttpResponse:
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, **kwargs)

    return login_required(answer)


@require_safe
@staff_only
@cache_control(private=True, no_store=True)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show how well each version reads, and of one of them where it errs, how sure it is and how that changes."""
    versions = _versions()
    shown = _chosen(versions, request.GET.get("version"))
    context = {"versions": versions, "shown": shown, "days_shown": DAYS}
    if shown is not None:
        context |= _figures(versions, shown)
    return render(request, "recognizer/dashboard.html", context)


def _figures(versions: list[ModelVersion], shown: ModelVersion) -> dict:
    """Return what the page tells."""
    figures = dashboard_figures()
    found = figures.tallies
    own = [tally for tally in found if tally.version == shown.pk]
    drawn = [tally for tally in own if tally.is_unbiased]
    days = figures.days_of(shown)
    calibration = statistics.calibration_of(drawn)
    return {
        "counted": figures.counted,
        "rows": [
            {
                "version": version,
                "sample": statistics.accuracy_of(t for t in found if t.version == version.pk and t.is_unbiased),
                "labelled": statistics.accuracy_of(t for t in found if t.version == version.pk),
            }
            for version in versions
        ],
        "sample": statistics.accuracy_of(drawn),
        "labelled": statistics.accuracy_of(own),
        "confusion": statistics.confusion_of(own),
        "calibration_sample": calibration,
        "calibration_labelled": statistics.calibration_of(own),
        "calibration_error": statistics.calibration_error_of(calibration),
        "days": days,
        "whole": statistics.sum_of(days),
        "activity": figures.activity,
    }


@require_safe
@staff_only
@permission_required("recognizer.view_glyph", raise_exception=True)
@cache_control(private=True, no_store=True)
def confusion(request: HttpRequest, label: int, answer: int) -> HttpResponse:
    """Show the marks behind one cell of the confusion table, the surest first."""
    names = dict(LABEL_CHOICES)
    shown = _chosen(_versions(), request.GET.get("version"))
    if shown is None or label not in names or answer not in names:
        raise Http404("There is no such cell in the confusion table.")
    page = Paginator(list(statistics.behind(shown, label, answer).values_list("pk", flat=True)), PAGE_SIZE)
    page = page.get_page(request.GET.get("page"))
    marks = Prediction.objects.select_related("glyph").defer("probabilities").in_bulk(page.object_list)
    page.object_list = [marks[pk] for pk in page if pk in marks]
    context = {
        "shown": shown,
        "label": names[label],
        "answer": names[answer],
        "is_right": label == answer,
        "looked_through": statistics.LATEST_LABELS,
        "is_many": are_many(),
        "page": page,
    }
    return render(request, "recognizer/dashboard_confusion.html", context)


def _versions() -> list[ModelVersion]:
    """Return the versions that answered, and the active CNN even if it has not yet."""
    answered = Prediction.objects.filter(model_version=OuterRef("pk"), is_primary=True)
    is_default = Q(kind=ModelKind.CNN, state=ModelVersion.State.ACTIVE)
    return list(ModelVersion.objects.filter(is_default | Exists(answered)).defer("card"))


def _chosen(versions: list[ModelVersion], asked: str | None) -> ModelVersion | None:
    """Return the version asked for, else the active CNN, else the first that answered. Raises Http404."""
    if asked:
        for version in versions:
            if str(version.pk) == asked:
                return version
        raise Http404("No such version has answered.")
    active = (v for v in versions if v.kind == ModelKind.CNN and v.state == ModelVersion.State.ACTIVE)
    return next(active, versions[0] if versions else None)
