import json
import socket
from pathlib import Path

import numpy as np
import pytest

from recognizer.inference.artifacts import FORMAT, NOT_A_DIGIT, check_card
from training.calibration import Calibration
from training.cards import HABITS_IMITATED, data_of, machine, make_card
from training.examples import Sources
from training.kinds import FittedNetwork
from training.mnist import Examples
from training.numpy_mlp import NUMPY_MLP
from training.sources import Gathered
from training.typefaces import Typeface

FAILURE = {"label": "4", "read": "9", "confidence": 0.9, "png": ""}


@pytest.fixture
def gathered(digits) -> Gathered:
    """Ten digits to learn from with two glyphs of pages, three to be judged by without; one typeface."""
    pages = Examples(np.zeros((2, 28, 28), np.uint8), np.array([3, NOT_A_DIGIT], np.uint8))
    typeface = Typeface("Scrawl", "5.0.1", "OFL-1.1", Path("/home/someone/scrawl.woff"), ())
    return Gathered(Sources(digits.take(slice(10)), pages), Sources(digits.take(slice(10, 13))), [typeface], 1)


@pytest.fixture
def card(gathered) -> dict:
    return make_card(
        kind=NUMPY_MLP,
        version="3",
        network=FittedNetwork(
            None, parameters=42, history=[], model_file="model.npz", save=None, weights=[], with_weights=None
        ),
        calibration=Calibration(temperature=0.7, sure=0.8, not_a_digit=0.5),
        data=data_of(gathered, 7),
        figures={"mnist_test": {}},
        failures=[FAILURE],
        command="python -m training numpy-mlp --seed 1",
        seed=1,
        duration_seconds=12.6,
    )


def test_the_card_tells_everything_but_the_machine_s_name(card):
    assert (card["format"], card["kind"], card["version"]) == (FORMAT, "numpy_mlp", "3")
    assert card["model"] == {"file": "model.npz", "parameters": 42}
    assert card["recipe"]["momentum"] == 0.9
    assert HABITS_IMITATED in card["limits"]
    assert card["thresholds"]["sure"] == 0.8
    assert card["duration_seconds"] == 13
    assert card["failures"] == [FAILURE]
    text = json.dumps(card)
    assert "/tmp" not in text
    assert "/home" not in text
    assert len(socket.gethostname()) < 4 or socket.gethostname() not in text


def test_with_the_model_s_checksum_it_holds_what_every_card_must(card):
    card["model"]["sha256"] = "0" * 64

    check_card(card, Path("card.json"))


def test_it_tells_how_the_examples_were_dealt_out(gathered):
    data = data_of(gathered, 7)

    assert (data["train"], data["validation"], data["test"]) == (10, 3, 7)
    assert data["page_glyphs"] == {"train": 2, "validation": 0}
    assert data["fonts"][0]["family"] == "Scrawl"


def test_the_machine_is_told_in_generic_words():
    assert machine().endswith("cores")
