"""A candidate beside the version that is active: on MNIST's test set, on held-out labels, on a fixed regression set.

Each set says how many both read right and which glyphs changed; a gate on each says whether that is good enough.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recognizer.inference.artifacts import ArtifactError
from recognizer.inference.labelled import SIDE, LabelledFileError, LabelledGlyphs, read_labelled
from recognizer.inference.loading import load_predictor
from recognizer.inference.predictor import GlyphPrediction, Predictor
from recognizer.labels import LABEL_CHOICES, NOT_A_DIGIT
from recognizer.learning.exports import ExportedGlyph, exported_glyphs
from recognizer.learning.suspicion import is_sure_of, is_sure_of_another, surest_of
from recognizer.models import Comparison, Glyph, ModelVersion, Verdict
from recognizer.numbers import grouped, percentage
from recognizer.registry import registered_artifact

MNIST_MAY_LOSE = 0.001
"""Gate: of MNIST's test set, the share that a candidate may read worse than the active version, 0.10 points."""
HELD_OUT_LEAST = 20
"""Gate: with fewer held-out labels nothing can be told, and what cannot be told does not pass."""
HELD_OUT_RIGHT = 2 / 3
"""Gate: of the held-out labels, the share that the candidate has to read right. It learnt from the others: where it is
contradicted more often, the labels contradict each other, or are too few. Measured with training.mislabelling_trial:
with 0, 5, 20 and 40% of a writer's labels wrong it reads 33, 30, 26 and 14 of 40 as they are labelled."""
REGRESSION_MAY_LOSE = 0.005
"""Gate: of the regression set, the share by which more glyphs may turn wrong than right."""
REGRESSION_SET = Path(__file__).with_name("regression.npz")
BATCH = 512
MOST_DOUBTS = 200
"""How many doubted labels are kept, the surest first."""

Beat = Callable[[str], None]
"""Is told what is being done, every few seconds."""


class ComparisonError(Exception):
    """Two versions cannot be compared; the message says how to mend it."""


@dataclass(frozen=True)
class SideBySide:
    """How two networks answered the same labelled glyphs."""

    labels: np.ndarray
    """(N,) uint8."""
    ids: np.ndarray
    """(N,) int64: glyphs in the database, or places in a file."""
    base: np.ndarray
    """(N,) what the active version took each for: a digit, or NOT_A_DIGIT."""
    candidate: np.ndarray

    @cached_property
    def figures(self) -> dict[str, object]:
        """Return how many each read right, and which changed, by id."""
        was, now = self.base == self.labels, self.candidate == self.labels
        return {
            "n": len(self.labels),
            "base": int(was.sum()),
            "candidate": int(now.sum()),
            "to_wrong": self._changes(was & ~now),
            "to_right": self._changes(~was & now),
        }

    def _changes(self, chosen: np.ndarray) -> list[dict[str, int]]:
        columns = (self.ids, self.labels, self.base, self.candidate)
        rows = zip(*(column[chosen].tolist() for column in columns), strict=True)
        return [dict(zip(("id", "label", "base", "candidate"), row, strict=True)) for row in rows]


def compare(candidate: ModelVersion, base: ModelVersion, *, beat: Beat = lambda step: None) -> Comparison:
    """Store how the candidate does beside the base, the active version of its kind.

    Raises ComparisonError when a network of the two cannot be loaded.
    """
    networks = _predictor_of(base, beat), _predictor_of(candidate, beat)
    held_out, doubts = _compare_labelled(*networks, beat=beat)
    figures = {"mnist_test": _mnist_figures(candidate, base), "held_out": held_out.figures, "doubts": doubts}
    problem = ""
    try:
        figures["regression"] = _compare_set(*networks, read_labelled(REGRESSION_SET), beat=beat).figures
    except LabelledFileError as error:
        problem = str(error)
    gates = [
        mnist_gate(figures["mnist_test"]),
        held_out_gate(figures["held_out"]),
        labels_gate(figures["held_out"]),
        regression_gate(figures.get("regression"), problem),
    ]
    is_passed = all(gate["is_passed"] for gate in gates)
    return Comparison.objects.create(candidate=candidate, base=base, figures=figures, gates=gates, is_passed=is_passed)


def mnist_gate(figures: dict | None) -> dict[str, object]:
    """Return whether the candidate lost at most 0.10 points of MNIST's test set.

    figures: n of both, and how many each read right; None where a card does not tell.
    """
    asked = _("On MNIST’s test set it reads at most %(share)s fewer right.") % {"share": percentage(MNIST_MAY_LOSE, 2)}
    if figures is None:
        return _gate("mnist_test", asked, _("A card does not tell how its network does there."), False)
    lost = figures["base"] / figures["base_n"] - figures["candidate"] / figures["candidate_n"]
    found = _("%(candidate)s of %(candidate_n)s; the active version %(base)s.")
    if figures["base_n"] != figures["candidate_n"]:
        found = _("%(candidate)s of %(candidate_n)s; the active version %(base)s of %(base_n)s.")
    found %= {name: grouped(n) for name, n in figures.items()}
    return _gate("mnist_test", asked, found, lost <= MNIST_MAY_LOSE + 1e-9)


