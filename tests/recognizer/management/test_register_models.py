"""`manage.py register_models`."""

import io
import json
import shutil

import pytest
from django.core.management import call_command

from recognizer.models import ModelVersion
from tests.recognizer.artifacts import make_artifact


@pytest.fixture
def released(settings, tmp_path, db):
    """Stand in for the released models."""
    settings.RELEASED_MODEL_ROOT = tmp_path / "released"
    return settings.RELEASED_MODEL_ROOT


@pytest.fixture
def trained(settings):
    return settings.MODEL_ROOT


def register() -> tuple[str, str]:
    """Run the command; return what it says and what it warns of."""
    out, err = io.StringIO(), io.StringIO()
    call_command("register_models", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def states() -> dict[str, str]:
    return {str(version): version.state for version in ModelVersion.objects.all()}


def test_it_registers_and_activates_the_released_models(released):
    make_artifact(released, "cnn", "1")
    make_artifact(released, "mlp", "1")

    out, err = register()

    assert states() == {"cnn 1": "active", "mlp 1": "active"}
    assert "Registered cnn 1." in out
    assert "cnn 1 is now active." in out
    assert err == ""


def test_it_keeps_folder_checksum_and_card(released):
    folder = make_artifact(released, "cnn", "1", folder="best")

    register()

    version = ModelVersion.objects.get()
    assert version.folder == "best"
    assert version.sha256 == version.card["model"]["sha256"]
    assert version.card["figures"] == {"mnist_test": {"accuracy": 0.99}}
    assert folder.name == version.folder


def test_a_second_run_changes_nothing(released):
    make_artifact(released)
    register()
    before = list(ModelVersion.objects.values())

    assert register() == ("", "")
    assert list(ModelVersion.objects.values()) == before


def test_the_card_of_a_known_version_is_read_anew(released):
    card_path = make_artifact(released) / "card.json"
    register()
    before = ModelVersion.objects.values("pk", "kind", "version", "folder", "sha256", "state").get()
    card = json.loads(card_path.read_text())
    card["figures"]["pictures"] = {"n": 12}
    card_path.write_text(json.dumps(card))

    assert register() == ("", "")

    version = ModelVersion.objects.filter(**before).get()
    assert version.card["figures"] == {"mnist_test": {"accuracy": 0.99}, "pictures": {"n": 12}}


def test_what_was_trained_is_a_candidate(released, trained):
    make_artifact(released, "cnn", "1")
    make_artifact(trained, "cnn", "2")
    make_artifact(trained, "mlp", "1")

    register()

    assert states() == {"cnn 1": "active", "cnn 2": "candidate", "mlp 1": "candidate"}


def test_a_newer_release_takes_over_from_a_released_version(released):
    make_artifact(released, "cnn", "1")
    register()
    make_artifact(released, "cnn", "2")

    register()

    assert states() == {"cnn 1": "retired", "cnn 2": "active"}


def test_a_newer_release_takes_over_from_a_released_version_that_is_no_longer_there(released):
    make_artifact(released, "cnn", "1")
    register()
    shutil.rmtree(released / "cnn-1")
    make_artifact(released, "cnn", "2")

    register()

    assert states() == {"cnn 1": "retired", "cnn 2": "active"}


def test_a_version_s_parent_is_found_by_its_checksum(released, trained):
    make_artifact(released, "cnn", "1")
    register()
    parent = ModelVersion.objects.get()
    folder = make_artifact(trained, "cnn", "own")
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | {"parent": {"kind": "cnn", "sha256": parent.sha256}}))

    register()

    assert ModelVersion.objects.get(version="own").parent == parent


def test_a_newer_release_does_not_take_over_from_one_that_was_trained(released, trained):
    make_artifact(released, "cnn", "1")
    make_artifact(trained, "cnn", "own")
    register()
    ModelVersion.objects.get(version="own").activate()
    make_artifact(released, "cnn", "2")

    register()

    assert states() == {"cnn 1": "retired", "cnn own": "active", "cnn 2": "candidate"}


def test_a_rollback_is_not_undone_by_the_next_start(released):
    make_artifact(released, "cnn", "1")
    make_artifact(released, "cnn", "2")
    register()
    ModelVersion.objects.get(version="1").activate()

    register()

    assert states() == {"cnn 1": "active", "cnn 2": "retired"}


@pytest.mark.parametrize(
    ("spoil", "warning"),
    [
        (lambda folder: (folder / "card.json").unlink(), "card.json"),
        (lambda folder: (folder / "card.json").write_text("{"), "card.json"),
        (lambda folder: (folder / "model.keras").unlink(), "model.keras"),
        (lambda folder: (folder / "model.keras").write_bytes(b"else"), "model.keras"),
    ],
)
def test_a_broken_artifact_is_left_out_and_told(released, spoil, warning):
    spoil(make_artifact(released, "cnn", "1"))
    make_artifact(released, "mlp", "1")

    _, err = register()

    assert states() == {"mlp 1": "active"}
    assert "Left out cnn-1" in err
    assert warning in err


def test_a_kind_that_the_site_does_not_know_is_left_out_and_told(released):
    make_artifact(released, "oracle", "1")
    make_artifact(released, "zzz", "1")
    make_artifact(released, "cnn", "1")

    _, err = register()

    assert states() == {"cnn 1": "active"}
    assert "Left out oracle-1: “oracle” is no kind" in err


def test_another_file_under_a_registered_version_is_left_out_and_told(released, trained):
    make_artifact(released, "cnn", "1")
    register()
    registered = ModelVersion.objects.values("sha256", "card").get()
    make_artifact(trained, "cnn", "1", folder="again")

    _, err = register()

    assert "registered already, with another file" in err
    assert ModelVersion.objects.values("sha256", "card").get() == registered


def test_folders_that_are_not_there_are_no_fault(released, trained):
    assert register() == ("", "")


def test_the_released_models_are_registered_and_active(real_network):
    assert real_network.kind == "cnn"
    assert real_network.state == "active"
    assert real_network.card["figures"]
