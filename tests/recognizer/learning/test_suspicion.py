"""Labels for a second look."""

import numpy as np
import pytest
from django.contrib.auth.models import User

from recognizer.inference.predictor import GlyphPrediction
from recognizer.learning import suspicion
from recognizer.learning.review import latest_answer
from recognizer.learning.statistics import last_reviewed_of_sample
from recognizer.learning.suspicion import SamePersonError, confirm, doubts, is_sure_of_another
from recognizer.models import Comparison, Glyph, LabelConflictError, LabelEvent, ModelVersion, Prediction
from recognizer.owners import Owner
from tests.recognizer.learning.corrections import label_glyphs
from tests.recognizer.rows import make_version


@pytest.fixture
def version(db) -> ModelVersion:
    return make_version()


@pytest.fixture
def ada(db) -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def bob(db) -> User:
    return User.objects.create_user("bob")


@pytest.fixture
def flipped(version, ada) -> Glyph:
    """Store a glyph that was surely read as one digit and labelled as another."""
    return label_glyphs(version, 1, flip=True, user=ada)[0]


def said(digit: int, confidence: float, *, none: float = 0.0, verdict: str = "digit") -> GlyphPrediction:
    probabilities = np.full(10, (1 - confidence) / 9)
    probabilities[digit] = confidence
    return GlyphPrediction(probabilities, none, verdict)


@pytest.mark.parametrize(
    ("prediction", "label", "expected"),
    [
        (said(7, 0.99), 7, False),
        (said(7, 0.99), 1, True),
        (said(7, 0.99), 10, True),
        (said(7, 0.94), 1, False),
        (said(7, 0.99, verdict="unsure"), 1, False),
        (said(7, 0.99, none=0.97, verdict="not_a_digit"), 7, True),
        (said(7, 0.99, none=0.97, verdict="not_a_digit"), 10, False),
        (said(7, 0.99, none=0.94, verdict="not_a_digit"), 7, False),
    ],
)
def test_only_a_sure_network_doubts_a_label(prediction, label, expected):
    assert is_sure_of_another(prediction, label) is expected


def test_a_label_that_its_reading_surely_contradicts_is_doubted(version, flipped):
    label_glyphs(version, 3)

    found, count = doubts()

    assert count == 1
    assert (found[0].glyph, found[0].value, found[0].said_by) == (flipped, (flipped.label - 1) % 10, version)
    assert found[0].confidence == pytest.approx(0.991)


def test_an_unsure_reading_doubts_nothing(flipped):
    Prediction.objects.update(verdict="unsure", confidence=0.6)

    assert doubts() == ([], 0)


@pytest.mark.parametrize("changes", [{"is_excluded": True}, {"label": None, "labelled_at": None, "labelled_by": None}])
def test_what_is_not_learnt_from_is_not_doubted(flipped, changes):
    Glyph.objects.filter(pk=flipped.pk).update(**changes)

    assert doubts() == ([], 0)


def test_a_label_that_a_second_person_confirmed_is_not_doubted(flipped, bob):
    confirm(flipped, flipped.label, owner=Owner(user=bob))

    assert doubts() == ([], 0)
    event = LabelEvent.objects.first()
    assert (event.what, event.old, event.new, event.user) == ("confirmed", flipped.label, flipped.label, bob)


def test_a_label_that_was_changed_meanwhile_is_not_confirmed(flipped, bob):
    with pytest.raises(LabelConflictError):
        confirm(flipped, (flipped.label + 1) % 10, owner=Owner(user=bob))

    assert doubts()[1] == 1


def test_a_confirmation_is_no_answer_of_the_queue(flipped, bob):
    """It moves neither what may be undone nor how far the random sample was reviewed."""
    Glyph.objects.filter(pk=flipped.pk).update(is_sample=True)
    LabelEvent.objects.update(where="page")

    confirm(flipped, flipped.label, owner=Owner(user=bob))

    assert latest_answer(bob) is None
    assert last_reviewed_of_sample() is None


def test_a_doubted_glyph_that_goes_meanwhile_is_left_out(flipped, monkeypatch):
    monkeypatch.setattr(suspicion, "_by_one_person", lambda ids: Glyph.objects.all().delete() and set(ids))

    assert doubts()[0] == []


def test_nobody_confirms_their_own_label(flipped, ada):
    with pytest.raises(SamePersonError, match="Someone else"):
        confirm(flipped, flipped.label, owner=Owner(user=ada))

    assert doubts()[1] == 1


def test_a_second_opinion_that_was_another_label_confirms_nothing(flipped, bob, ada):
    flipped.set_label(5 if flipped.label != 5 else 6, owner=Owner(user=bob), where="review")
    flipped.set_label((int(flipped.answer.digit) + 1) % 10, owner=Owner(user=ada), where="review")

    assert doubts()[1] == 1


def compared(version: ModelVersion, noted: list[dict]) -> Comparison:
    candidate = make_version(version="new", state="candidate")
    return Comparison.objects.create(
        candidate=candidate, base=version, figures={"doubts": noted}, gates=[], is_passed=True
    )


def test_the_candidate_that_saw_the_labels_has_the_word(version, flipped):
    other = label_glyphs(version, 2)[1]
    noted = {"id": other.pk, "label": other.label, "value": 10, "confidence": 0.97, "by": "candidate"}

    comparison = compared(version, [noted])

    found, count = doubts()
    assert count == 1
    assert (found[0].glyph, found[0].value_text, found[0].said_by) == (other, "not a digit", comparison.candidate)


def test_what_the_version_before_it_doubts_is_told_as_its_word(version, flipped):
    compared(version, [{"id": flipped.pk, "label": flipped.label, "value": 3, "confidence": 0.99, "by": "base"}])

    assert doubts()[0][0].said_by == version


def test_labels_that_came_after_the_candidate_are_doubted_by_their_reading(version):
    compared(version, [])

    later = label_glyphs(version, 1, flip=True)[0]

    assert [doubt.glyph for doubt in doubts()[0]] == [later]


def test_a_label_that_was_put_right_since_is_not_doubted(version, flipped, ada):
    compared(version, [{"id": flipped.pk, "label": flipped.label, "value": 3, "confidence": 0.99, "by": "base"}])
    assert doubts()[1] == 1

    flipped.set_label(flipped.answer.digit, owner=Owner(user=ada), where="review")

    assert doubts() == ([], 0)


def test_the_surest_are_shown_and_all_counted(version):
    flipped = label_glyphs(version, 5, flip=True)
    Prediction.objects.filter(glyph=flipped[3]).update(confidence=0.999)

    found, count = doubts(limit=2)

    assert count == 5
    assert (len(found), found[0].glyph) == (2, flipped[3])
