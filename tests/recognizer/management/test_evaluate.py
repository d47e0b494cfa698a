"""`manage.py evaluate FOLDER`."""

import json
import re

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

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


def test_one_folder_a_class_is_as_good_as_a_list(tmp_path, network, capsys):
    for name, written in {"7": "7", "1": "1", "none": "7", "not_a_digit": "7"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.PNG").write_bytes(png_of(written))
    (tmp_path / "7" / "notes.txt").write_text("no picture")

    call_command("evaluate", str(tmp_path))

    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:3] == [tmp_path.name, "4", "25.0%"]
    kinds = lines[lines.index(next(line for line in lines if line.startswith("on the picture"))) + 1 :]
    assert kinds[0].split()[:4] == ["one", "digit", "2", "50.0%"]
    assert kinds[1].split()[:4] == ["no", "digit", "2", "0.0%"]


def test_a_list_of_pictures_in_class_folders_is_read_once(tmp_path, network, capsys):
    write_source(tmp_path / "7", {"7": "7"})
    (tmp_path / "7" / "labels.csv").rename(tmp_path / "labels.csv")
    (tmp_path / "labels.csv").write_text("\ufefflabel,filename\n7,7/0.png\n", encoding="utf-8")

    call_command("evaluate", str(tmp_path))

    assert [line.split()[1:3] for line in capsys.readouterr().out.splitlines()[1:2]] == [["1", "100.0%"]]


def test_the_surest_misses_are_named_first_and_what_was_refused_last(tmp_path, network, monkeypatch, capsys):
    def surer_the_more_ink(glyphs):
        return np.outer(45 * glyphs.mean((1, 2)), np.eye(11)[7]).astype(np.float32)

    monkeypatch.setattr(type(network), "__call__", lambda stub, glyphs: surer_the_more_ink(glyphs))
    write_source(tmp_path / "mine", {"broken": "5", "1": "1", "7": "7", "8": "8"})

    call_command("evaluate", str(tmp_path))

    out = capsys.readouterr().out.splitlines()
    eight, one, refused = (line.split() for line in out[out.index("surest misses") + 1 :])
    assert eight[:4] == ["8", "read", "as", "7"]
    assert "unsure" not in eight
    assert one[:4] == ["1", "read", "as", "7"]
    assert "unsure" in one
    assert refused[:5] == ["5", "read", "as", "none", "refused"]


# Which network reads


@pytest.fixture
def candidate(network, monkeypatch):
    """A candidate beside the active stub: it reads every mark as a sure 1."""
    written = ModelVersion.objects.create(kind="cnn", version="new", folder="new", sha256="1" * 64, state="candidate")
    ones = type(network)()
    ones.says(1)
    artifacts = {"new": (written.sha256, ones), "stub": ("0" * 64, network)}
    monkeypatch.setattr(
        registry,
        "read_artifact",
        lambda folder: type(
            "Artifact", (), {"sha256": artifacts[folder.name][0], "network": artifacts[folder.name][1]}
        ),
    )
    monkeypatch.setattr(registry, "load_predictor", lambda artifact: Predictor(artifact.network, 1.0, 0.9, 0.5))
    return written


def test_any_registered_version_can_read(tmp_path, candidate, capsys):
    write_source(tmp_path / "mine", {"1": "1"})

    for name, right in (("cnn@new", "100.0%"), ("cnn", "0.0%"), ("cnn@stub", "0.0%")):
        call_command("evaluate", str(tmp_path / "mine"), "--model", name)
        assert capsys.readouterr().out.splitlines()[1].split()[2] == right

    assert ModelVersion.objects.get(state="active").version == "stub"


@pytest.mark.parametrize(
    ("name", "told"), [("cnn@9", "Registered are: cnn@stub"), ("rnn", "Choose one of: cnn"), ("cnn@", "cnn@stub")]
)
def test_an_unknown_model_is_told_so(tmp_path, network, name, told):
    write_source(tmp_path / "mine", {"7": "7"})

    with pytest.raises(CommandError, match=told):
        call_command("evaluate", str(tmp_path / "mine"), "--model", name)


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


# Files


def test_json_tells_every_figure_and_every_reading(tmp_path, network, capsys):
    write_source(tmp_path / "ink", {"7": "7", "1": "1", "77": "77", "broken": "none"})

    call_command("evaluate", str(tmp_path), "--json")

    told = json.loads(capsys.readouterr().out)
    assert told["model"] == {"kind": "cnn", "version": "stub", "sha256": "0" * 64}
    assert told["sources"] == {"ink": told["all"]}
    assert {kind: (of["n"], of["right"]) for kind, of in told["kinds"].items()} == {
        "digit": (2, 1),
        "multi": (1, 1),
        "none": (1, 1),
    }
    assert told["kinds"]["digit"]["wrong_sure"] == 1
    assert told["expected_calibration_error"] == pytest.approx(0.5, abs=0.001)
    assert told["confusion"][1][7] == told["confusion"][7][7] == 1
    assert [(row["label"], row["read"], row["is_sure"], row["refused"]) for row in told["pictures"]] == [
        ("7", "7", True, None),
        ("1", "7", True, None),
        ("77", "77", True, None),
        ("none", "none", False, "unsupported_format"),
    ]


