"""`python -m training.mislabelling_trial KIND --from ARTIFACT`: what wrong labels among the corrections do.

A writer whose 1s look like 7s and whose 7s look like 4s is drawn; four fifths of 200 of their glyphs are learnt from,
the others held out, as the site does it. Then the same again with a growing share of all 200 labels wrong, 1 for 7 and
7 for 1. The table tells what becomes of the MNIST test set, of the held-out glyphs by the labels they were given (the
site's gate sees only those) and in truth, and of 400 more glyphs of the writer. It takes the options of
`python -m training`.
"""

import sys
from dataclasses import replace

import numpy as np

from recognizer.inference.artifacts import NOT_A_DIGIT
from recognizer.inference.labelled import HELD_OUT_EVERY
from training import hands, negatives
from training.__main__ import ERRORS, as_told, parser
from training.calibration import Calibration, answers, digit_probabilities
from training.corrections import count_right
from training.fine_tuning import Parent, drawn_back, read_parent
from training.front_door import glyphs_of
from training.kinds import FittedNetwork, Kind
from training.mnist import Examples, read_mnist
from training.pages import draw_page
from training.sources import Gathered, gather
from training.training_run import calibrated, figures_on

SHARES = (0.0, 0.05, 0.2, 0.4)
CORRECTED, MORE = 200, 400
SURE = 0.95
"""From here on the site takes a network's other opinion for a doubt of the label."""
ONE, SEVEN = 1, 7
FORMS = {
    ONE: ["-0,26 88,0 38,100|3,34 92,0 32,100"],
    SEVEN: ["-25,30 60,0 50,100|15,35 55,0 45,100", "-10,55 90,50|15,52 85,48"],
}
"""As training/letterforms.py gives forms: a 1 with a flag as long as a 7's top, a crossed 7 with a drooping top."""


class Writer:
    """Stands where training.writers.Writers does, and writes only 1s and 7s."""

    def digits(self, count: int, rng: np.random.Generator) -> list[tuple[np.ndarray, int]]:
        """Digits of one page, each (96, 96) uint8 and its label."""
        return [(hands.draw_form(FORMS[digit], rng), digit) for digit in rng.choice([ONE, SEVEN], count).tolist()]

    def others(self, count: int, rng: np.random.Generator) -> list[tuple[np.ndarray, int]]:
        """Marks that are no digits, each (96, 96) uint8 and NOT_A_DIGIT."""
        return [(negatives.draw_mark(rng), NOT_A_DIGIT) for _ in range(count)]


def draw_writer(count: int, rng: np.random.Generator) -> Examples:
    """So many 1s and 7s of the writer, that came in by the front door."""
    drawn: list[tuple[np.ndarray, int]] = []
    while len(drawn) < count:
        drawn += [found for found in glyphs_of(draw_page(Writer(), rng)) if found[1] != NOT_A_DIGIT]
    glyphs, labels = zip(*drawn[:count], strict=True)
    return Examples(np.array(glyphs), np.array(labels, np.uint8))


def mislabel(examples: Examples, share: float, rng: np.random.Generator) -> Examples:
    """The examples with this share of the labels wrong: 1 for 7 and 7 for 1."""
    wrong = rng.permutation(len(examples))[: round(share * len(examples))]
    labels = examples.labels.copy()
    labels[wrong] = ONE + SEVEN - labels[wrong]
    return Examples(examples.glyphs, labels)


def count_contradicted(network: FittedNetwork, examples: Examples, calibration: Calibration) -> int:
    """How many glyphs the network is sure are another digit than their label, or none."""
    logits = network.logits(examples.glyphs)
    probabilities, none = digit_probabilities(logits, calibration.temperature)
    answered = answers(logits, calibration)
    sure = np.where(answered == NOT_A_DIGIT, none, np.minimum(probabilities.max(1), 1 - none)) >= SURE
    return int((sure & (answered != examples.labels)).sum())


def run_trial(kind: Kind, parent: Parent, gathered: Gathered, test: Examples, seed: int) -> list[list[str]]:
    """The rows of the table: before, then after learning with each share of wrong labels."""
    rng = np.random.default_rng([seed, 8])
    corrected, more = draw_writer(CORRECTED, rng), draw_writer(MORE, rng)
    is_held_out = np.arange(CORRECTED) % HELD_OUT_EVERY == 0
    truth = corrected.take(is_held_out)

    def row(title: str, network: FittedNetwork, calibration: Calibration, labelled: Examples) -> list[str]:
        as_labelled = labelled.take(is_held_out)
        was = count_right(parent.network, as_labelled, parent.calibration)
        right = [count_right(network, examples, calibration) for examples in (as_labelled, truth, more)]
        counts = [
            f"{was} → {right[0]} of {len(as_labelled)}",
            f"{count_contradicted(network, as_labelled, calibration)} of {len(as_labelled)}",
            f"{right[1]} of {len(truth)}",
            f"{right[2]} of {MORE}",
        ]
        return [title, f"{figures_on(network, test, calibration)['accuracy']:.2%}", *counts]

    rows = [row("before", parent.network, parent.calibration, corrected)]
    for share in SHARES:
        labelled = mislabel(corrected, share, np.random.default_rng([seed, 9]))
        train = replace(gathered.train, corrections=labelled.take(~is_held_out))
        network = kind.train(train, gathered.validation, kind.recipe, seed, weights=parent.network.weights)
        network, _ = drawn_back(network, parent, gathered.validation.digits)
        calibration, _ = calibrated(network, gathered.validation)
        rows.append(row(f"{share:.0%} wrong", network, calibration, labelled))
    return rows


HEADINGS = [
    "labels",
    "MNIST test",
    "held out, as labelled",
    "of them surely contradicted",
    "held out, in truth",
    "more of the writer's",
]


def main(arguments: list[str] | None = None) -> int:
    """Run the trial and print its table."""
    options = parser().parse_args(arguments)
    if not options.parent:
        print("Name the network to begin with: --from ARTIFACT.", file=sys.stderr)
        return 2
    try:
        kind = as_told(options)
        parent = read_parent(options.parent, kind)
        train, test = read_mnist(options.mnist_dir)
        kept = options.out / ".pages"
        gathered = gather(train, kind.recipe.mixture, options.seed, kept, split_seed=parent.split_seed)
    except ERRORS as error:
        print(error, file=sys.stderr)
        return 1
    for row in (HEADINGS, ["---"] * len(HEADINGS), *run_trial(kind, parent, gathered, test, options.seed)):
        print(f"| {' | '.join(row)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
