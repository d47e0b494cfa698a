import errno
from dataclasses import replace

import numpy as np
import pytest

from tests.training.conftest import printed_digits
from training.checkpoints import Checkpoint, CheckpointError, describe_run, read_checkpoint, refuse_checkpoint
from training.examples import Sources
from training.mnist import Examples

RECIPE = {"epochs": 4, "learning_rate": 0.1, "mixture": {"pages": 2, "fonts": True}}
HISTORY = [{"loss": 0.1 + 0.2, "seconds": 1.5}]


@pytest.fixture
def sources(digits):
    return Sources(digits, digits.take(slice(9)))


@pytest.fixture
def state():
    return {"network": [np.float32([1.5, -0.1]), np.uint32([[7, 8]])], "optimizer": [np.zeros((2, 0), np.int64)]}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out" / ".cnn-1.checkpoint"


@pytest.fixture
def run(sources):
    return describe_run("cnn", RECIPE, 1, sources, sources)


@pytest.fixture
def kept(path, run, state):
    """A file that a run left behind a minute after its beginning."""
    checkpoint = Checkpoint(path, run, seconds_before=60)
    checkpoint.keep(state, HISTORY)
    return checkpoint


def test_what_is_kept_is_read_bit_for_bit(kept, path, run, state):
    checkpoint = read_checkpoint(path, run)

    assert checkpoint.history == HISTORY
    for name, arrays in checkpoint.state_like(state).items():
        for array, expected in zip(arrays, state[name], strict=True):
            np.testing.assert_array_equal(array, expected, strict=True)


def test_the_time_before_the_interruption_counts(kept, path, run):
    assert 60 < read_checkpoint(path, run).seconds() < 70


def test_without_a_file_a_run_begins_at_the_beginning(path, run):
    checkpoint = read_checkpoint(path, run)

    assert (checkpoint.state, checkpoint.history) == ({}, [])
    assert checkpoint.seconds() < 10
    assert not path.parent.exists()


def test_a_file_in_the_way_is_not_written_over(kept, path):
    with pytest.raises(CheckpointError, match=r"\.cnn-1\.checkpoint is of an interrupted run.*--resume.*remove"):
        refuse_checkpoint(path)


@pytest.mark.parametrize(
    ("kind", "recipe", "seed", "differs"),
    [
        ("mlp", {}, 1, "kind cnn there, mlp here"),
        ("cnn", {"epochs": 9}, 1, "epochs 4 there, 9 here"),
        ("cnn", {}, 2, "seed 1 there, 2 here"),
        ("cnn", {"momentum": 0.9}, 1, "momentum None there, 0.9 here"),
        ("cnn", {"mixture": {"pages": 2, "fonts": False}}, 1, "mixture fonts True there, False here"),
    ],
)
def test_another_run_is_refused_by_what_differs(kept, path, sources, kind, recipe, seed, differs):
    other = describe_run(kind, {**RECIPE, **recipe}, seed, sources, sources)

    with pytest.raises(CheckpointError, match=rf"of another run: {differs}\. Go on with the options"):
        read_checkpoint(path, other)


@pytest.mark.parametrize("part", ["digits", "page_glyphs"])
def test_other_data_are_refused(kept, path, sources, part):
    examples = getattr(sources, part)
    glyphs = examples.glyphs.copy()
    glyphs[3, 14, 14] ^= 1
    changed = replace(sources, **{part: Examples(glyphs, examples.labels)})
    other = describe_run("cnn", RECIPE, 1, changed, sources)

    with pytest.raises(CheckpointError, match=r"another run: data \w{16} there, \w{16} here\."):
        read_checkpoint(path, other)


