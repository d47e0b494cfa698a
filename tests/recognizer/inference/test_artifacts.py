import copy
import json
from pathlib import Path

import pytest

from recognizer.inference.artifacts import (
    REQUIRED,
    ArtifactError,
    ArtifactExistsError,
    ArtifactMissingError,
    CardError,
    ChecksumError,
    add_figures,
    read_artifact,
    write_artifact,
)

CARD = {
    "format": 1,
    "kind": "cnn",
    "version": "7",
    "created": "2026-01-02T03:04:05+00:00",
    "preprocessing": 1,
    "classes": [*map(str, range(10)), "not_a_digit"],
    "model": {"file": "model.keras", "parameters": 3},
    "calibration": {"temperature": 0.8},
    "thresholds": {"sure": 0.9, "not_a_digit": 0.5},
    "figures": {"mnist_test": {"accuracy": 0.99}},
}


def save_weights(path):
    path.write_bytes(b"weights")


def change_card(folder, change):
    path = folder / "card.json"
    card = json.loads(path.read_text())
    change(card)
    path.write_text(json.dumps(card))


@pytest.fixture
def folder(tmp_path):
    return write_artifact(tmp_path / "models" / "cnn-7", CARD, save_weights).folder


def test_what_was_written_is_read_again(folder):
    artifact = read_artifact(folder)

    assert (artifact.kind, artifact.version, artifact.preprocessing) == ("cnn", "7", 1)
    assert (artifact.temperature, artifact.sure_threshold, artifact.not_a_digit_threshold) == (0.8, 0.9, 0.5)
    assert artifact.classes[10] == "not_a_digit"
    assert artifact.model_path.read_bytes() == b"weights"


def test_the_card_gains_checksum_and_size(folder):
    artifact = read_artifact(folder)

    assert artifact.sha256 == "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c"
    assert artifact.card["model"]["bytes"] == 7


def test_the_folder_can_be_read_by_others(folder):
    assert folder.stat().st_mode & 0o777 == 0o755


def test_the_given_card_stays_as_it_was(tmp_path):
    before = copy.deepcopy(CARD)

    write_artifact(tmp_path / "cnn-7", CARD, save_weights)

    assert before == CARD


def test_a_failing_save_leaves_nothing(tmp_path):
    def fail(path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_artifact(tmp_path / "cnn-7", CARD, fail)

    assert list(tmp_path.iterdir()) == []


def test_a_card_that_lacks_something_is_not_written(tmp_path):
    card = {key: value for key, value in CARD.items() if key != "figures"}

    with pytest.raises(CardError, match="figures"):
        write_artifact(tmp_path / "cnn-7", card, save_weights)

    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_never_overwritten(folder):
    with pytest.raises(ArtifactExistsError, match="--version"):
        write_artifact(folder, CARD, lambda path: path.write_bytes(b"other"))

    assert read_artifact(folder).model_path.read_bytes() == b"weights"
    assert [path.name for path in folder.parent.iterdir()] == ["cnn-7"]


def test_a_folder_that_appears_meanwhile_is_not_overwritten(tmp_path):
    def save_while_another_finishes(path):
        save_weights(path)
        (tmp_path / "cnn-7").mkdir()

    with pytest.raises(ArtifactExistsError):
        write_artifact(tmp_path / "cnn-7", CARD, save_while_another_finishes)

    assert [path.name for path in tmp_path.iterdir()] == ["cnn-7"]


def test_figures_are_added_and_the_rest_of_the_card_stays(folder):
    before = read_artifact(folder)

    richer = add_figures(before, {"pictures": {"n": 12}})

    assert richer == read_artifact(folder)
    assert richer.card["figures"] == {"mnist_test": {"accuracy": 0.99}, "pictures": {"n": 12}}
    assert {**richer.card, "figures": None} == {**before.card, "figures": None}
    assert before.card["figures"] == {"mnist_test": {"accuracy": 0.99}}
    assert sorted(path.name for path in folder.iterdir()) == ["card.json", "model.keras"]


def test_figures_of_the_same_name_are_replaced(folder):
    artifact = add_figures(read_artifact(folder), {"pictures": {"n": 12, "right": 3}})

    add_figures(artifact, {"pictures": {"n": 13}})

    assert read_artifact(folder).card["figures"]["pictures"] == {"n": 13}


@pytest.mark.parametrize("step", ["write_text", "replace"])
def test_a_card_that_cannot_be_written_stays_as_it_was(folder, monkeypatch, step):
    artifact, before = read_artifact(folder), (folder / "card.json").read_bytes()

    def fail(path, *_, **__):
        path.write_bytes(b"{")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, step, fail)

    with pytest.raises(ArtifactError, match=r"card\.json cannot be written \(No space"):
        add_figures(artifact, {"pictures": {"n": 12}})
    assert (folder / "card.json").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["card.json", "model.keras"]


def test_an_altered_model_file_is_refused(folder):
    (folder / "model.keras").write_bytes(b"weightz")

    with pytest.raises(ChecksumError, match="SHA-256"):
        read_artifact(folder)


def test_a_missing_model_file_is_refused(folder):
    (folder / "model.keras").unlink()

    with pytest.raises(ArtifactMissingError, match=r"model\.keras"):
        read_artifact(folder)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(ArtifactMissingError, match="Train a model"):
        read_artifact(tmp_path / "nothing")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"\xff\xfe\x00", b'"card"'])
def test_what_is_no_card_is_refused(folder, content):
    (folder / "card.json").write_bytes(content)

    with pytest.raises(CardError):
        read_artifact(folder)


@pytest.mark.parametrize("key", REQUIRED)
@pytest.mark.parametrize("value", [None, True, ["wrong"]])
def test_every_required_key_is_checked(folder, key, value):
    *parents, last = key.split(".")

    def spoil(card):
        for parent in parents:
            card = card[parent]
        card[last] = value if not (isinstance(value, list) and last == "classes") else "wrong"

    change_card(folder, spoil)

    with pytest.raises(CardError, match=key):
        read_artifact(folder)


def test_an_unknown_format_is_refused(folder):
    change_card(folder, lambda card: card.update(format=2))

    with pytest.raises(CardError, match="format 2"):
        read_artifact(folder)


@pytest.mark.parametrize("name", ["../model.keras", "/etc/passwd", "", "..", "a/b"])
def test_a_model_file_outside_the_folder_is_refused(folder, name):
    change_card(folder, lambda card: card["model"].update(file=name))

    with pytest.raises(CardError, match="outside"):
        read_artifact(folder)


@pytest.mark.parametrize("temperature", [0, -1.0, float("nan")])
def test_a_temperature_that_is_none_is_refused(folder, temperature):
    change_card(folder, lambda card: card["calibration"].update(temperature=temperature))

    with pytest.raises(CardError, match="above 0"):
        read_artifact(folder)


def test_whole_numbers_pass_for_thresholds(folder):
    change_card(folder, lambda card: card["thresholds"].update(sure=1))

    assert read_artifact(folder).sure_threshold == 1.0


def test_all_errors_are_artifact_errors():
    assert all(
        issubclass(error, ArtifactError)
        for error in (ArtifactExistsError, ArtifactMissingError, CardError, ChecksumError)
    )
