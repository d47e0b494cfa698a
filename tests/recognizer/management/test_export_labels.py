"""`manage.py export_labels`."""

import csv
import io
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from recognizer.inference.labelled import read_labelled
from recognizer.learning.export_files import FORMATS
from recognizer.management.commands.export_labels import Command
from recognizer.models import Picture
from tests.recognizer.exported import make_labelled
from tests.recognizer.outages import raise_disk_full


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    """Run every command in a folder of its own."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def here(tmp_path):
    return tmp_path / "here"


def test_it_writes_what_a_training_reads(db, here, capsys):
    glyphs = [make_labelled(4), make_labelled(9)]
    make_labelled(may_train=False)

    call_command("export_labels")

    labelled = read_labelled(here / "labels.npz")
    assert labelled.ids.tolist() == [glyph.pk for glyph in glyphs]
    assert labelled.labels.tolist() == [4, 9]
    assert "Exported 2 labelled glyphs to labels.npz." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "file"),
    [("csv", "labels.csv"), ("idx", "labels-idx.zip"), ("npz", "labels.npz"), ("zip", "labels-png.zip")],
)
def test_every_format_has_a_file_of_its_own(db, here, name, file):
    make_labelled()

    call_command("export_labels", format=name)

    assert [path.name for path in here.iterdir()] == [file]


def test_it_writes_where_it_is_told_and_replaces_what_was_there(db, tmp_path):
    make_labelled(3)
    path = tmp_path / "mine.csv"
    path.write_text("old")

    call_command("export_labels", "--format", "csv", "--out", str(path))

    (row,) = csv.DictReader(io.StringIO(path.read_text(), newline=""))
    assert row["label"] == "3"


def test_a_deleted_picture_is_gone_from_the_next_file(db, here):
    make_labelled()
    call_command("export_labels")
    before = len(read_labelled(here / "labels.npz"))

    Picture.objects.all().delete()
    call_command("export_labels")

    assert (before, len(read_labelled(here / "labels.npz"))) == (1, 0)


@pytest.mark.parametrize("name", ["idx", "npz", "zip"])
def test_standard_output_gets_the_file_and_nothing_else(db, here, capsysbinary, name):
    make_labelled()

    call_command("export_labels", format=name, out="-")

    captured = capsysbinary.readouterr()
    assert ZipFile(io.BytesIO(captured.out)).testzip() is None
    assert captured.out.startswith(b"PK\x03\x04")
    assert b"Exported 1 labelled glyph to standard output." in captured.err
    assert list(here.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(db):
    with pytest.raises(CommandError, match=r"nowhere/x\.npz cannot be written .*--out"):
        call_command("export_labels", out="nowhere/x.npz")


def test_a_folder_is_no_file(db, tmp_path, here):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_labels", out=str(tmp_path))

    assert list(tmp_path.iterdir()) == [here]


def test_a_full_disk_is_told_and_the_old_file_is_left(db, here, monkeypatch):
    make_labelled()
    (here / "labels.npz").write_bytes(b"old")
    monkeypatch.setattr("recognizer.learning.export_files.os.fsync", raise_disk_full)

    with pytest.raises(CommandError, match="No space left"):
        call_command("export_labels")

    assert (here / "labels.npz").read_bytes() == b"old"
    assert len(list(here.iterdir())) == 1


def test_another_format_is_refused_with_those_that_there_are(db):
    with pytest.raises(CommandError, match="'csv', 'idx', 'npz', 'zip'"):
        call_command("export_labels", "--format", "xlsx")


def test_every_option_says_what_it_does():
    parser = Command().create_parser("manage.py", "export_labels")

    own = [action for action in parser._actions if action.dest in ("format", "out")]

    assert len(own) == 2
    assert all(action.help for action in own)
    assert all(name in parser.format_help() for name in FORMATS)