@pytest.mark.parametrize(
    ("begun_with", "differs"),
    [
        ({}, "corrections aaaaaaaaaaaaaaaa there, None here"),
        ({"corrections": "b" * 64}, "corrections a{16} there, b{16} here"),
        ({"corrections": "a" * 64, "parent": "c" * 64}, "parent None there, c{16} here"),
    ],
)
def test_other_corrections_and_another_parent_are_refused(path, sources, state, begun_with, differs):
    Checkpoint(path, describe_run("cnn", RECIPE, 1, sources, sources, corrections="a" * 64)).keep(state, HISTORY)
    other = describe_run("cnn", RECIPE, 1, sources, sources, **begun_with)

    with pytest.raises(CheckpointError, match=rf"of another run: {differs}\."):
        read_checkpoint(path, other)


def test_what_is_kept_is_told(path, run, state):
    told = []
    checkpoint = Checkpoint(path, run, told=told.append)

    checkpoint.keep(state, HISTORY)

    assert told == [HISTORY]


def test_another_format_is_refused(kept, path, sources, monkeypatch):
    monkeypatch.setattr("training.checkpoints.FORMAT", 0)
    other = describe_run("cnn", RECIPE, 1, sources, sources)

    with pytest.raises(CheckpointError, match="checkpoint format 1 there, 0 here"):
        read_checkpoint(path, other)


def test_what_json_cannot_tell_apart_is_the_same_run(path, sources, state):
    first, again = (describe_run("cnn", {"hidden": hidden}, 1, sources, sources) for hidden in ((8, 4), [8, 4]))
    Checkpoint(path, first).keep(state, HISTORY)

    assert read_checkpoint(path, again).history == HISTORY


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_a_damaged_file_is_refused(kept, path, run, damage):
    data = bytearray(path.read_bytes())
    place = data.index(np.float32([1.5, -0.1]).tobytes())
    data[place] ^= 1
    damaged = {"cut": data[: len(data) // 2], "flipped": data, "empty": b"", "other": b"checkpoint"}
    path.write_bytes(damaged[damage])

    with pytest.raises(CheckpointError, match=r"\.cnn-1\.checkpoint cannot be read \(.*\)\. Remove it to begin anew"):
        read_checkpoint(path, run)


def test_an_archive_of_something_else_is_refused(path, run):
    path.parent.mkdir()
    with path.open("wb") as file:
        np.savez(file, W1=np.zeros(3))

    with pytest.raises(CheckpointError, match="cannot be read"):
        read_checkpoint(path, run)


@pytest.mark.parametrize(
    "other",
    [
        {"network": [np.zeros(2, np.float32)], "optimizer": [np.zeros((2, 0), np.int64)]},
        {"network": [np.zeros(2, np.float32), np.zeros((2, 1), np.uint32)], "optimizer": [np.zeros((2, 0), np.int64)]},
        {"network": [np.zeros(2), np.zeros((1, 2), np.uint32)], "optimizer": [np.zeros((2, 0), np.int64)]},
        {"layers": []},
    ],
    ids=["fewer", "shape", "dtype", "names"],
)
def test_the_state_of_another_network_is_refused(kept, path, run, other):
    with pytest.raises(CheckpointError, match="built otherwise"):
        read_checkpoint(path, run).state_like(other)


def test_it_is_written_whole_or_not_at_all(kept, path, run, state, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("training.checkpoints.np.savez", full)

    with pytest.raises(CheckpointError, match=r"cannot be written \(No space left on device\).*--resume"):
        kept.keep(state, HISTORY * 2)
    assert read_checkpoint(path, run).history == HISTORY


def test_nothing_is_left_once_it_is_removed(kept, path, run):
    path.with_name(".cnn-1.checkpoint.part").write_bytes(b"cut off while writing")

    kept.remove()

    assert list(path.parent.iterdir()) == []


def test_equal_digits_dealt_otherwise_are_other_data():
    digits = printed_digits(20)
    dealt = [(digits.take(slice(5)), digits.take(slice(5, 20))), (digits.take(slice(6)), digits.take(slice(6, 20)))]

    first, other = (describe_run("cnn", {}, 1, *map(Sources, parts))["data"] for parts in dealt)

    assert first != other
