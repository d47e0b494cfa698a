from pathlib import Path

import numpy as np
import pytest

from training import sources
from training.examples import Mixture
from training.mnist import Examples
from training.sources import gather
from training.typefaces import Typeface

PLAIN = Mixture(fonts=False)


@pytest.fixture
def numbered(digits) -> Examples:
    """Sixty digits, no two alike."""
    digits.glyphs[:, 0, 0] = np.arange(60)
    return digits


class Collector:
    """Stands in for the drawing of pages: remembers what was asked for, answers with glyphs that depend on the seed."""

    def __init__(self) -> None:
        self.asked = []

    def __call__(self, writers, pages, seed, title, told) -> Examples:
        self.asked.append((writers, pages, seed))
        told(0.5)
        told(1)
        rng = np.random.default_rng(seed)
        return Examples(rng.integers(0, 256, (5, 28, 28), np.uint8), rng.integers(0, 11, 5).astype(np.uint8))


@pytest.fixture
def collector(monkeypatch) -> Collector:
    """Pages that cost nothing, of which one is already many."""
    collector = Collector()
    monkeypatch.setattr(sources, "collect", collector)
    monkeypatch.setattr(sources, "MANY_PAGES", 1)
    return collector


def assert_equal(one: Examples, other: Examples) -> None:
    np.testing.assert_array_equal(one.glyphs, other.glyphs)
    np.testing.assert_array_equal(one.labels, other.labels)
    assert one.glyphs.dtype == other.glyphs.dtype == np.uint8
    assert one.labels.dtype == other.labels.dtype == np.uint8


def test_it_gathers_the_same_for_the_same_seed(numbered):
    mixture = Mixture(pages=0.2, fonts=False)

    first, again, other = (gather(numbered, mixture, seed) for seed in (3, 3, 4))

    for part in ("train", "validation"):
        assert len(getattr(first, part).page_glyphs) > 0
        assert_equal(getattr(first, part).digits, getattr(again, part).digits)
        assert_equal(getattr(first, part).page_glyphs, getattr(again, part).page_glyphs)
    assert first.validation.digits.glyphs.tobytes() != other.validation.digits.glyphs.tobytes()
    assert first.train.page_glyphs.glyphs.tobytes() != other.train.page_glyphs.glyphs.tobytes()


def test_training_and_validation_share_no_digit_and_leave_none_out(numbered, collector):
    gathered = gather(numbered, PLAIN, seed=1)

    train, validation = (part.digits.glyphs[:, 0, 0].tolist() for part in (gathered.train, gathered.validation))
    assert (len(train), len(validation)) == (50, 10)
    assert sorted(train + validation) == list(range(60))


def test_each_part_s_pages_are_written_by_its_own_writers(numbered, collector, monkeypatch):
    faces = [Typeface(f"face {place}", "1", "OFL-1.1", None, ()) for place in range(13)]
    monkeypatch.setattr(sources, "typefaces", lambda: faces)

    gathered = gather(numbered, Mixture(pages=2, hands=False), seed=1)

    (learnt, pages, seed), (held_out, held_out_pages, held_out_seed) = collector.asked
    assert (pages, held_out_pages) == (100, 15)
    assert seed != held_out_seed
    assert_equal(learnt.mnist, gathered.train.digits)
    assert_equal(held_out.mnist, gathered.validation.digits)
    assert (len(learnt.typefaces), len(held_out.typefaces)) == (10, 3)
    assert not {face.family for face in learnt.typefaces} & {face.family for face in held_out.typefaces}
    assert (learnt.with_hands, held_out.with_hands) == (False, True)
    assert gathered.typefaces == faces


def test_the_digits_can_be_dealt_out_as_another_seed_did(numbered, collector):
    parent, child, stranger = (
        gather(numbered, PLAIN, seed, split_seed=split_seed) for seed, split_seed in ((1, None), (2, 1), (2, None))
    )

    assert_equal(parent.validation.digits, child.validation.digits)
    assert (parent.split_seed, child.split_seed, stranger.split_seed) == (1, 1, 2)
    assert stranger.validation.digits.glyphs.tobytes() != parent.validation.digits.glyphs.tobytes()
    assert collector.asked[2][2] == collector.asked[4][2] != collector.asked[0][2]


