"""A candidate beside the active version: what is counted, what changed, and what does not slip through."""

import numpy as np
import pytest

from recognizer import registry
from recognizer.inference.labelled import read_labelled
from recognizer.inference.predictor import Predictor
from recognizer.learning import comparison
from recognizer.learning.comparison import (
    ComparisonError,
    compare,
    compared_sets,
    held_out_gate,
    mnist_gate,
    regression_gate,
)
from recognizer.models import Glyph, ModelVersion
from tests.recognizer.learning.corrections import label_glyphs
from tests.recognizer.rows import make_version

CARD = {"figures": {"mnist_test": {"n": 10000, "correct": 9900, "accuracy": 0.99}}}


class Answers:
    """A network that answers what the labels of known pixels say, but for some that it gets wrong."""

    def __init__(self) -> None:
        known = read_labelled(comparison.REGRESSION_SET)
        self.known = {glyph.tobytes(): int(label) for glyph, label in zip(known.glyphs, known.labels, strict=True)}
        self.wrong: set[bytes] = set()
        self.logit = 20.0

    def __call__(self, x: np.ndarray) -> np.ndarray:
        logits = np.zeros((len(x), 11), np.float32)
        for row, glyph in zip(logits, (x * 255).round().astype(np.uint8), strict=True):
            data = glyph.tobytes()
            label = self.known[data]
            row[(label + 1) % 10 if data in self.wrong else label] = self.logit
        return logits


@pytest.fixture
def networks(monkeypatch) -> dict[str, Answers]:
    """Let the versions "old" and "new" answer as these say."""
    networks = {"old": Answers(), "new": Answers()}
    monkeypatch.setattr(comparison, "registered_artifact", lambda version: version.version)
    monkeypatch.setattr(comparison, "load_predictor", lambda name: Predictor(networks[name], 1.0, 0.9, 0.5))
    return networks


@pytest.fixture
def base(db) -> ModelVersion:
    return make_version(version="old", card=CARD)


@pytest.fixture
def candidate(db) -> ModelVersion:
    return make_version(version="new", state="candidate", card=CARD)


def gates_of(done) -> dict[str, bool]:
    return {gate["name"]: gate["is_passed"] for gate in done.gates}


def pixels_of(glyphs: list[Glyph]) -> set[bytes]:
    return {bytes(glyph.pixels) for glyph in glyphs}


def test_an_equal_candidate_passes(networks, base, candidate):
    label_glyphs(base, 20, held_out=True)

    done = compare(candidate, base)

    assert gates_of(done) == {"mnist_test": True, "held_out": True, "labels": True, "regression": True}
    assert done.is_passed
    assert done.figures["mnist_test"] == {"base": 9900, "base_n": 10000, "candidate": 9900, "candidate_n": 10000}
    expected = {"n": 20, "base": 20, "candidate": 20, "to_wrong": [], "to_right": []}
    assert done.figures["held_out"] == expected
    assert done.figures["regression"]["n"] == len(networks["old"].known)


def test_it_tells_which_glyphs_changed(networks, base, candidate):
    glyphs = label_glyphs(base, 20, held_out=True)
    networks["old"].wrong = pixels_of(glyphs[:2])
    networks["new"].wrong = pixels_of(glyphs[5:6])

    figures = compare(candidate, base).figures["held_out"]

    label = glyphs[5].label
    assert (figures["base"], figures["candidate"]) == (18, 19)
    assert [change["id"] for change in figures["to_right"]] == [glyphs[0].pk, glyphs[1].pk]
    changed = {"id": glyphs[5].pk, "label": label, "base": label, "candidate": (label + 1) % 10}
    assert figures["to_wrong"] == [changed]


def test_only_held_out_labels_that_may_be_used_are_counted(networks, base, candidate):
    label_glyphs(base, 4)
    label_glyphs(base, 3, held_out=True, may_train=False)
    kept_out = label_glyphs(base, 1, held_out=True)
    Glyph.objects.filter(pk=kept_out[0].pk).update(is_excluded=True)
    label_glyphs(base, 2, held_out=True)

    assert compare(candidate, base).figures["held_out"]["n"] == 2


def test_flipped_labels_that_were_learnt_do_not_pass(networks, base, candidate):
    """What a network that learnt wrong labels answers wrongly is seen on labels that it did not learn from."""
    glyphs = label_glyphs(base, 25, held_out=True)
    networks["new"].wrong = pixels_of(glyphs[:5])

    done = compare(candidate, base)

    assert gates_of(done)["held_out"] is False
    assert not done.is_passed


@pytest.mark.parametrize(("wrong", "is_passed"), [(8, True), (9, False)])
def test_labels_that_cannot_be_learnt_do_not_pass(networks, base, candidate, wrong, is_passed):
    """Wrong labels that neither network follows leave both with as many right."""
    glyphs = label_glyphs(base, 25, held_out=True)
    networks["old"].wrong = networks["new"].wrong = pixels_of(glyphs[:wrong])

    done = compare(candidate, base)

    assert gates_of(done) == {"mnist_test": True, "held_out": True, "labels": is_passed, "regression": True}


