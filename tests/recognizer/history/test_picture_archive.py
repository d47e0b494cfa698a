"""One's own pictures as a zip."""

import csv
import io
import zipfile

import pytest

from recognizer.history import picture_archive
from recognizer.history.picture_archive import archive_pieces
from recognizer.models import Picture
from recognizer.recognition import recognize
from recognizer.tables import safe_text
from tests.pictures import png_of
from tests.recognizer.rows import make_picture, make_version


def opened(pictures) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(archive_pieces(pictures))))
    assert archive.testzip() is None
    return archive


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))


def test_it_holds_the_stored_files_and_what_was_read_and_said(network, visitor):
    network.says(4, runner_up=9)
    picture = recognize(png_of("4"), owner=visitor, source="upload", name="four.png", may_train=True)
    picture.glyphs.get().set_label(9, owner=visitor, where="page")

    archive = opened(Picture.objects.owned_by(visitor))

    (row,) = table(archive, "pictures.csv")
    (mark,) = table(archive, "marks.csv")
    with picture.image.open() as file:
        assert archive.read(row["file"]) == file.read()
    assert (row["id"], row["name"], row["source"]) == (str(picture.pk), "four.png", "upload")
    assert (row["reading"], row["corrected_reading"], row["may_train"]) == ("4", "9", "true")
    assert row["created"] == picture.created.isoformat()
    assert (mark["picture"], mark["label"], mark["verdict"], mark["digit"]) == (str(picture.pk), "9", "unsure", "4")
    assert sum(float(mark[f"probability_{digit}"]) for digit in range(10)) == pytest.approx(1, abs=1e-5)


def test_a_picture_whose_file_is_lost_is_told_and_stops_nothing(network, visitor):
    lost, kept = (recognize(png_of("7"), owner=visitor, source="draw") for _ in range(2))
    lost.image.storage.delete(lost.image.name)

    archive = opened(Picture.objects.owned_by(visitor))

    files = {row["id"]: row["file"] for row in table(archive, "pictures.csv")}
    assert files[str(lost.pk)] == ""
    assert files[str(kept.pk)] in archive.namelist()


def test_more_than_are_fetched_at_once_are_all_there_once(db, visitor, monkeypatch):
    monkeypatch.setattr(picture_archive, "AT_ONCE", 2)
    version = make_version()
    pictures = [make_picture(version, visitor, "12") for _ in range(5)]

    archive = opened(Picture.objects.owned_by(visitor))

    assert sorted(row["id"] for row in table(archive, "pictures.csv")) == sorted(str(p.pk) for p in pictures)
    assert len(table(archive, "marks.csv")) == 10


def test_without_pictures_it_is_a_whole_zip_all_the_same(db):
    archive = opened(Picture.objects.none())

    assert archive.namelist() == ["pictures.csv", "marks.csv"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_spreadsheet_calculates_a_file_name(db, visitor, name):
    make_picture(make_version(), visitor, name=name)

    (row,) = table(opened(Picture.objects.owned_by(visitor)), "pictures.csv")

    assert row["name"] == "'" + name


def test_any_other_name_stays_as_it_is():
    assert safe_text("seven=7.png") == "seven=7.png"
