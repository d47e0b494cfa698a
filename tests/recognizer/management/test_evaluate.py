"""`manage.py evaluate FOLDER`."""

import pytest
from django.core.management import CommandError, call_command

from recognizer.models import Picture
from tests.pictures import png_of


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
