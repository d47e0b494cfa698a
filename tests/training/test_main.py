import json

import numpy as np
import pytest

from recognizer.inference.artifacts import read_artifact
from recognizer.inference.loading import load_predictor
from tests.training.conftest import printed_digits
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


@pytest.mark.parametrize(
    ("word", "kind", "model_file", "parameters"),
    [("mlp", "mlp", "model.keras", networks.MLP_PARAMETERS), ("numpy-mlp", "numpy_mlp", "model.npz", 55_115)],
)
def test_the_site_reads_with_what_a_tiny_run_of_an_mlp_wrote(mnist_dir, tmp_path, word, kind, model_file, parameters):
    options = ["--epochs", "4", "--precision", "float32", "--mnist-dir", str(mnist_dir), "--out", str(tmp_path)]

    code = main([word, *options])

    assert code == 0
    artifact = read_artifact(tmp_path / f"{kind}-1")
    assert (artifact.kind, artifact.model_path.name) == (kind, model_file)
    assert artifact.model_path.stat().st_size < 2_000_000
    assert artifact.card["model"]["parameters"] == parameters
    assert artifact.card["command"] == f"python -m training {word} --epochs 4 --precision float32 --seed 1"
    predictions = load_predictor(artifact).predict(printed_digits(20).glyphs)
    hits = [prediction.digit == place % 10 for place, prediction in enumerate(predictions)]
    assert sum(hits) > 10


def test_numpy_computes_in_what_it_has(mnist_dir, tmp_path):
    main(["numpy-mlp", "--epochs", "1", "--limit", "60", "--mnist-dir", str(mnist_dir), "--out", str(tmp_path)])

    assert read_artifact(tmp_path / "numpy_mlp-1").card["recipe"]["dtype"] == "float32"
    with pytest.raises(SystemExit):
        main(["numpy-mlp", "--precision", "mixed_bfloat16"])


def test_it_refuses_to_overwrite_before_any_work(train, folder, capsys, monkeypatch):
    folder.mkdir(parents=True)
    monkeypatch.setattr("training.fitting.fit", lambda *_: pytest.fail("it began to train"))

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

    monkeypatch.setattr("training.training_run.calibrate", interrupt)

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
