"""The trained networks: how they came to be, how they did, and which of them reads."""

import json

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recognizer.admin.read_only import ReadOnlyAdmin
from recognizer.learning.steps import step_in_words
from recognizer.models import Comparison, ModelVersion, Promotion, TrainingRun
from recognizer.numbers import percentage


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    """The trained networks. They are promoted and rolled back on their own pages, behind the gates."""

    list_display = ("__str__", "state", "accuracy", "parent", "created", "own_page")
    list_filter = ("kind", "state")
    list_select_related = versions = ("parent",)
    fields = (
        "kind",
        "version",
        "state",
        "parent",
        "folder",
        "sha256",
        "accuracy",
        "pretty_card",
        "created",
        "own_page",
    )

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def view_on_site(self, version: ModelVersion) -> str:
        return reverse("model", args=[version.kind, version.version])

    @admin.display(description=gettext_lazy("MNIST test set"))
    def accuracy(self, version: ModelVersion) -> str:
        accuracy = version.card.get("figures", {}).get("mnist_test", {}).get("accuracy")
        return "" if accuracy is None else percentage(accuracy, 2)

    @admin.display(description=gettext_lazy("Card"))
    def pretty_card(self, version: ModelVersion) -> str:
        return pretty(version.card)

    @admin.display(description=gettext_lazy("Promote, roll back"))
    def own_page(self, version: ModelVersion) -> str:
        return format_html('<a href="{}">{}</a>', self.view_on_site(version), _("on its page"))


@admin.register(TrainingRun)
class TrainingRunAdmin(ReadOnlyAdmin):
    list_display = ("created", "kind", "start", "state", "done", "labels", "held_out", "candidate", "user")
    list_filter = ("state", "kind", "start", "created")
    list_select_related = ("candidate", "user")
    versions = ("candidate",)
    fields = (
        "kind",
        "start",
        "epochs",
        "seed",
        "base",
        "user",
        "created",
        "state",
        "doing",
        "done",
        "started",
        "heartbeat",
        "finished",
        "failed_for",
        "labels",
        "held_out",
        "candidate",
        "log",
    )

    @admin.display(description=gettext_lazy("Progress"), ordering="progress")
    def done(self, run: TrainingRun) -> str:
        return percentage(run.progress, 0)

    @admin.display(description=gettext_lazy("step"))
    def doing(self, run: TrainingRun) -> str:
        return step_in_words(run.step) if run.step else ""

    @admin.display(description=gettext_lazy("problem"))
    def failed_for(self, run: TrainingRun) -> str:
        return _(run.problem) if run.problem else ""


class OfVersionsAdmin(ReadOnlyAdmin):
    """What belongs to the versions is shown to whoever sees them."""

    def has_view_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return super().has_view_permission(request, obj) or request.user.has_perm("recognizer.view_modelversion")


@admin.register(Comparison)
class ComparisonAdmin(OfVersionsAdmin):
    list_display = ("created", "candidate", "base", "is_passed")
    list_filter = ("is_passed", "candidate__kind", "created")
    list_select_related = versions = ("candidate", "base")
    fields = ("created", "candidate", "base", "is_passed", "pretty_gates", "pretty_figures")

    @admin.display(description=gettext_lazy("Gates"))
    def pretty_gates(self, comparison: Comparison) -> str:
        return pretty(comparison.gates)

    @admin.display(description=gettext_lazy("Figures"))
    def pretty_figures(self, comparison: Comparison) -> str:
        return pretty(comparison.figures)


@admin.register(Promotion)
class PromotionAdmin(OfVersionsAdmin):
    list_display = ("created", "version", "kind", "replaced", "user", "why")
    list_filter = ("kind", "created")
    list_select_related = ("version", "replaced", "user")
    versions = ("version", "replaced")
    fields = ("version", "replaced", "kind", "comparison", "why", "user", "created")

    @admin.display(description=gettext_lazy("reason"))
    def why(self, promotion: Promotion) -> str:
        """Return the reason in the language of who looks where the site itself gave it."""
        return _(promotion.reason) if promotion.reason and not promotion.user else promotion.reason


def pretty(value: dict | list) -> str:
    """Return JSON as lines that a person can read."""
    return format_html('<pre class="json">{}</pre>', json.dumps(value, indent=2, ensure_ascii=False))