def test_corrections_are_for_learning_alone(numbered, collector):
    corrections = numbered.take(slice(7))

    gathered = gather(numbered, PLAIN, 1, corrections=corrections)

    assert_equal(gathered.train.corrections, corrections)
    assert len(gathered.validation.corrections) == 0


def test_it_tells_how_much_of_the_pages_is_drawn(numbered, collector):
    told = []

    gather(numbered, Mixture(pages=0.3, fonts=False), 1, told=told.append)

    assert told == [0.25, 0.5, 0.75, 1]


def test_without_pages_to_learn_from_there_still_are_some_to_be_judged_by(numbered, collector):
    gathered = gather(numbered, Mixture(pages=0, fonts=False), seed=1)

    assert len(gathered.train.page_glyphs) == 0
    assert len(gathered.validation.page_glyphs) == 5


def test_glyphs_kept_are_read_back_equal(numbered, collector, tmp_path):
    first = gather(numbered, PLAIN, 1, tmp_path / "kept")
    again = gather(numbered, PLAIN, 1, tmp_path / "kept")

    assert len(collector.asked) == 2
    assert_equal(first.train.page_glyphs, again.train.page_glyphs)
    assert_equal(first.validation.page_glyphs, again.validation.page_glyphs)
    assert [path.suffix for path in (tmp_path / "kept").iterdir()] == [".npz", ".npz"]


def test_they_are_drawn_anew_for_another_seed(numbered, collector, tmp_path):
    first, other = (gather(numbered, PLAIN, seed, tmp_path) for seed in (1, 2))

    assert len(collector.asked) == 4
    assert first.train.page_glyphs.glyphs.tobytes() != other.train.page_glyphs.glyphs.tobytes()


def without_hands(examples: Examples) -> tuple[Examples, Mixture]:
    return examples, Mixture(fonts=False, hands=False)


def more_pages(examples: Examples) -> tuple[Examples, Mixture]:
    return examples, Mixture(fonts=False, pages=3)


def other_labels(examples: Examples) -> tuple[Examples, Mixture]:
    return Examples(examples.glyphs, examples.labels[::-1]), PLAIN


def one_other_pixel(examples: Examples) -> tuple[Examples, Mixture]:
    glyphs = examples.glyphs.copy()
    glyphs[:, 5, 5] ^= 1
    return Examples(glyphs, examples.labels), PLAIN


def with_typefaces(examples: Examples) -> tuple[Examples, Mixture]:
    return examples, Mixture()


@pytest.mark.parametrize("change", [with_typefaces, without_hands, more_pages, other_labels, one_other_pixel])
def test_they_are_drawn_anew_by_other_writers(numbered, collector, tmp_path, monkeypatch, change):
    faces = [Typeface(f"face {place}", "1", "OFL-1.1", None, ()) for place in range(2)]
    monkeypatch.setattr(sources, "typefaces", lambda: faces)
    gather(numbered, PLAIN, 1, tmp_path)

    gather(*change(numbered), 1, tmp_path)

    assert [seed for _, _, seed in collector.asked].count([1, 5]) == 2


def test_they_are_drawn_anew_when_the_program_that_draws_has_changed(numbered, collector, tmp_path, monkeypatch):
    gather(numbered, PLAIN, 1, tmp_path)
    read_bytes = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda path: read_bytes(path) + b"#" * (path.parts[-2:] == ("imaging", "marks.py"))
    )

    gather(numbered, PLAIN, 1, tmp_path)

    assert len(collector.asked) == 4


def test_a_half_written_file_is_not_taken_for_glyphs(numbered, collector, tmp_path, monkeypatch):
    def write_half(file, **arrays):
        file.write(b"PK")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez_compressed", write_half)
        with pytest.raises(KeyboardInterrupt):
            gather(numbered, PLAIN, 1, tmp_path)

    again = gather(numbered, PLAIN, 1, tmp_path)

    assert len(again.train.page_glyphs) == 5
    assert {path.suffix for path in tmp_path.iterdir()} == {".npz"}


def test_few_pages_are_not_kept(numbered, collector, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MANY_PAGES", 50)

    gather(numbered, PLAIN, 1, tmp_path)

    assert len(list(tmp_path.iterdir())) == 1
