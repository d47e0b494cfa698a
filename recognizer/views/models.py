"""The models: all of them side by side, and the card of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from recognizer.learning.artifact_zip import ArtifactGoneError, artifact_zip
from recognizer.models import ModelKind, ModelVersion, Promotion
from recognizer.problems import Problem, problem_response

ABOUT = {
    ModelKind.CNN: _(
        "Small filters slide over the 28 × 28 pixels and look for strokes, curves and ends wherever they lie. "
        "It reads every picture unless another kind is asked for."
    ),
    ModelKind.MLP: _(
        "A multilayer perceptron built with Keras: every pixel is wired to every hidden unit, and nothing tells it "
        "which pixels are neighbours. Here to measure what the convolutions are worth."
    ),
    ModelKind.NUMPY_MLP: _(
        "A multilayer perceptron written out in NumPy alone, forward and backward pass included. "
        "Here to be understood rather than to be relied on."
    ),
}
ARTIFACT_GONE = Problem(
    404, "artifact_gone", _("The file of this version is not on this machine as it was registered."),
    _("Copy its folder back among the models, or train it again."),
)  # fmt: skip
STATES = ("active", "candidate", "retired")
"""In the order in which versions are listed."""
SOURCE_KINDS = ("digit", "multi", "none")


@dataclass(frozen=True)
class Source:
    """How pictures from one place, none of which the network learned from, were read."""

    name: str
    kind: str
    n: int
    right: int | None
    claims: int | None
    interval_95: object
    sure: int | None
    wrong_sure: int | None

    @property
    def share(self) -> float:
        """Return the share that was read right or, where there is no digit, that was taken for one."""
        return (self.counted or 0) / self.n

    @property
    def counted(self) -> int | None:
        return self.claims if self.kind == "none" else self.right


@dataclass(frozen=True)
class Mean:
    """The mean of the sources of one kind, each counting the same, and the span they lie in; shares of 1."""

    value: float
    lowest: float
    highest: float
    sources: int
    pictures: int


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """Show every registered version, by kind, with the figures that tell them apart."""
    versions = sorted(ModelVersion.objects.order_by("-created"), key=lambda version: STATES.index(version.state))
    kinds = [
        {
            "value": kind.value,
            "name": kind.label,
            "about": ABOUT[kind],
            "versions": [_with_headline(version) for version in versions if version.kind == kind],
            "retired": sum(version.kind == kind and version.state == "retired" for version in versions),
        }
        for kind in ModelKind
    ]
    has_pictures = any(row["means"] for kind in kinds for row in kind["versions"])
    return render(
        request, "recognizer/models.html", {"kinds": kinds, "is_empty": not versions, "has_pictures": has_pictures}
    )


@require_safe
def model(request: HttpRequest, kind: str, version: str) -> HttpResponse:
    """Show the card of one version."""
    shown = get_object_or_404(ModelVersion, kind=kind, version=version)
    sources = sources_of(shown.card)
    siblings = list(ModelVersion.objects.filter(kind=kind).exclude(pk=shown.pk).defer("card"))
    ancestors = ancestors_of(shown, siblings)
    children = [sibling for sibling in siblings if sibling.parent_id == shown.pk]
    promotions = Promotion.objects.filter(Q(version=shown) | Q(replaced=shown)).order_by("created", "pk")
    context = {
        "version": shown,
        "card": shown.card,
        "about": ABOUT[shown.kind],
        "ancestors": ancestors,
        "children": children,
        "others": [sibling for sibling in siblings if sibling not in ancestors and sibling not in children],
        "promotions": promotions.select_related("version", "replaced", "user").defer("version__card", "replaced__card"),
        "may_download": may_download(request),
        "sources": {kind: [source for source in sources if source.kind == kind] for kind in SOURCE_KINDS},
        "has_sources": bool(sources),
        "means": means_of(sources),
    }
    return render(request, "recognizer/model.html", context)


@require_safe
@login_required
def download(request: HttpRequest, kind: str, version: str) -> HttpResponse:
    """Send the artifact of one version as a zip. Only for staff."""
    if not may_download(request):
        raise PermissionDenied
    try:
        file, name = artifact_zip(get_object_or_404(ModelVersion, kind=kind, version=version))
    except ArtifactGoneError:
        return problem_response(request, ARTIFACT_GONE)
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def may_download(request: HttpRequest) -> bool:
    return request.user.is_staff and request.user.has_perm("recognizer.view_modelversion")


def ancestors_of(version: ModelVersion, siblings: Iterable[ModelVersion]) -> list[ModelVersion]:
    """Return the versions that this one was trained from, the first of them first."""
    by_pk = {sibling.pk: sibling for sibling in siblings}
    ancestors = []
    while version.parent_id in by_pk:
        version = by_pk.pop(version.parent_id)
        ancestors.insert(0, version)
    return ancestors


def sources_of(card: dict) -> list[Source]:
    """Return what the card tells of real pictures, in its own order; nothing where it tells nothing."""
    try:
        sources = card["figures"]["pictures"]["sources"].items()
    except (KeyError, TypeError, AttributeError):
        return []
    return [
        Source(
            name=name,
            kind=told["kind"],
            n=told["n"],
            interval_95=told.get("interval_95"),
            **{key: _count(told.get(key)) for key in ("right", "claims", "sure", "wrong_sure")},
        )
        for name, told in sources
        if isinstance(told, dict) and told.get("kind") in SOURCE_KINDS and _count(told.get("n"))
    ]


def means_of(sources: Iterable[Source]) -> dict[str, Mean]:
    """Return the mean over the sources of each kind that has any."""
    means = {}
    for kind in SOURCE_KINDS:
        measured = [source for source in sources if source.kind == kind and source.counted is not None]
        if measured:
            shares = [source.share for source in measured]
            means[kind] = Mean(
                value=sum(shares) / len(shares),
                lowest=min(shares),
                highest=max(shares),
                sources=len(shares),
                pictures=sum(source.n for source in measured),
            )
    return means


def _with_headline(version: ModelVersion) -> dict:
    return {"version": version, "card": version.card, "means": means_of(sources_of(version.card))}


def _count(value: object) -> int | None:
    """Return a count as it is, None for whatever is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
