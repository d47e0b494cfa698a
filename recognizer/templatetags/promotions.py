"""What the pages show of comparisons and promotions."""

from django import template
from django.contrib.auth.models import AbstractBaseUser

from recognizer.learning import comparison as comparisons
from recognizer.learning import promotion
from recognizer.models import Comparison, ModelVersion, Promotion

register = template.Library()

HISTORY_LENGTH = 10


@register.filter
def named(version: ModelVersion) -> str:
    """Return what people call a version: NumPy MLP 2."""
    return f"{version.get_kind_display()} {version.version}"


@register.filter
def gates_in_words(comparison: Comparison) -> list[dict[str, object]]:
    """Return what was asked of a candidate, what was found, and whether that was enough."""
    return comparisons.gates_in_words(comparison)


@register.filter
def compared_sets(comparison: Comparison) -> list[comparisons.ComparedSet]:
    """Return the sets of labelled glyphs that were read by both versions."""
    return comparisons.compared_sets(comparison)


@register.simple_tag
def promotion_state(version: ModelVersion, user: AbstractBaseUser) -> dict[str, object]:
    """Return what stands between a version and its promotion by this user, and where a rollback would lead."""
    is_active = version.state == ModelVersion.State.ACTIVE
    return {
        "is_active": is_active,
        "comparison": None if is_active else promotion.comparison_with_active(version),
        "is_own": promotion.is_own_candidate(version, user),
        "before": promotion.version_before(version.kind) if is_active else None,
    }


@register.simple_tag
def promotions_of(kind: str = "") -> list[Promotion]:
    """Return the last changes of the active version, of one kind or of all."""
    history = Promotion.objects.select_related("version", "replaced", "user", "comparison")
    return list((history.filter(version__kind=kind) if kind else history)[:HISTORY_LENGTH])
