"""`manage.py evaluate FOLDER`."""

import pytest
from django.core.management import CommandError, call_command

from recognizer import registry
from recognizer.inference.artifacts import read_artifact
from recognizer.inference.predictor import Predictor
from recognizer.models import ModelVersion, Picture
from tests.pictures import png_of
from tests.recognizer.artifacts import make_artifact


def write_source(folder, labels):
    """Write pictures of these digits; labels maps what is written on a picture to what its label says."""
    folder.mkdir(parents=True)
    rows = ["filename,label"]
    for place, (written, label) in enumerate(labels.items()):
        (folder / f"{place}.png").write_bytes(png_of(written) if written.isdigit() else written.encode())
        rows.append(f"{place}.png,{label}")
    (folder / "labels.csv").write_text("\n".join(rows))


def test_it_prints_what_was_read_right_and_what_surely_wrong(tmp_path, network, capsys):
    write_source(tmp_path / "mine", {"7": "7", "1": "1", "77": "77", "broken": "none"})

    call_command("evaluate", str(tmp_path / "mine"))

    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["mine", "4", "75.0%", "30.1–95.4", "75.0%", "25.0%"]
    assert lines[3].startswith("expected calibration error of 2 single digits: ")
    assert float(lines[3].split()[-1].rstrip("%")) == pytest.approx(50, abs=0.1)
    assert lines[5 + 1].split() == ["1", *"·······1···"]
    assert lines[5 + 7].split() == ["7", *"·······1···"]


def test_it_sums_up_several_sources(tmp_path, network, capsys):
    write_source(tmp_path / "ink", {"7": "7"})
    write_source(tmp_path / "pencil", {"1": "1"})

    call_command("evaluate", str(tmp_path))

    rows = {line.split()[0]: line.split()[1:3] for line in capsys.readouterr().out.splitlines()[1:4]}
    assert rows == {"ink": ["1", "100.0%"], "pencil": ["1", "0.0%"], "all": ["2", "50.0%"]}


def test_it_stores_nothing(tmp_path, network, settings):
    write_source(tmp_path / "mine", {"7": "7"})

    call_command("evaluate", str(tmp_path / "mine"))

    assert not Picture.objects.exists()
    assert not settings.MEDIA_ROOT.exists()


def test_a_folder_without_labels_is_told_so(tmp_path, network):
    with pytest.raises(CommandError, match=r"no labels\.csv"):
        call_command("evaluate", str(tmp_path))


def test_a_missing_picture_is_told_so(tmp_path, network):
    write_source(tmp_path / "mine", {"7": "7"})
    (tmp_path / "mine" / "0.png").unlink()

    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate", str(tmp_path / "mine"))


def test_a_network_that_cannot_read_is_told_so(tmp_path, db):
    write_source(tmp_path / "mine", {"7": "7"})

    with pytest.raises(CommandError, match="register_models"):
        call_command("evaluate", str(tmp_path / "mine"))


@pytest.fixture
def artifact(network, settings, monkeypatch):
    """The artifact that the stub network is said to come from."""
    monkeypatch.undo()
    monkeypatch.setattr(registry, "load_predictor", lambda artifact: Predictor(network, 1.0, 0.9, 0.5))
    written = read_artifact(make_artifact(settings.MODEL_ROOT))
    ModelVersion.objects.update(folder="cnn-1", version="1", sha256=written.sha256, card=written.card)
    return written


def test_it_keeps_the_figures_of_each_source_on_the_card(tmp_path, artifact):
    write_source(tmp_path / "ink", {"7": "7", "1": "1"})
    write_source(tmp_path / "letters", {"7": "none", "broken": "none"})

    call_command("evaluate", str(tmp_path), to_card=True)

    card = read_artifact(artifact.folder).card
    assert card == ModelVersion.objects.get().card
    assert card["figures"]["mnist_test"] == artifact.card["figures"]["mnist_test"]
    pictures = card["figures"]["pictures"]
    assert pictures["sources"] == {
        "ink": {"kind": "digit", "n": 2, "right": 1, "sure": 2, "wrong_sure": 1, "interval_95": [0.09453, 0.90547]},
        "letters": {"kind": "none", "n": 2, "right": 1, "sure": 1, "claims": 1, "interval_95": [0.09453, 0.90547]},
    }
    assert pictures["expected_calibration_error"] == pytest.approx(0.5, abs=0.001)
    assert pictures["measured_by"] == "python manage.py evaluate FOLDER --model cnn --to-card"


def test_a_card_that_cannot_be_written_is_told_so(tmp_path, artifact, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    write_source(tmp_path / "ink", {"7": "7"})
    monkeypatch.setattr("pathlib.Path.replace", refuse)

    with pytest.raises(CommandError, match=r"card\.json cannot be written \(Permission denied\)"):
        call_command("evaluate", str(tmp_path / "ink"), to_card=True)
    assert read_artifact(artifact.folder).card == artifact.card
    assert sorted(path.name for path in artifact.folder.iterdir()) == ["card.json", "model.keras"]