def held_out_gate(figures: dict) -> dict[str, object]:
    """Return whether the candidate reads no fewer of the held-out labels right, and whether those are enough."""
    asked = _("Of the held-out labels, at least %(least)s, it reads no fewer right.") % {"least": HELD_OUT_LEAST}
    n = figures["n"]
    if n < HELD_OUT_LEAST:
        found = ngettext("%(n)s held-out label: too few to tell.", "%(n)s held-out labels: too few to tell.", n)
        return _gate("held_out", asked, found % {"n": n}, False)
    counts = {name: grouped(figures[name]) for name in ("candidate", "base", "n")}
    found = _("%(candidate)s of %(n)s; the active version %(base)s.") % counts
    return _gate("held_out", asked, found, figures["candidate"] >= figures["base"])


def labels_gate(figures: dict) -> dict[str, object]:
    """Return whether the candidate reads two thirds of the held-out labels right, which learnable ones let it."""
    asked = _("Of the held-out labels it reads at least two in three right.")
    is_passed = figures["candidate"] >= HELD_OUT_RIGHT * figures["n"]
    found = _("%(candidate)s of %(n)s.") % {name: grouped(figures[name]) for name in ("candidate", "n")}
    if not is_passed:
        advice = _("Are the labels right? Look at the doubted ones, or correct more, before the next training.")
        found = f"{found} {advice}"
    return _gate("labels", asked, found, is_passed)


def regression_gate(figures: dict | None, problem: str = "") -> dict[str, object]:
    """Return whether no more than 0.5% of the regression set turned wrong, less those that turned right."""
    share = percentage(REGRESSION_MAY_LOSE)
    asked = _("Of the regression set, at most %(share)s more turn wrong than turn right.") % {"share": share}
    if figures is None or not figures["n"]:
        return _gate("regression", asked, problem or _("The regression set is empty."), False)
    wrong, right = len(figures["to_wrong"]), len(figures["to_right"])
    counts = {"wrong": grouped(wrong), "right": grouped(right), "n": grouped(figures["n"])}
    found = _("%(wrong)s turned wrong and %(right)s right, of %(n)s.") % counts
    return _gate("regression", asked, found, wrong - right <= REGRESSION_MAY_LOSE * figures["n"])


def _gate(name: str, asked: str, found: str, is_passed: bool) -> dict[str, object]:
    return {"name": name, "asked": asked, "found": found, "is_passed": bool(is_passed)}


GATES = {
    "mnist_test": (mnist_gate, "mnist_test"),
    "held_out": (held_out_gate, "held_out"),
    "labels": (labels_gate, "held_out"),
    "regression": (regression_gate, "regression"),
}
"""What each gate asks, and of which figures."""


def gates_in_words(comparison: Comparison) -> list[dict[str, object]]:
    """Return the gates in the language of who looks. Whether one was passed stays as it was found."""
    return [_in_words(gate, comparison.figures) for gate in comparison.gates]


def _in_words(gate: dict[str, object], figures: dict) -> dict[str, object]:
    ask, subject = GATES[gate["name"]]
    return {**ask(figures[subject]), "is_passed": gate["is_passed"]} if subject in figures else gate


def _predictor_of(version: ModelVersion, beat: Beat) -> Predictor:
    beat(f"Loading {version}")
    try:
        return load_predictor(registered_artifact(version))
    except (ArtifactError, OSError) as error:
        raise ComparisonError(f"{version} cannot be loaded: {error}") from error


def _mnist_figures(candidate: ModelVersion, base: ModelVersion) -> dict[str, int] | None:
    """Return the counts of MNIST's test set that both cards tell, None where one does not."""
    counts = {}
    for name, version in (("base", base), ("candidate", candidate)):
        try:
            told = version.card["figures"]["mnist_test"]
            counts[f"{name}_n"] = int(told["n"])
            counts[name] = int(told["correct"]) if "correct" in told else round(told["accuracy"] * told["n"])
        except (KeyError, TypeError, ValueError):
            return None
        if counts[f"{name}_n"] <= 0:
            return None
    return counts