def test_too_few_held_out_labels_do_not_pass(networks, base, candidate):
    label_glyphs(base, 19, held_out=True)

    done = compare(candidate, base)

    gate = next(gate for gate in done.gates if gate["name"] == "held_out")
    assert (gate["is_passed"], gate["found"]) == (False, "19 held-out labels: too few to tell.")
    assert not done.is_passed


def test_a_missing_regression_set_does_not_pass(networks, base, candidate, monkeypatch, tmp_path):
    label_glyphs(base, 20, held_out=True)
    monkeypatch.setattr(comparison, "REGRESSION_SET", tmp_path / "none.npz")

    done = compare(candidate, base)

    assert gates_of(done) == {"mnist_test": True, "held_out": True, "labels": True, "regression": False}
    assert not done.is_passed


@pytest.mark.parametrize("card", [{}, {"figures": {}}, {"figures": {"mnist_test": {"n": 0, "accuracy": 1.0}}}])
def test_a_card_without_its_figures_does_not_pass(networks, base, candidate, card):
    label_glyphs(base, 20, held_out=True)
    candidate.card = card

    assert gates_of(compare(candidate, base))["mnist_test"] is False


def test_a_network_that_cannot_be_loaded_cannot_be_compared(base, candidate):
    with pytest.raises(ComparisonError, match="old cannot be loaded"):
        compare(candidate, base)


@pytest.mark.parametrize(("candidate", "is_passed"), [(9900, True), (9890, True), (9889, False), (9999, True)])
def test_mnist_may_lose_a_tenth_of_a_point(candidate, is_passed):
    figures = {"base": 9900, "base_n": 10000, "candidate": candidate, "candidate_n": 10000}

    assert mnist_gate(figures)["is_passed"] is is_passed


@pytest.mark.parametrize(("n", "candidate", "is_passed"), [(20, 15, True), (20, 14, False), (19, 19, False)])
def test_held_out_labels_may_lose_nothing(n, candidate, is_passed):
    assert held_out_gate({"n": n, "base": 15, "candidate": candidate})["is_passed"] is is_passed


@pytest.mark.parametrize(("wrong", "right", "is_passed"), [(4, 0, True), (5, 0, False), (9, 5, True), (0, 0, True)])
def test_the_regression_set_may_lose_half_a_percent(wrong, right, is_passed):
    figures = {"n": 800, "to_wrong": [0] * wrong, "to_right": [0] * right}

    assert regression_gate(figures)["is_passed"] is is_passed


def test_an_empty_regression_set_does_not_pass():
    assert regression_gate({"n": 0, "to_wrong": [], "to_right": []})["is_passed"] is False


def test_it_notes_the_labels_that_the_candidate_surely_disagrees_with(networks, base, candidate):
    label_glyphs(base, 3)
    flipped = label_glyphs(base, 1, flip=True)[0]

    doubts = compare(candidate, base).figures["doubts"]

    assert [(doubt["id"], doubt["label"], doubt["value"]) for doubt in doubts] == [
        (flipped.pk, flipped.label, (flipped.label - 1) % 10)
    ]
    assert doubts[0]["confidence"] > 0.99


@pytest.mark.parametrize(("logit", "doubted"), [(20.0, False), (1.0, True)])
def test_a_label_that_the_candidate_half_learnt_stays_doubted(networks, base, candidate, logit, doubted):
    flipped = label_glyphs(base, 1, flip=True)[0]
    networks["new"].known[bytes(flipped.pixels)] = flipped.label
    networks["new"].logit = logit

    doubts = compare(candidate, base).figures["doubts"]

    assert [(doubt["id"], doubt["by"]) for doubt in doubts] == ([(flipped.pk, "base")] if doubted else [])


def test_changed_glyphs_are_shown_with_their_pixels_until_they_are_deleted(networks, base, candidate):
    glyphs = label_glyphs(base, 3, held_out=True)
    networks["new"].wrong = pixels_of(glyphs)
    done = compare(candidate, base)
    glyphs[0].picture.delete()

    held_out, regression = compared_sets(done)

    assert [change.glyph_id for change in held_out.to_wrong] == [glyphs[1].pk, glyphs[2].pk]
    assert held_out.to_wrong[0].pixels == bytes(glyphs[1].pixels)
    assert len(held_out.figures["to_wrong"]) == 3
    assert {change.pixels for change in regression.to_wrong} == pixels_of(glyphs)


def test_the_real_networks_can_be_compared(real_network):
    base = ModelVersion.objects.get(kind="numpy_mlp", state="active")
    twin = make_version("numpy_mlp", "twin", "candidate", folder=base.folder, sha256=base.sha256, card=base.card)
    label_glyphs(base, 20, held_out=True)

    done = compare(twin, base)

    assert registry.registered_artifact(twin).sha256 == base.sha256
    assert done.is_passed
    assert done.figures["held_out"]["candidate"] >= 18
    assert done.figures["regression"]["to_wrong"] == []
