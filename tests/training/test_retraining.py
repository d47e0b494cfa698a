"""Learning from corrections by the command, from the file that the site exports to the card that it reads."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from recognizer.inference.artifacts import file_sha256, read_artifact
from tests import tiny_training
from tests.training.conftest import released
from tests.training.corrections import lying_digits, write_labelled
from training import examples, numpy_mlp
from training.progress import Progress

RELEASED = str(released("numpy_mlp"))


@pytest.fixture
def labels(tmp_path):
    """Fifty labelled glyphs of a new writer, ten of them held out."""
    return write_labelled(tmp_path / "labels.npz", lying_digits(50), np.arange(50) < 10)


@pytest.fixture
def retrain(tmp_path, labels):
    """Trains a tiny NumPy MLP on the corrections and gives its exit code."""

    def run(*options, corrections=labels, version="2"):
        given = ["--labels", str(corrections)] if corrections else []
        return tiny_training.main(
            ["numpy-mlp", "--out", str(tmp_path / "out"), "--version", version, *given, *map(str, options)]
        )

    return run


@pytest.fixture
def card(tmp_path):
    """Gives the card of what was trained."""
    return lambda version="2": read_artifact(tmp_path / "out" / f"numpy_mlp-{version}").card


def test_the_card_tells_what_was_learnt_from_and_begun_with(retrain, labels, card):
    assert retrain("--from", RELEASED) == 0

    told = card()["corrections"]
    parent = read_artifact(RELEASED)
    assert told["sha256"] == file_sha256(labels)
    assert (told["learnt"], told["held_out"], told["n"]) == (40, 10, 10)
    assert told["held_out_right_before"] < told["held_out_right"] <= 10
    of_parent = {"kind": "numpy_mlp", "version": parent.version, "sha256": parent.sha256}
    assert card()["parent"] == {**of_parent, "way_from_it": 1.0}
    assert card()["figures"]["mnist_test"]["n"] == 100
    assert card()["command"].endswith(f"--version 2 --labels labels.npz --from {parent.folder.name} --seed 1")
    assert "/tmp" not in json.dumps(card())


def test_without_a_parent_the_whole_recipe_learns_them(retrain, card):
    assert retrain() == 0

    assert "parent" not in card()
    assert card()["corrections"]["held_out_right_before"] is None
    assert len(card()["figures"]["history"]) == tiny_training.EPOCHS


def test_without_corrections_the_card_tells_of_none(retrain, card):
    assert retrain("--from", RELEASED, "--epochs", 1, corrections=None) == 0

    assert "corrections" not in card()
    assert card()["parent"]["version"] == read_artifact(RELEASED).version


def test_what_is_held_out_is_never_learnt_from_nor_calibrated_with(retrain, labels, monkeypatch):
    with np.load(labels) as file:
        held_out = {glyph.tobytes() for glyph in file["glyphs"][file["held_out"]]}
        learnt = {glyph.tobytes() for glyph in file["glyphs"][~file["held_out"]]} - held_out
    seen, judged = [], []

    def draw(*arguments):
        drawn = examples.draw_examples(*arguments)
        seen.extend(glyph.tobytes() for glyph in drawn.glyphs)
        return drawn

    def validate(*arguments):
        validation = examples.validation_set(*arguments)
        judged.extend(glyph.tobytes() for glyph in validation.glyphs)
        return validation

    monkeypatch.setattr(numpy_mlp, "draw_examples", draw)
    monkeypatch.setattr(numpy_mlp, "validation_set", validate)

    assert retrain("--from", RELEASED, "--without", "augmentation") == 0

    assert learnt <= set(seen)
    assert not held_out & set(seen)
    assert not (held_out | learnt) & set(judged)


def test_progress_is_told_from_the_pages_to_the_end(retrain, tmp_path, monkeypatch):
    told = []
    tell = Progress._tell
    path = tmp_path / "progress.json"

    def spy(progress, *arguments):
        tell(progress, *arguments)
        told.append(json.loads(path.read_text()))

    monkeypatch.setattr(Progress, "_tell", spy)

    assert retrain("--from", RELEASED, "--epochs", 2, "--progress", path) == 0

    steps = [each["step"] for each in told]
    assert steps == ["drawing pages", "epoch 1 of 2", "epoch 2 of 2", "calibrating", "writing", "finished"]
    shares = [each["progress"] for each in told]
    assert shares == sorted(shares)
    assert told[3]["figures"]["validation_accuracy"] > 0.5


def test_a_checkpoint_of_other_corrections_or_another_parent_is_refused(retrain, tmp_path, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    others = write_labelled(tmp_path / "others.npz", lying_digits(50, seed=3), np.arange(50) < 10)
    with monkeypatch.context() as patch:
        patch.setattr("training.training_run.calibrate", interrupt)
        assert retrain("--from", RELEASED) == 130

    assert retrain("--from", RELEASED, "--resume", corrections=others) == 1
    assert "corrections" in capsys.readouterr().err
    assert retrain("--epochs", 4, "--resume") == 1
    assert "parent" in capsys.readouterr().err
    assert retrain("--from", RELEASED, "--resume") == 0
    assert "4 of 4 epochs are done" in capsys.readouterr().out


def test_nothing_to_learn_from_is_said_before_any_work(retrain, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("training.training_run.gather", lambda *_: pytest.fail("it began to draw pages"))
    empty = write_labelled(tmp_path / "empty.npz", lying_digits(5), np.ones(5, bool))

    assert retrain(corrections=empty) == 1
    assert "held out" in capsys.readouterr().err
    assert retrain(corrections=tmp_path / "missing.npz") == 1
    assert "manage.py export_labels" in capsys.readouterr().err
    assert retrain("--from", str(released("mlp"))) == 1
    assert "is of kind mlp" in capsys.readouterr().err
    assert retrain("--progress", tmp_path / "no" / "folder.json") == 1
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_run_leaves_no_artifact_and_can_be_gone_on_with(tmp_path, labels, blow):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "tests.tiny_training", "numpy-mlp", "--labels", labels, "--from", RELEASED]
    command += ["--out", out, "--version", "2", "--epochs", "200"]
    killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    patience = time.monotonic() + 60
    while not (out / ".numpy_mlp-2.checkpoint").exists() and killed.poll() is None and time.monotonic() < patience:
        time.sleep(0.001)

    os.kill(killed.pid, blow)
    _, said = killed.communicate(timeout=60)

    assert killed.returncode == (130 if blow == signal.SIGTERM else -blow)
    assert ("--resume" in said) == (blow == signal.SIGTERM)
    assert list(out.glob("[!.]*")) == []
    resumed = subprocess.run([*command, "--resume"], capture_output=True, text=True, check=False, timeout=120)
    assert resumed.returncode == 0, resumed.stderr
    assert [path.name for path in out.iterdir()] == ["numpy_mlp-2"]
