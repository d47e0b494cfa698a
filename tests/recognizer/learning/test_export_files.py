"""Labelled glyphs as files, opened with what people open such files with."""

import csv
import gc
import hashlib
import io
import tracemalloc
import warnings
from collections.abc import Iterator
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from recognizer.inference.labelled import is_held_out, read_labelled
from recognizer.learning import exports, streamed_zip
from recognizer.learning.export_files import FORMATS, save
from recognizer.learning.exports import ExportedGlyph, exported_glyphs
from recognizer.learning.streamed_zip import PIECE_BYTES
from tests.recognizer.exported import LABELS, exported, make_labelled
from training.mnist import idx_array

GLYPHS = [exported(number, label=label) for number, label in enumerate(LABELS, 11)]
PIXELS = np.stack([np.frombuffer(glyph.pixels, np.uint8).reshape(28, 28) for glyph in GLYPHS])
HELD_OUT = [is_held_out(glyph.picture_sha256) for glyph in GLYPHS]


def file_of(name: str, glyphs=GLYPHS) -> io.BytesIO:
    return io.BytesIO(b"".join(FORMATS[name].pieces(glyphs)))


def table_of(data: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def many(count: int) -> Iterator[ExportedGlyph]:
    return (exported(number) for number in range(count))


def test_the_glyphs_of_these_tests_are_on_both_sides():
    assert set(HELD_OUT) == {True, False}


# CSV


def test_a_table_has_a_line_for_every_glyph():
    rows = table_of(file_of("csv").getvalue())

    assert [row["id"] for row in rows] == ["11", "12", "13", "14", "15", "16"]
    assert [row["label"] for row in rows] == ["3", "0", "not_a_digit", "9", "3", "1"]
    assert [row["held_out"] for row in rows] == [str(side).lower() for side in HELD_OUT]
    assert rows[0] == {
        "id": "11",
        "picture": str(GLYPHS[0].picture),
        "picture_sha256": GLYPHS[0].picture_sha256,
        "position": "0",
        "label": "3",
        "labelled_by": "ada",
        "labelled_at": "2026-03-04T05:06:07+00:00",
        "predicted": "7",
        "confidence": "0.9",
        "verdict": "digit",
        "model_kind": "cnn",
        "model_version": "2",
        "consent": "true",
        "held_out": str(HELD_OUT[0]).lower(),
    }


def test_what_is_not_known_is_empty_in_a_table():
    said_nothing = exported(1, labelled_by=None, digit=None, confidence=None, verdict=None)

    (row,) = table_of(file_of("csv", [said_nothing]).getvalue())

    assert [row[name] for name in ("labelled_by", "predicted", "confidence", "verdict")] == [""] * 4


def test_what_was_taken_for_no_digit_is_written_as_its_label_is():
    (row,) = table_of(file_of("csv", [exported(1, verdict="not_a_digit")]).getvalue())

    assert (row["predicted"], row["verdict"]) == ("not_a_digit", "not_a_digit")


def test_a_name_in_any_script_is_kept():
    (row,) = table_of(file_of("csv", [exported(1, labelled_by="Žofie, ③")]).getvalue())

    assert row["labelled_by"] == "Žofie, ③"


# IDX


def test_a_reader_of_mnist_reads_the_two_files():
    with ZipFile(file_of("idx")) as archive:
        images = idx_array(archive.read("train-images-idx3-ubyte"), "images")
        labels = idx_array(archive.read("train-labels-idx1-ubyte"), "labels")

    assert np.array_equal(images, PIXELS)
    assert labels.tolist() == [3, 0, 10, 9, 3, 1]


def test_the_files_for_mnist_tell_what_label_ten_is():
    with ZipFile(file_of("idx")) as archive:
        readme = archive.read("README.txt").decode()

    assert "6 labelled glyphs" in readme
    assert "10 for a mark that is not a digit" in readme
    assert "held out" in readme


# npz


def test_a_training_reads_the_arrays(tmp_path):
    save(FORMATS["npz"].pieces(GLYPHS), tmp_path / "labels.npz")

    labelled = read_labelled(tmp_path / "labels.npz")

    assert np.array_equal(labelled.glyphs, PIXELS)
    assert labelled.labels.tolist() == LABELS
    assert labelled.held_out.tolist() == HELD_OUT
    assert labelled.ids.tolist() == [11, 12, 13, 14, 15, 16]


def test_numpy_alone_reads_the_arrays():
    with np.load(file_of("npz"), allow_pickle=False) as arrays:
        assert set(arrays) == {"glyphs", "labels", "held_out", "ids"}
        assert np.array_equal(arrays["glyphs"], PIXELS)


# PNG files


def test_every_glyph_is_a_png_in_the_folder_of_its_label():
    with ZipFile(file_of("zip")) as archive:
        names = [name for name in archive.namelist() if name != "manifest.csv"]
        images = [np.asarray(Image.open(archive.open(name))) for name in names]

    assert names == [
        "glyphs/3/11.png",
        "glyphs/0/12.png",
        "glyphs/not_a_digit/13.png",
        "glyphs/9/14.png",
        "glyphs/3/15.png",
        "glyphs/1/16.png",
    ]
    assert np.array_equal(np.stack(images), PIXELS)


def test_the_manifest_names_every_file_with_its_checksum_and_all_that_the_table_tells():
    with ZipFile(file_of("zip")) as archive:
        rows = table_of(archive.read("manifest.csv"))
        checksums = [hashlib.sha256(archive.read(row["file"])).hexdigest() for row in rows]

    assert [row["sha256"] for row in rows] == checksums
    told = [{name: row[name] for name in row if name not in ("file", "sha256")} for row in rows]
    assert told == table_of(file_of("csv").getvalue())


# All of them


@pytest.mark.parametrize(("name", "members"), [("idx", 3), ("npz", 4), ("zip", 1501)])
def test_an_archive_of_many_pieces_is_sound(name, members):
    with ZipFile(file_of(name, many(1500))) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == members


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.filterwarnings("error")
def test_a_download_that_is_broken_off_leaves_nothing_open(name):
    with warnings.catch_warnings(action="ignore"):
        gc.collect()  # what earlier tests left is not this download's
    pieces = FORMATS[name].pieces(many(1500))
    next(pieces)

    pieces.close()
    gc.collect()


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_glyphs_make_the_same_file(name):
    assert file_of(name).getvalue() == file_of(name).getvalue()


@pytest.mark.parametrize("name", FORMATS)
def test_without_a_glyph_the_file_is_a_sound_and_empty_one(name, tmp_path):
    data = file_of(name, [])

    if name == "csv":
        assert table_of(data.getvalue()) == []
        return
    with ZipFile(data) as archive:
        match name:
            case "idx":
                assert idx_array(archive.read("train-images-idx3-ubyte"), "images").shape == (0, 28, 28)
            case "npz":
                (tmp_path / "empty.npz").write_bytes(data.getvalue())
                assert len(read_labelled(tmp_path / "empty.npz")) == 0
            case "zip":
                assert archive.namelist() == ["manifest.csv"]


@pytest.mark.parametrize("name", FORMATS)
def test_it_comes_in_pieces(name):
    pieces = list(FORMATS[name].pieces(many(1500)))

    assert len(pieces) > 2
    assert max(map(len, pieces)) < 4 * PIECE_BYTES


@pytest.mark.parametrize("name", FORMATS)
def test_its_memory_does_not_grow_with_the_glyphs(name, monkeypatch):
    monkeypatch.setattr(streamed_zip, "KEPT_IN_MEMORY_BYTES", 1 << 14)

    peaks = []
    for count in (300, 300, 3000):  # the first only warms up
        tracemalloc.start()
        for _ in FORMATS[name].pieces(many(count)):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[2] - peaks[1] < 200_000  # their pixels alone are 2,100,000 bytes more


def test_what_waits_in_a_file_comes_back_whole(monkeypatch):
    in_memory = {name: file_of(name).getvalue() for name in FORMATS}

    monkeypatch.setattr(streamed_zip, "KEPT_IN_MEMORY_BYTES", 1)

    assert {name: file_of(name).getvalue() for name in FORMATS} == in_memory


@pytest.mark.parametrize("name", FORMATS)
def test_a_picture_that_is_deleted_meanwhile_spoils_no_file(name, db, monkeypatch, tmp_path):
    monkeypatch.setattr(exports, "PAGE_SIZE", 2)
    rows = [make_labelled() for _ in range(5)]

    def deleting() -> Iterator[ExportedGlyph]:
        for number, glyph in enumerate(exported_glyphs()):
            if number == 1:
                rows[3].picture.delete()
            yield glyph

    data = file_of(name, deleting())

    left = [row.pk for row in (*rows[:3], rows[4])]
    match name:
        case "csv":
            assert [int(row["id"]) for row in table_of(data.getvalue())] == left
        case "idx":
            assert len(idx_array(ZipFile(data).read("train-images-idx3-ubyte"), "images")) == 4
        case "npz":
            (tmp_path / "labels.npz").write_bytes(data.getvalue())
            assert read_labelled(tmp_path / "labels.npz").ids.tolist() == left
        case "zip":
            assert [int(row["id"]) for row in table_of(ZipFile(data).read("manifest.csv"))] == left


@pytest.mark.parametrize("name", FORMATS)
def test_what_fails_at_once_fails_before_anything_is_sent(name):
    def failing() -> Iterator[ExportedGlyph]:
        raise OSError("The disk is full.")
        yield

    with pytest.raises(OSError, match="full"):
        FORMATS[name].start(failing())


@pytest.mark.parametrize("name", FORMATS)
def test_to_start_a_file_loses_nothing_of_it(name):
    glyphs = list(many(1500))

    assert b"".join(FORMATS[name].start(glyphs)) == file_of(name, glyphs).getvalue()


# On disk


def test_a_file_that_cannot_be_finished_leaves_the_old_one_and_nothing_else(tmp_path):
    path = tmp_path / "labels.npz"
    path.write_bytes(b"old")

    def failing() -> Iterator[bytes]:
        yield b"new"
        raise OSError("The disk is full.")

    with pytest.raises(OSError, match="full"):
        save(failing(), path)

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_replaces_the_old_one_and_is_for_its_owner_only(tmp_path):
    path = tmp_path / "labels.npz"
    path.write_bytes(b"old")

    save([b"new", b"er"], path)

    assert path.read_bytes() == b"newer"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
