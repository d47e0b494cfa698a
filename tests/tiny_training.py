"""`python -m tests.tiny_training`: `python -m training`, all small, for tests that start it as a process of its own.

It takes the same options. A few hundred printed digits stand in for MNIST, few pages are drawn, and the networks are
fitted for few epochs: seconds for numpy-mlp.
"""

import signal
import sys
from dataclasses import replace
from unittest import mock

from tests.training.conftest import printed_digits
from training import __main__ as training
from training.kinds import Kind

EPOCHS, EPOCHS_OF_FINE_TUNING = 12, 4


def tiny(kind: Kind) -> Kind:
    """The kind with recipes that see little."""
    recipe, fine_tuning = (
        replace(recipe, epochs=epochs, batch_size=16, mixture=replace(recipe.mixture, pages=0.2, fonts=False))
        for recipe, epochs in ((kind.recipe, EPOCHS), (kind.fine_tuning, EPOCHS_OF_FINE_TUNING))
    )
    return replace(kind, recipe=recipe, fine_tuning=fine_tuning)


def main(arguments: list[str] | None = None) -> int:
    """Train as told, on little."""
    kinds = {word: tiny(kind) for word, kind in training.KINDS.items()}
    digits = printed_digits(300), printed_digits(100, seed=1)
    with mock.patch.multiple(training, KINDS=kinds, read_mnist=mock.Mock(return_value=digits)):
        return training.main(arguments)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
