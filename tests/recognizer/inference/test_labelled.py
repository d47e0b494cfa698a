"""The file of labelled glyphs, and which of them are held out."""

import hashlib
import io

import numpy as np
import pytest

from recognizer.inference.labelled import LabelledFileError, is_held_out, layout, npy_header, read_labelled

ARRAYS = {
    "glyphs": np.arange(3 * 784, dtype=np.uint64).astype(np.uint8).reshape(3, 28, 28),
    "labels": np.array([7, 10, 0], np.uint8),
    "held_out": np.array([True, False, False]),
    "ids": np.array([4, 5, 9], np.int64),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "labels.npz"


def write(path, **changes) -> None:
    np.savez(path, **{name: array for name, array in (ARRAYS | changes).items() if array is not None})


# Reading


@pytest.mark.parametrize("savez", [np.savez, np.savez_compressed])
def test_what_was_written_is_read(path, savez):
    savez(path, **ARRAYS)

    labelled = read_labelled(path)

    assert len(labelled) == 3
    for name, array in ARRAYS.items():
        read = getattr(labelled, name)
        assert np.array_equal(read, array)
        assert read.dtype == array.dtype


def test_an_empty_file_holds_no_glyph(path):
    np.savez(path, **{name: array[:0] for name, array in ARRAYS.items()})

    assert len(read_labelled(path)) == 0


def test_a_missing_file_is_told_with_the_way_to_get_one(path):
    with pytest.raises(LabelledFileError, match=r"labels\.npz is not there\. Export it with .*export_labels"):
        read_labelled(path)


@pytest.mark.parametrize(
    "data", [b"", b"no zip at all", b"PK\x03\x04 and then nothing", npy_header((3,), np.uint8) + b"123"]
)
def test_what_is_no_such_file_is_told(path, data):
    path.write_bytes(data)

    with pytest.raises(LabelledFileError, match="no file of labelled glyphs"):
        read_labelled(path)


def test_a_file_that_is_cut_short_is_told(path):
    write(path)
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(LabelledFileError, match="no file of labelled glyphs"):
        read_labelled(path)


def test_a_damaged_file_is_told(path):
    write(path)
    data = bytearray(path.read_bytes())
    data[1000] ^= 255
    path.write_bytes(data)

    with pytest.raises(LabelledFileError, match="Export it again"):
        read_labelled(path)


@pytest.mark.parametrize("name", ARRAYS)
def test_a_missing_array_is_told(path, name):
    write(path, **{name: None})

    with pytest.raises(LabelledFileError, match=name):
        read_labelled(path)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("glyphs", ARRAYS["glyphs"][:2]),
        ("glyphs", ARRAYS["glyphs"].reshape(3, 784)),
        ("glyphs", ARRAYS["glyphs"].astype(np.float32)),
        ("labels", ARRAYS["labels"].astype(np.int64)),
        ("labels", ARRAYS["labels"][:, None]),
        ("held_out", ARRAYS["held_out"].astype(np.uint8)),
        ("held_out", ARRAYS["held_out"][:2]),
        ("ids", ARRAYS["ids"].astype(np.int32)),
        ("ids", ARRAYS["ids"][:1]),
    ],
)
def test_an_array_of_another_shape_or_type_is_told(path, name, array):
    write(path, **{name: array})

    with pytest.raises(LabelledFileError, match=rf"{name} is {array.dtype}.*Export it again"):
        read_labelled(path)


def test_an_array_without_a_dimension_is_told(path):
    write(path, labels=np.uint8(3))

    with pytest.raises(LabelledFileError, match="Export it again"):
        read_labelled(path)


def test_objects_are_never_unpickled(path):
    write(path, labels=np.array([7, 10, 0], object))

    with pytest.raises(LabelledFileError, match="no file of labelled glyphs"):
        read_labelled(path)


def test_a_label_that_is_none_is_told(path):
    write(path, labels=np.array([0, 11, 3], np.uint8))

    with pytest.raises(LabelledFileError, match="labels above 10"):
        read_labelled(path)


# Writing


@pytest.mark.parametrize("name", ARRAYS)
def test_a_header_and_the_bytes_of_an_array_are_an_npy_file(name):
    data = npy_header(*layout(3)[name]) + ARRAYS[name].tobytes()

    read = np.load(io.BytesIO(data), allow_pickle=False)

    assert np.array_equal(read, ARRAYS[name])
    assert read.dtype == ARRAYS[name].dtype


# Held out


@pytest.mark.parametrize(
    ("sha256", "expected"),
    [
        ("00000000" + "f" * 56, True),
        ("00000001" + "0" * 56, False),
        ("00000005" + "7" * 56, True),
        ("FFFFFFFF" + "0" * 56, True),
        ("fffffffe" + "0" * 56, False),
    ],
)
def test_the_side_of_a_picture_never_changes(sha256, expected):
    """These sides are for good: a picture that changes its side was learnt from before it is measured on."""
    assert is_held_out(sha256) is expected


def test_one_picture_in_five_is_held_out():
    hashes = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(20_000)]

    share = sum(map(is_held_out, hashes)) / len(hashes)

    assert 0.19 < share < 0.21
