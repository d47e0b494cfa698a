"""Which version reads: who may promote what, on which grounds, and the way back."""

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied

from recognizer.learning.promotion import PromotionError, promote, rollback, version_before
from recognizer.models import Comparison, ModelVersion, Promotion, TrainingRun

GATES = [{"name": "held_out", "asked": "It reads no fewer right.", "found": "3 of 20.", "is_passed": False}]


def promoter_named(name: str) -> User:
    user = User.objects.create_user(name)
    user.user_permissions.add(Permission.objects.get(codename="promote_modelversion"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def promoter(db) -> User:
    return promoter_named("promoter")


@pytest.fixture
def active(stored) -> ModelVersion:
    return stored("1", "active")


@pytest.fixture
def candidate(stored, active) -> ModelVersion:
    return stored("2")


def compared(candidate: ModelVersion, base: ModelVersion, *, is_passed: bool = True) -> Comparison:
    gates = [] if is_passed else GATES
    return Comparison.objects.create(candidate=candidate, base=base, figures={}, gates=gates, is_passed=is_passed)


def states() -> dict[str, str]:
    return dict(ModelVersion.objects.values_list("version", "state"))


def test_a_candidate_that_passed_takes_the_place_of_the_active_version(candidate, active, promoter):
    comparison = compared(candidate, active)

    promotion = promote(candidate, promoter)

    assert states() == {"1": "retired", "2": "active"}
    assert (promotion.version, promotion.replaced, promotion.user) == (candidate, active, promoter)
    assert (promotion.kind, promotion.comparison, promotion.reason) == ("promotion", comparison, "")


def test_what_was_not_compared_is_refused(candidate, promoter):
    with pytest.raises(PromotionError, match="was not compared with the version that is active now"):
        promote(candidate, promoter)

    assert states() == {"1": "active", "2": "candidate"}
    assert not Promotion.objects.exists()


def test_a_comparison_with_a_version_that_is_no_longer_active_does_not_count(candidate, active, stored, promoter):
    compared(candidate, active)
    stored("3").activate()

    with pytest.raises(PromotionError, match="not compared"):
        promote(candidate, promoter)


def test_a_failed_gate_refuses_and_says_what_was_found(candidate, active, promoter):
    compared(candidate, active, is_passed=False)

    with pytest.raises(PromotionError, match=r"did not pass every gate: 3 of 20\."):
        promote(candidate, promoter, reason="  ")

    assert states() == {"1": "active", "2": "candidate"}


def test_the_last_comparison_counts(candidate, active, promoter):
    compared(candidate, active)
    compared(candidate, active, is_passed=False)

    with pytest.raises(PromotionError):
        promote(candidate, promoter)


def test_a_reason_overrides_and_is_kept(candidate, active, promoter):
    compared(candidate, active, is_passed=False)

    promotion = promote(candidate, promoter, reason=" The old one cannot read our 7s. ")

    assert states() == {"1": "retired", "2": "active"}
    assert (promotion.kind, promotion.reason) == ("override", "The old one cannot read our 7s.")


def test_a_reason_overrides_a_comparison_that_was_not_made(candidate, promoter):
    assert promote(candidate, promoter, reason="It is urgent.").kind == "override"


@pytest.mark.parametrize("reason", ["", "I know it is good."])
def test_who_started_the_training_may_not_promote(candidate, active, promoter, reason):
    compared(candidate, active)
    TrainingRun.objects.create(kind="cnn", epochs=1, state="done", candidate=candidate, user=promoter)

    with pytest.raises(PromotionError, match="Someone else has to promote it"):
        promote(candidate, promoter, reason)

    assert promote(candidate, promoter_named("other")).version == candidate


def test_a_superuser_may_not_promote_their_own_training_either(candidate, active, admin_user):
    compared(candidate, active)
    TrainingRun.objects.create(kind="cnn", epochs=1, state="done", candidate=candidate, user=admin_user)

    with pytest.raises(PromotionError, match="Someone else"):
        promote(candidate, admin_user)


def test_without_the_permission_nothing_moves(candidate, active, promoter):
    compared(candidate, active)
    stranger = User.objects.create_user("stranger")

    with pytest.raises(PermissionDenied):
        promote(candidate, stranger, "please")
    promote(candidate, promoter)
    with pytest.raises(PermissionDenied):
        rollback("cnn", stranger)

    assert states() == {"1": "retired", "2": "active"}


def test_the_active_version_is_not_promoted_again(active, promoter):
    with pytest.raises(PromotionError, match="is active already"):
        promote(active, promoter, "again")


def test_a_damaged_artifact_is_refused(candidate, active, promoter, settings):
    compared(candidate, active)
    (settings.MODEL_ROOT / candidate.folder / "model.keras").write_bytes(b"damaged")

    with pytest.raises(PromotionError, match="cannot be loaded"):
        promote(candidate, promoter)

    assert states() == {"1": "active", "2": "candidate"}


def test_rollback_puts_the_replaced_version_back(candidate, active, promoter):
    promote(candidate, promoter, "first")

    back = rollback("cnn", promoter)

    assert states() == {"1": "active", "2": "retired"}
    assert (back.version, back.replaced, back.kind, back.user) == (active, candidate, "rollback", promoter)


def test_rolling_back_twice_goes_back_twice(candidate, stored, promoter):
    third = stored("3")
    promote(candidate, promoter, "first")
    promote(third, promoter, "second")

    assert rollback("cnn", promoter).version == candidate
    assert rollback("cnn", promoter).version.version == "1"
    with pytest.raises(PromotionError, match="no earlier version"):
        rollback("cnn", promoter)


def test_without_a_record_the_newest_version_before_is_put_back(stored, promoter):
    stored("0", "retired")
    before = stored("1", "retired")
    stored("2", "active")
    stored("3", "retired")

    assert version_before("cnn") == before
    assert rollback("cnn", promoter).version == before


def test_nothing_is_put_back_where_nothing_was_before(active, promoter):
    with pytest.raises(PromotionError, match="no earlier version"):
        rollback("cnn", promoter)


def test_a_damaged_version_is_not_put_back(candidate, active, promoter, settings):
    promote(candidate, promoter, "first")
    (settings.MODEL_ROOT / active.folder / "card.json").unlink()

    with pytest.raises(PromotionError, match="cannot be loaded"):
        rollback("cnn", promoter)

    assert states() == {"1": "retired", "2": "active"}
