from dataclasses import replace

import numpy as np
import pytest

from recognizer.inference.artifacts import NOT_A_DIGIT
from training.examples import Mixture, Sources, draw_examples, epoch_size, judge, validation_set
from training.mnist import Examples

NONE = Mixture(corrections_share=0)


def page_glyphs(digits: int, negatives: int) -> Examples:
    """Glyphs as if from pages: none of them among the digits of MNIST."""
    glyphs = np.random.default_rng(digits).integers(0, 256, (digits + negatives, 28, 28), np.uint8)
    labels = np.concatenate([np.arange(digits) % 10, np.full(negatives, NOT_A_DIGIT)])
    return Examples(glyphs, labels.astype(np.uint8))


@pytest.fixture
def sources(digits) -> Sources:
    return Sources(digits, page_glyphs(40, 30))


def among(glyphs: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(N,) bool: which glyphs are, bit for bit, among others."""
    known = {other.tobytes() for other in others}
    return np.array([glyph.tobytes() in known for glyph in glyphs])


def test_an_epoch_has_the_shares_that_its_mixture_says(sources):
    mixture = Mixture(page_digits=0.5, negatives_share=0.1, page_negatives=0.6)

    examples = draw_examples(sources, mixture, np.random.default_rng(0), 0)

    negative, from_pages = examples.labels == NOT_A_DIGIT, among(examples.glyphs, sources.page_glyphs.glyphs)
    assert len(examples) == 100
    assert (from_pages & ~negative).sum() == 30
    assert (from_pages & negative).sum() == 6
    assert (~from_pages & negative).sum() == 4


def test_each_glyph_keeps_its_label(sources):
    labels = {
        glyph.tobytes(): label
        for part in (sources.digits, sources.page_glyphs)
        for glyph, label in zip(part.glyphs, part.labels, strict=True)
    }

    examples = draw_examples(sources, Mixture(), np.random.default_rng(0), 0)

    for glyph, label in zip(examples.glyphs, examples.labels, strict=True):
        assert labels.get(glyph.tobytes(), NOT_A_DIGIT) == label


@pytest.mark.parametrize("pages", [(0, 0), (40, 0), (0, 30), (40, 30)])
@pytest.mark.parametrize(
    "mixture",
    [
        Mixture(),
        Mixture(page_digits=5, negatives_share=0.5, page_negatives=1),
        Mixture(page_digits=0, page_negatives=0),
        Mixture(negatives_share=0),
    ],
)
def test_an_epoch_is_as_large_as_said(digits, pages, mixture):
    sources = Sources(digits, page_glyphs(*pages))

    examples = draw_examples(sources, mixture, np.random.default_rng(0), 0)

    assert epoch_size(sources, mixture) == len(examples)


def test_no_glyph_of_a_page_is_taken_twice(sources):
    greedy = Mixture(page_digits=5, negatives_share=0.5, page_negatives=1)

    examples = draw_examples(sources, greedy, np.random.default_rng(0), 0)

    taken = examples.glyphs[among(examples.glyphs, sources.page_glyphs.glyphs)]
    assert len(taken) == len({glyph.tobytes() for glyph in taken}) == 70


def test_equal_seeds_draw_equal_examples(sources):
    first, again = (draw_examples(sources, Mixture(), np.random.default_rng(4), 1.0) for _ in range(2))

    np.testing.assert_array_equal(first.glyphs, again.glyphs)
    np.testing.assert_array_equal(first.labels, again.labels)


def test_they_are_shuffled(sources):
    labels = draw_examples(sources, Mixture(negatives_share=0.5), np.random.default_rng(0), 0).labels

    assert 0 < (labels[:60] == NOT_A_DIGIT).sum() < 60


def test_strength_0_leaves_everything_as_it_is(sources):
    mixture = Mixture(page_digits=5, page_negatives=1, negatives_share=0.2)

    examples = draw_examples(sources, mixture, np.random.default_rng(0), 0)

    given = np.concatenate([sources.digits.glyphs, sources.page_glyphs.glyphs])
    assert among(examples.glyphs, given).all()
    assert among(sources.digits.glyphs, examples.glyphs).all()


def test_glyphs_of_pages_are_altered_less_than_those_of_mnist(sources, monkeypatch):
    strengths = {}
    monkeypatch.setattr(
        "training.examples.augment",
        lambda glyphs, labels, rng, strength: strengths.setdefault(len(glyphs), strength) * np.ones_like(glyphs),
    )
    mixture = Mixture(page_digits=0.5, page_strength=0.4, negatives_share=0)

    draw_examples(sources, mixture, np.random.default_rng(0), 0.5)

    assert strengths == {60: 0.5, 30: 0.2}


def test_glyphs_of_pages_can_be_left_as_they_are(sources):
    mixture = Mixture(page_digits=0.5, page_strength=0, negatives_share=0)

    examples = draw_examples(sources, mixture, np.random.default_rng(0), 1.0)

    assert among(examples.glyphs, sources.page_glyphs.glyphs).sum() == 30


def test_without_negatives_there_is_none_to_learn_from_or_to_be_judged_by(sources):
    without = Mixture(negatives_share=0)

    learnt = draw_examples(sources, without, np.random.default_rng(0), 1.0)
    judged = validation_set(sources, without)

    assert NOT_A_DIGIT not in learnt.labels
    assert NOT_A_DIGIT not in judged.labels
    assert (len(learnt), len(judged)) == (60 + 40, 60 + 40)


def test_validation_is_the_digits_untouched_and_then_what_is_from_pages(sources):
    judged = validation_set(sources, Mixture())

    np.testing.assert_array_equal(judged.glyphs[:60], sources.digits.glyphs)
    np.testing.assert_array_equal(judged.glyphs[60:], sources.page_glyphs.glyphs)
    np.testing.assert_array_equal(judged.labels[60:], sources.page_glyphs.labels)


def judged_as(labels: list[int], answers: list[int], untouched: int, *, logit: float = 1.0) -> dict[str, float]:
    """What the history says of these answers."""
    glyphs = np.zeros((len(labels), 28, 28), np.uint8)
    logits = logit * np.eye(11, dtype=np.float32)[answers]
    return judge(logits, Examples(glyphs, np.array(labels, np.uint8)), untouched)


def test_an_epoch_is_judged_by_digits_pages_and_negatives():
    record = judged_as([3, 3, 3, 3, 3, NOT_A_DIGIT], [3, 4, 3, NOT_A_DIGIT, 3, NOT_A_DIGIT], untouched=2)

    assert record["validation_accuracy"] == 0.5
    assert record["page_accuracy"] == pytest.approx(2 / 3, abs=1e-5)
    assert record["negatives_recognised"] == 1


@pytest.mark.parametrize("logit", [0.5, 1.0, 8.0])
def test_the_loss_is_that_of_calibrated_logits(logit):
    record = judged_as([3, 3, 5], [3, 3, 4], untouched=2, logit=logit)

    right, each_other_class = 2 / 3, 1 / 30
    surprise = -(2 * np.log(right) + np.log(each_other_class)) / 3
    assert record["validation_loss"] == pytest.approx(surprise, abs=2e-5)


def test_negatives_that_there_were_none_of_are_not_judged():
    record = judged_as([3, 4, 5], [3, 4, 6], untouched=2)

    assert record.keys() == {"validation_loss", "validation_accuracy", "page_accuracy"}


@pytest.fixture
def corrected(sources) -> Sources:
    """Sources with twenty corrections, two of them no digit."""
    return replace(sources, corrections=page_glyphs(18, 2))


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_corrections_have_their_share_of_an_epoch(corrected, share):
    mixture = Mixture(corrections_share=share, correction_repeats=100)

    drawn = draw_examples(corrected, mixture, np.random.default_rng(0), 0)

    assert among(drawn.glyphs, corrected.corrections.glyphs).mean() == pytest.approx(share, abs=0.01)
    assert epoch_size(corrected, mixture) == len(drawn)


def test_each_correction_appears_as_often_as_another_or_once_more(corrected):
    drawn = draw_examples(corrected, Mixture(corrections_share=0.35), np.random.default_rng(0), 0)

    counts = [among(drawn.glyphs, glyph[None]).sum() for glyph in corrected.corrections.glyphs]
    assert min(counts) >= 1
    assert max(counts) - min(counts) <= 1


def test_few_corrections_are_not_repeated_without_end(corrected):
    few = replace(corrected, corrections=corrected.corrections.take(slice(2)))
    mixture = Mixture(corrections_share=0.9, correction_repeats=5)

    drawn = draw_examples(few, mixture, np.random.default_rng(0), 0)

    assert among(drawn.glyphs, few.corrections.glyphs).sum() == 10


def test_many_corrections_take_turns(corrected):
    mixture = Mixture(corrections_share=0.05)

    chosen = [
        among(corrected.corrections.glyphs, draw_examples(corrected, mixture, np.random.default_rng(seed), 0).glyphs)
        for seed in range(30)
    ]

    assert {int(each.sum()) for each in chosen} == {epoch_size(corrected, mixture) - epoch_size(corrected, NONE)}
    assert np.any(chosen, axis=0).all()


def test_corrections_are_altered_as_little_as_glyphs_of_pages(corrected, monkeypatch):
    strengths = {}
    monkeypatch.setattr(
        "training.examples.augment",
        lambda glyphs, labels, rng, strength: strengths.setdefault(strength, glyphs),
    )

    draw_examples(corrected, Mixture(page_strength=0.4), np.random.default_rng(0), 0.5)

    assert strengths.keys() == {0.5, 0.2}
    assert among(corrected.corrections.glyphs, strengths[0.2]).any()
    assert not among(corrected.corrections.glyphs, strengths[0.5]).any()


def test_a_part_of_mnist_s_digits_is_another_part_in_every_epoch(sources):
    mixture = Mixture(digits=0.5, page_digits=0, negatives_share=0)

    drawn = [draw_examples(sources, mixture, np.random.default_rng(seed), 0) for seed in (1, 2)]

    taken = [among(sources.digits.glyphs, each.glyphs) for each in drawn]
    assert [len(each) for each in drawn] == [30, 30] == [epoch_size(sources, mixture)] * 2
    assert (taken[0] != taken[1]).any()


def test_without_corrections_an_epoch_is_what_it_was(sources):
    drawn = [draw_examples(sources, mixture, np.random.default_rng(4), 1.0) for mixture in (Mixture(), NONE)]

    np.testing.assert_array_equal(drawn[0].glyphs, drawn[1].glyphs)