def test_json_goes_to_a_file_beside_the_report(tmp_path, network, capsys):
    write_source(tmp_path / "mine", {"7": "7"})

    call_command("evaluate", str(tmp_path / "mine"), "--json", str(tmp_path / "figures.json"))

    assert capsys.readouterr().out.startswith("source ")
    assert json.loads((tmp_path / "figures.json").read_text())["all"]["right"] == 1


def test_the_misses_become_a_picture(tmp_path, network):
    write_source(tmp_path / "mine", {"7": "7", "1": "1", "2": "2", "broken": "5"})

    for labels, name in (("mine", "misses.png"), ("right", "none.png")):
        if labels == "right":
            write_source(tmp_path / "right", {"7": "7"})
        call_command("evaluate", str(tmp_path / labels), "--sheet", str(tmp_path / name))

    misses, none = (Image.open(tmp_path / name).convert("L") for name in ("misses.png", "none.png"))
    assert misses.width == none.width
    assert misses.height > none.height + 200
    ink = [misses.crop((x, 100, x + 200, 260)).getextrema()[0] for x in (20, 230, 440)]
    assert ink[0] == ink[1] == 0  # a picture each, in ink
    assert ink[2] > 100  # what cannot be decoded is an empty frame


def test_the_misses_become_a_page_that_needs_no_other_file(tmp_path, network):
    write_source(tmp_path / "mine", {"7": "7", "1": "1", "broken": "5"})
    (tmp_path / "mine" / "<b>&.png").write_bytes(png_of("2"))
    (tmp_path / "mine" / "labels.csv").write_text("filename,label\n0.png,7\n1.png,1\n2.png,5\n<b>&.png,2\n")

    call_command("evaluate", str(tmp_path / "mine"), "--sheet", str(tmp_path / "misses.html"))

    page = (tmp_path / "misses.html").read_text()
    assert page.count("<li ") == 3
    assert "<script" not in page
    assert "<b>" not in page
    assert "mine/&lt;b&gt;&amp;.png" in page
    assert "3 of 4 pictures were read wrong, 2 of them though it was sure" in page
    assert set(re.findall(r'(?:src|href)="(data:[a-z/]+;base64,|.{0,20})', page)) == {
        "data:text/css;base64,",
        "data:image/png;base64,",
    }
    assert "<strong>1</strong>, read as <strong>7</strong>" in page
    assert "This file is not a PNG" in page


# What cannot be used


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ("filename,label\n0.png,12a\n", "line 2: “12a” is no label"),
        ("filename,label\n0.png,٣\n", "“٣” is no label"),
        ("filename,label\n0.png\n", "line 2: “” is no label"),
        ("filename,label\n0.png,7\ngone.png,7\n", "line 3: there is no picture “gone.png”"),
        ("filename,label\n,7\n", "there is no picture “”"),
        ("filename;label\n0.png;7\n", "no column “filename”. Its first line must be filename,label"),
        ("filename\n0.png\n", "no column “label”"),
        ("", "no column “filename”"),
        ("filename,label\n", "names no picture"),
        (b"filename,label\n0.png,\xff\n", "Save it as CSV in UTF-8"),
    ],
)
def test_a_list_that_is_not_as_it_must_be_is_told_so(tmp_path, network, labels, told):
    write_source(tmp_path / "mine", {"7": "7"})
    (tmp_path / "mine" / "labels.csv").write_bytes(labels if isinstance(labels, bytes) else labels.encode())

    with pytest.raises(CommandError, match=re.escape(told)):
        call_command("evaluate", str(tmp_path / "mine"))
    assert network.calls == 0


@pytest.mark.parametrize(
    ("folders", "told"),
    [
        ([], "There is no labels.csv"),
        (["some"], "There is no labels.csv"),
        (["7", "seven"], "seven is no class: the folders are named 0 to 9, none or not_a_digit"),
        (["7", ".git"], "There is no picture in the class folders"),
    ],
)
def test_a_folder_without_labels_is_told_so(tmp_path, network, folders, told):
    for folder in folders:
        (tmp_path / "mine" / folder).mkdir(parents=True)
    (tmp_path / "mine").mkdir(exist_ok=True)

    with pytest.raises(CommandError, match=re.escape(told)):
        call_command("evaluate", str(tmp_path / "mine"))


def test_a_folder_that_is_not_there_is_told_so(tmp_path, network):
    with pytest.raises(CommandError, match=r"There is no folder .*gone"):
        call_command("evaluate", str(tmp_path / "gone"))


@pytest.mark.parametrize(
    ("option", "name", "told"),
    [
        ("--sheet", "misses.jpg", "neither .png nor .html"),
        ("--sheet", "gone/misses.png", "a folder that is there"),
        ("--json", "gone/figures.json", "a folder that is there"),
        ("--json", ".", "a folder that is there"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_is_read(tmp_path, network, option, name, told):
    write_source(tmp_path / "mine", {"7": "7"})

    with pytest.raises(CommandError, match=told):
        call_command("evaluate", str(tmp_path / "mine"), option, str(tmp_path / name))
    assert network.calls == 0
