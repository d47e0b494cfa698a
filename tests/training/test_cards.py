import json
import socket

from recognizer.inference.artifacts import FORMAT
from training.calibration import Calibration
from training.cards import HABITS_UNSEEN, data_of_mnist, machine, make_card
from training.kinds import FittedNetwork
from training.numpy_mlp import NUMPY_MLP


def test_the_card_tells_everything_but_the_machine_s_name():
    card = make_card(
        kind=NUMPY_MLP,
        version="3",
        network=FittedNetwork(None, parameters=42, history=[], model_file="model.npz", save=None),
        calibration=Calibration(temperature=0.7, sure=0.8, not_a_digit=0.5),
        data=data_of_mnist(6, 2, 1),
        figures={"mnist_test": {}},
        command="python -m training numpy-mlp --seed 1",
        seed=1,
        duration_seconds=12.6,
    )

    assert (card["format"], card["kind"], card["version"]) == (FORMAT, "numpy_mlp", "3")
    assert card["model"] == {"file": "model.npz", "parameters": 42}
    assert card["recipe"]["momentum"] == 0.9
    assert HABITS_UNSEEN in card["limits"]
    assert card["thresholds"]["sure"] == 0.8
    assert card["duration_seconds"] == 13
    assert card["data"]["train"] == 6
    text = json.dumps(card)
    assert "/tmp" not in text
    assert "/home" not in text
    assert len(socket.gethostname()) < 4 or socket.gethostname() not in text


def test_the_machine_is_told_in_generic_words():
    assert machine().endswith("cores")
