import numpy as np

from recognizer.inference.labelled import read_labelled
from training import regression_set
from training.regression_set import PLACE, draw_regression_set, main


def test_the_set_that_is_kept_is_balanced_small_and_all_held_out():
    kept = read_labelled(PLACE)

    counts = np.bincount(kept.labels, minlength=11).tolist()
    assert counts == [64] * 10 + [160]
    assert kept.held_out.all()
    assert kept.ids.tolist() == list(range(800))
    assert PLACE.stat().st_size < 400_000


def test_the_same_seed_draws_the_same():
    first, again, other = (draw_regression_set(seed, of_a_digit=1, not_digits=2) for seed in (5, 5, 6))

    np.testing.assert_array_equal(first.glyphs, again.glyphs)
    np.testing.assert_array_equal(first.labels, again.labels)
    assert first.glyphs.tobytes() != other.glyphs.tobytes()
    assert sorted(first.labels) == [*range(10), 10, 10]


def test_what_the_command_writes_is_read_as_labelled_glyphs(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(regression_set, "draw_regression_set", lambda: draw_regression_set(5, 1, 2))

    assert main(["--out", str(tmp_path / "set.npz")]) == 0

    assert len(read_labelled(tmp_path / "set.npz")) == 12
    assert "12 glyphs, 1 of 0" in capsys.readouterr().out
