import json

import numpy as np
import pytest

from recognizer.inference.artifacts import read_artifact
from training import networks
from training.__main__ import main, parser


@pytest.fixture
def folder(tmp_path):
    """Where the artifact should be."""
    return tmp_path / "out" / "cnn-1"


@pytest.fixture
def train(mnist_dir, tmp_path):
    """Runs a tiny training and gives its exit code."""

    def run(*options):
        return main(["cnn", "--epochs", "1", "--mnist-dir", str(mnist_dir), "--out", str(tmp_path / "out"), *options])

    return run


def test_a_tiny_run_ends_in_an_artifact_that_keras_loads(train, folder, capsys):
    import keras

    code = train("--limit", "250", "--seed", "5", "--precision", "float32")

    assert code == 0
    artifact = read_artifact(folder)
    assert str(folder) in capsys.readouterr().out
    model = keras.saving.load_model(artifact.model_path)
    assert model(np.zeros((2, 28, 28, 1), np.float32)).shape == (2, 11)
    assert not model.compiled
    assert artifact.model_path.stat().st_size < 1_000_000
    card = artifact.card
    assert card["command"] == "python -m training cnn --epochs 1 --limit 250 --precision float32 --seed 5"
    assert card["model"]["parameters"] == networks.CNN_PARAMETERS
    assert np.shape(card["figures"]["mnist_test"]["confusion"]) == (10, 11)
    assert card["figures"]["mnist_test"]["n"] == 50
    assert card["data"]["train"] + card["data"]["validation"] == 250
    assert [path.name for path in folder.parent.iterdir()] == ["cnn-1"]


def test_it_refuses_to_overwrite_before_any_work(train, folder, capsys, monkeypatch):
    folder.mkdir(parents=True)
    monkeypatch.setattr("training.cnn.fit", lambda *_: pytest.fail("it began to train"))

    code = train()

    assert code == 1
    assert "--version" in capsys.readouterr().err


def test_it_says_what_is_wrong_with_the_data(train, folder, mnist_dir, capsys):
    (mnist_dir / "t10k-labels-idx1-ubyte.gz").unlink()

    code = train()

    assert code == 1
    assert "t10k-labels-idx1-ubyte" in capsys.readouterr().err
    assert not folder.exists()


def test_a_run_cut_off_leaves_no_artifact(train, folder, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("training.cnn.calibrate", interrupt)

    with pytest.raises(KeyboardInterrupt):
        train("--limit", "60")
    assert not folder.parent.exists()


@pytest.mark.parametrize("options", [["--limit", "10"], ["--epochs", "0"]])
def test_it_refuses_too_little_to_train_on(train, options, capsys):
    with pytest.raises(SystemExit):
        train(*options)

    assert "is the least" in capsys.readouterr().err


def test_mnist_dir_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("MNIST_DIR", "/somewhere")

    assert str(parser().parse_args(["cnn"]).mnist_dir) == "/somewhere"


def test_every_option_has_a_help_text():
    kinds = next(action for action in parser()._actions if action.dest == "kind")

    for kind in kinds.choices.values():
        assert all(action.help for action in kind._actions)


def test_the_history_of_a_run_is_json(train, folder):
    train("--limit", "60")

    history = json.loads((folder / "card.json").read_text())["figures"]["history"]
    assert history[0]["loss"] > 0
