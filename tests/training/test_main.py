import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from recognizer.inference.artifacts import read_artifact
from recognizer.inference.loading import load_predictor
from tests.training.conftest import printed_digits
from training import mnist, networks
from training.__main__ import INGREDIENTS, KINDS, as_told, main, parser
from training.examples import Mixture
from training.typefaces import FontsMissingError


@pytest.fixture
def folder(tmp_path):
    """Where the artifact should be."""
    return tmp_path / "out" / "cnn-1"


@pytest.fixture
def train(mnist_dir, tmp_path):
    """Runs a tiny training and gives its exit code."""

    def run(*options):
        places = ["--mnist-dir", str(mnist_dir), "--out", str(tmp_path / "out")]
        return main(["cnn", "--epochs", "1", "--without", "fonts", *places, *options])

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
    assert artifact.model_path.stat().st_size < 2_000_000
    card = artifact.card
    assert (
        card["command"] == "python -m training cnn --epochs 1 --limit 250 --precision float32 --without fonts --seed 5"
    )
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
    options = ["--epochs", "4", "--precision", "float32", "--without", "fonts"]

    code = main([word, *options, "--mnist-dir", str(mnist_dir), "--out", str(tmp_path)])

    assert code == 0
    artifact = read_artifact(tmp_path / f"{kind}-1")
    assert (artifact.kind, artifact.model_path.name) == (kind, model_file)
    assert artifact.model_path.stat().st_size < 2_000_000
    assert artifact.card["model"]["parameters"] == parameters
    assert artifact.card["command"] == f"python -m training {word} {' '.join(options)} --seed 1"
    predictions = load_predictor(artifact).predict(printed_digits(20).glyphs)
    hits = [prediction.digit == place % 10 for place, prediction in enumerate(predictions)]
    assert sum(hits) > 10


def test_numpy_computes_in_what_it_has(mnist_dir, tmp_path):
    options = ["--epochs", "1", "--limit", "60", "--without", "fonts"]
    main(["numpy-mlp", *options, "--mnist-dir", str(mnist_dir), "--out", str(tmp_path)])

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