def _compare_labelled(base: Predictor, candidate: Predictor, *, beat: Beat) -> tuple[SideBySide, list[dict]]:
    """Answer the labelled glyphs of the database by both: how they did on the held-out ones, and what is doubted."""
    labels, ids, values, doubts = [], [], ([], []), []
    for batch in _batches(exported_glyphs()):
        beat("Reading the labelled glyphs with both")
        pixels = np.frombuffer(b"".join(glyph.pixels for glyph in batch), np.uint8).reshape(-1, SIDE, SIDE)
        for glyph, *said in zip(batch, base.predict(pixels), candidate.predict(pixels), strict=True):
            doubts += _doubts_of(glyph, *said)
            if glyph.held_out:
                labels.append(glyph.label)
                ids.append(glyph.id)
                values[0].append(value_of(said[0]))
                values[1].append(value_of(said[1]))
    side_by_side = SideBySide(
        np.array(labels, np.uint8), np.array(ids, np.int64), np.array(values[0], int), np.array(values[1], int)
    )
    surest = sorted(doubts, key=lambda doubt: -doubt["confidence"])[:MOST_DOUBTS]
    return side_by_side, surest


def _compare_set(base: Predictor, candidate: Predictor, labelled: LabelledGlyphs, *, beat: Beat) -> SideBySide:
    answers = []
    for network in (base, candidate):
        values = []
        for start in range(0, len(labelled), BATCH):
            beat("Reading the regression set with both")
            values += map(value_of, network.predict(labelled.glyphs[start : start + BATCH]))
        answers.append(np.array(values, int))
    return SideBySide(labelled.labels, np.arange(len(labelled)), *answers)  # by place: their ids are not this site's


def _doubts_of(glyph: ExportedGlyph, base: GlyphPrediction, candidate: GlyphPrediction) -> list[dict[str, object]]:
    """Return the doubt of a label, none where there is none.

    A candidate that learnt a wrong label doubts it less: what the base doubts is kept unless the candidate is sure.
    """
    if is_sure_of_another(candidate, glyph.label):
        said, by = candidate, "candidate"
    elif is_sure_of_another(base, glyph.label) and not is_sure_of(candidate, glyph.label):
        said, by = base, "base"
    else:
        return []
    value, confidence = surest_of(said)
    return [{"id": glyph.id, "label": glyph.label, "value": value, "confidence": round(confidence, 5), "by": by}]


def _batches(glyphs: Iterator[ExportedGlyph]) -> Iterator[list[ExportedGlyph]]:
    while batch := list(islice(glyphs, BATCH)):
        yield batch


def value_of(prediction: GlyphPrediction) -> int:
    """Return what a network takes a glyph for: a digit, or 10 for not a digit."""
    return NOT_A_DIGIT if prediction.verdict == Verdict.NOT_A_DIGIT else prediction.digit


@dataclass(frozen=True)
class Changed:
    """A glyph that one network reads right and the other wrong."""

    label: str
    base: str
    candidate: str
    pixels: bytes
    """28×28 uint8."""
    glyph_id: int | None
    """In the database; None for a glyph of the regression set."""


@dataclass(frozen=True)
class ComparedSet:
    """One set of a comparison as a page shows it."""

    name: str
    title: str
    figures: dict
    to_wrong: list[Changed]
    to_right: list[Changed]


def compared_sets(comparison: Comparison, most: int = 24) -> list[ComparedSet]:
    """Return the sets of labelled glyphs that were read by both, with at most so many of those that changed each way.

    A glyph whose picture was deleted since is counted, but not shown.
    """
    sets = []
    for name, title in (("held_out", _("Held-out labels")), ("regression", _("Regression set"))):
        figures = comparison.figures.get(name)
        if figures is None:
            continue
        shown = {way: figures[way][:most] for way in ("to_wrong", "to_right")}
        pixels = _pixels_of(name, {change["id"] for changes in shown.values() for change in changes})
        ways = {
            way: [_changed(name, change, pixels) for change in changes if change["id"] in pixels]
            for way, changes in shown.items()
        }
        sets.append(ComparedSet(name, title, figures, **ways))
    return sets


def _pixels_of(name: str, ids: set[int]) -> dict[int, bytes]:
    """Return the pixels of glyphs of the database, or at these places of the regression set."""
    if name == "held_out":
        return {pk: bytes(pixels) for pk, pixels in Glyph.objects.filter(pk__in=ids).values_list("pk", "pixels")}
    if not ids:
        return {}
    try:
        glyphs = read_labelled(REGRESSION_SET).glyphs
    except LabelledFileError:
        return {}
    return {place: glyphs[place].tobytes() for place in ids if place < len(glyphs)}


def _changed(name: str, change: dict[str, int], pixels: dict[int, bytes]) -> Changed:
    label, base, candidate = (str(dict(LABEL_CHOICES)[change[key]]) for key in ("label", "base", "candidate"))
    glyph_id = change["id"] if name == "held_out" else None
    return Changed(label, base, candidate, pixels[change["id"]], glyph_id)
