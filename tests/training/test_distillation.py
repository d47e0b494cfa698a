import numpy as np
import pytest

from recognizer.inference.artifacts import ArtifactError, read_artifact
from recognizer.inference.loading import load_predictor
from tests.recognizer.artifacts import make_artifact
from tests.training.conftest import printed_digits, released
from training import distillation
from training.__main__ import KINDS, main, parser
from training.distillation import read_teachers
from training.examples import Mixture, Sources
from training.fitting import Recipe, targets_of, train_network
from training.networks import build_mlp

KINDS_OF_NETWORKS = KINDS.values()


@pytest.fixture
def teachers():
    return read_teachers([released("cnn"), released("numpy_mlp")], KINDS_OF_NETWORKS)


def test_teachers_say_the_mean_of_what_each_says(teachers, monkeypatch):
    monkeypatch.setattr(distillation, "AT_ONCE", 7)
    glyphs = printed_digits(20).glyphs

    said = teachers.answers(glyphs)

    each = [
        load_predictor(read_artifact(released(kind))).logits(glyphs / np.float32(255)) for kind in ("cnn", "numpy_mlp")
    ]
    odds = [np.exp(logits.astype(np.float64)) for logits in each]
    np.testing.assert_allclose(said, sum(one / one.sum(1, keepdims=True) for one in odds) / 2, atol=1e-4)
    assert said.dtype == np.float32


def test_what_is_to_be_answered_is_the_label_and_for_a_share_what_teachers_say():
    digits = printed_digits(3)
    nines = np.eye(11, dtype=np.float32)[[9, 9, 9]]
    recipe = Recipe(label_smoothing=0.11, teachers_share=0.75)

    alone, taught = targets_of(digits, recipe), targets_of(digits, recipe, lambda glyphs: nines)

    np.testing.assert_allclose(alone[1], [0.01, 0.9, *[0.01] * 9], atol=1e-6)
    np.testing.assert_allclose(taught[1], [0.0025, 0.225, *[0.0025] * 7, 0.7525, 0.0025], atol=1e-6)


def test_a_network_learns_what_its_teachers_say_where_labels_say_otherwise():
    digits = printed_digits(200)
    next_digit = np.eye(11, dtype=np.float32)[[*range(1, 10), 0]]
    said = {glyph.tobytes(): next_digit[label] for glyph, label in zip(digits.glyphs, digits.labels, strict=True)}
    recipe = Recipe(
        epochs=12, batch_size=16, strength=0, last_strength=0, teachers_share=0.8, mixture=Mixture(negatives_share=0)
    )

    network = train_network(
        build_mlp,
        Sources(digits),
        Sources(digits),
        recipe,
        1,
        teach=lambda glyphs: np.array([said[glyph.tobytes()] for glyph in glyphs]),
    )

    assert (network.logits(digits.glyphs).argmax(1) == (digits.labels + 1) % 10).mean() > 0.95


def test_a_network_taught_tells_by_whom_and_how(mnist_dir, tmp_path):
    teachers = [released("cnn"), released("numpy_mlp")]
    options = ["--epochs", "1", "--precision", "float32", "--without", "fonts", "--seed", "3"]
    folders = [str(folder) for folder in teachers]

    code = main(["mlp", *options, "--mnist-dir", str(mnist_dir), "--out", str(tmp_path), "--teachers", *folders])

    assert code == 0
    card = read_artifact(tmp_path / "mlp-1").card
    assert [(one["kind"], one["version"]) for one in card["teachers"]] == [
        tuple(folder.name.rsplit("-", 1)) for folder in teachers
    ]
    assert [one["sha256"] for one in card["teachers"]] == [read_artifact(folder).sha256 for folder in teachers]
    assert card["recipe"]["teachers_share"] == 0.75
    assert [one["split_seed"] for one in card["teachers"]] == [1, 1]
    assert card["data"]["split_seed"] == 1
    assert "parent" not in card
    names = " ".join(folder.name for folder in teachers)
    told = f"--epochs 1 --precision float32 --teachers {names} --without fonts --seed 3"
    assert card["command"] == f"python -m training mlp {told}"


def test_a_network_may_begin_with_another_and_be_taught(mnist_dir, tmp_path):
    parent = str(released("mlp"))
    options = ["--epochs", "1", "--limit", "60", "--precision", "float32", "--without", "fonts", "--from", parent]
    places = ["--mnist-dir", str(mnist_dir), "--out", str(tmp_path)]

    assert main(["mlp", *options, *places, "--teachers", str(released("numpy_mlp"))]) == 0

    card = read_artifact(tmp_path / "mlp-1").card
    assert card["parent"]["sha256"] == read_artifact(released("mlp")).sha256
    assert [one["kind"] for one in card["teachers"]] == ["numpy_mlp"]
    assert card["recipe"]["learning_rate"] == KINDS["mlp"].distillation.learning_rate


def test_a_run_with_teachers_is_not_gone_on_with_by_others(mnist_dir, tmp_path, capsys, monkeypatch):
    def run(teacher, *options):
        places = ["--mnist-dir", str(mnist_dir), "--out", str(tmp_path)]
        recipe = ["--epochs", "1", "--limit", "60", "--without", "fonts", "--precision", "float32"]
        return main(["mlp", *recipe, *places, "--teachers", str(released(teacher)), *options])

    with monkeypatch.context() as patch:
        patch.setattr("training.training_run.calibrate", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert run("numpy_mlp") == 130

    assert run("mlp", "--resume") == 1
    assert "teachers" in capsys.readouterr().err
    assert run("numpy_mlp", "--resume") == 0


def test_labels_of_people_are_not_outvoted_by_networks(capsys):
    with pytest.raises(SystemExit):
        main(["cnn", "--teachers", str(released("cnn")), "--labels", "labels.npz"])

    assert "give one of them" in capsys.readouterr().err


def test_the_network_written_from_scratch_has_no_teachers(capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["numpy-mlp", "--teachers", str(released("cnn"))])

    assert "--teachers" in capsys.readouterr().err


def test_a_teacher_that_cannot_be_read_is_told(tmp_path, capsys):
    with pytest.raises(ArtifactError, match="holds no such network"):
        read_teachers([released("mlp"), make_artifact(tmp_path / "1")], KINDS_OF_NETWORKS)
    with pytest.raises(ArtifactError, match="is of kind oracle, which cannot teach"):
        read_teachers([make_artifact(tmp_path / "2", kind="oracle")], KINDS_OF_NETWORKS)

    assert main(["mlp", "--teachers", str(tmp_path / "none")]) == 1
    assert "none" in capsys.readouterr().err