def test_an_interrupted_run_leaves_a_checkpoint_and_no_artifact(train, folder, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("training.training_run.calibrate", interrupt)
        code = train("--limit", "60")

    assert code == 130
    assert "--resume" in capsys.readouterr().err
    assert [path.name for path in folder.parent.iterdir()] == [".cnn-1.checkpoint"]

    assert train("--limit", "60") == 1
    assert "interrupted run" in capsys.readouterr().err
    assert train("--limit", "60", "--resume", "--seed", "2") == 1
    assert "seed 1 there, 2 here" in capsys.readouterr().err

    assert train("--limit", "60", "--resume") == 0
    assert "1 of 1 epochs are done" in capsys.readouterr().out
    assert [path.name for path in folder.parent.iterdir()] == ["cnn-1"]


PROGRAM = """
import json, sys
from training import mnist
mnist.CHECKSUMS = json.loads(sys.argv[1])
from training.__main__ import main
sys.exit(main(sys.argv[2:]))
"""
"""The command in a process of its own, for the MNIST that was made on the spot."""


@pytest.mark.parametrize(
    ("word", "options"),
    [("numpy-mlp", ["--epochs", "150"]), ("cnn", ["--epochs", "6", "--limit", "120", "--precision", "float32"])],
)
def test_a_run_killed_and_resumed_ends_as_one_that_was_not(mnist_dir, tmp_path, word, options):
    name = f"{word.replace('-', '_')}-1"

    def start(out: Path, *more: str) -> subprocess.Popen:
        arguments = [word, *options, "--without", "fonts", "--mnist-dir", str(mnist_dir), "--out", str(out), *more]
        program = [sys.executable, "-c", PROGRAM, json.dumps(mnist.CHECKSUMS), *arguments]
        return subprocess.Popen(program, stderr=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    killed = start(tmp_path / "killed")
    checkpoint = tmp_path / "killed" / f".{name}.checkpoint"
    patience = time.monotonic() + 60
    while not checkpoint.exists() and killed.poll() is None and time.monotonic() < patience:
        time.sleep(0.001)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert checkpoint.exists()
    assert not (tmp_path / "killed" / name).exists()

    resumed, whole = start(tmp_path / "killed", "--resume"), start(tmp_path / "whole")
    said, _ = resumed.communicate(timeout=120)
    whole.communicate(timeout=120)

    assert (resumed.returncode, whole.returncode) == (0, 0)
    assert "epochs are done" in said
    assert not said.startswith("0 of")
    assert "epoch 1:" not in said
    outcomes = [result_of(tmp_path / out / name) for out in ("killed", "whole")]
    assert outcomes[0] == outcomes[1]
    assert [path.name for path in (tmp_path / "killed").iterdir()] == [name]


def result_of(folder: Path) -> tuple[list[bytes], dict]:
    """Every bit of the weights, and the card without the times it tells."""
    artifact = read_artifact(folder)
    if artifact.model_path.suffix == ".npz":
        weights = list(np.load(artifact.model_path).values())
    else:
        import keras

        weights = keras.saving.load_model(artifact.model_path).get_weights()
    card = {**artifact.card, "created": None, "duration_seconds": None, "model": None}
    for record in card["figures"]["history"]:
        del record["seconds"]
    return [weight.tobytes() for weight in weights], card


@pytest.mark.parametrize("options", [["--limit", "10"], ["--epochs", "0"]])
def test_it_refuses_too_little_to_train_on(train, options, capsys):
    with pytest.raises(SystemExit):
        train(*options)

    assert "is the least" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "without"),
    [
        ("pages", {"pages": 0}),
        ("hands", {"hands": False}),
        ("fonts", {"fonts": False}),
        ("negatives", {"negatives_share": 0}),
    ],
)
def test_an_ingredient_left_out_is_out_of_the_mixture_and_nothing_else_is(word, without):
    recipe = as_told(parser().parse_args(["cnn", "--without", word])).recipe

    assert recipe.mixture == Mixture(**without)
    assert recipe.strength == KINDS["cnn"].recipe.strength


@pytest.mark.parametrize("kind", KINDS)
def test_all_may_be_left_out_of_any_kind(kind):
    recipe = as_told(parser().parse_args([kind, "--without", *INGREDIENTS])).recipe

    mixture = recipe.mixture
    assert (mixture.pages, mixture.hands, mixture.fonts, mixture.negatives_share) == (0, False, False, 0)
    strengths = [recipe.strength, *([recipe.last_strength] if kind != "numpy-mlp" else [])]
    assert not any(strengths)


def test_nothing_else_can_be_left_out(capsys):
    with pytest.raises(SystemExit):
        main(["cnn", "--without", "validation"])

    assert "invalid choice: 'validation'" in capsys.readouterr().err


def test_missing_fonts_are_said_with_both_remedies_before_any_work(mnist_dir, tmp_path, monkeypatch, capsys):
    def typefaces():
        raise FontsMissingError("A font is not installed. Run `make fonts`, or train --without fonts.")

    monkeypatch.setattr("training.sources.typefaces", typefaces)
    monkeypatch.setattr("training.sources.collect", lambda *_: pytest.fail("it began to draw pages"))

    code = main(["cnn", "--mnist-dir", str(mnist_dir), "--out", str(tmp_path / "out")])

    assert code == 1
    assert "--without fonts" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_was_left_out_is_said_by_the_card_and_never_learnt(mnist_dir, tmp_path):
    places = ["--mnist-dir", str(mnist_dir), "--out", str(tmp_path)]

    main(["numpy-mlp", "--epochs", "1", "--limit", "60", "--without", "negatives", "fonts", *places])

    artifact = read_artifact(tmp_path / "numpy_mlp-1")
    assert "--without negatives fonts --seed 1" in artifact.card["command"]
    assert artifact.card["recipe"]["mixture"]["negatives_share"] == 0
    assert artifact.card["data"]["fonts"] == []
    assert not any("negatives_recognised" in epoch for epoch in artifact.card["figures"]["history"])


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
