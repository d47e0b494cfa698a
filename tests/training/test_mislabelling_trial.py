from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.training.conftest import printed_digits, released
from training import mislabelling_trial as trial
from training.calibration import Calibration
from training.examples import Sources
from training.fine_tuning import read_parent
from training.mislabelling_trial import draw_writer, main, mislabel, run_trial
from training.mnist import Examples
from training.numpy_mlp import NUMPY_MLP
from training.sources import Gathered


@pytest.fixture
def writing():
    return draw_writer(40, np.random.default_rng(1))


def test_the_writer_writes_ones_and_sevens_alone(writing):
    assert writing.glyphs.shape == (40, 28, 28)
    assert set(writing.labels.tolist()) == {1, 7}


@pytest.mark.parametrize(("share", "wrong"), [(0.0, 0), (0.05, 2), (0.4, 16), (1.0, 40)])
def test_so_many_labels_are_wrong_and_no_glyph_is(writing, share, wrong):
    mislabelled = mislabel(writing, share, np.random.default_rng(2))

    assert (mislabelled.labels != writing.labels).sum() == wrong
    assert set(mislabelled.labels.tolist()) <= {1, 7}
    np.testing.assert_array_equal(mislabelled.glyphs, writing.glyphs)


def test_a_greater_share_takes_the_smaller_one_s_mistakes_along(writing):
    few, many = (mislabel(writing, share, np.random.default_rng(2)).labels != writing.labels for share in (0.1, 0.4))

    assert (few & ~many).sum() == 0


def test_only_sure_contradictions_are_counted():
    logits = np.zeros((4, 11), np.float32)
    logits[[0, 1, 2, 3], [7, 7, 7, 10]] = 12, 12, 2, 12
    network = SimpleNamespace(logits=lambda glyphs: logits)
    examples = Examples(np.zeros((4, 28, 28), np.uint8), np.array([1, 7, 1, 1], np.uint8))

    assert trial.count_contradicted(network, examples, Calibration(1.0, 0.9, 0.5)) == 2


def test_the_table_tells_every_share_beside_what_was_before(monkeypatch):
    monkeypatch.setattr(trial, "SHARES", (0.0, 0.4))
    monkeypatch.setattr(trial, "MORE", 5)
    learnt_from = []

    def train(sources, *_, **__):
        learnt_from.append(sources.corrections)
        return parent.network

    parent = read_parent(released("numpy_mlp"), NUMPY_MLP)
    kind = replace(NUMPY_MLP, train=train)
    digits = Sources(printed_digits(20), printed_digits(20))

    rows = run_trial(kind, parent, Gathered(digits, digits, [], 1), printed_digits(10), seed=1)

    assert [row[0] for row in rows] == ["before", "0% wrong", "40% wrong"]
    assert all(len(row) == len(trial.HEADINGS) for row in rows)
    assert [len(corrections) for corrections in learnt_from] == [160, 160]
    assert (learnt_from[0].labels != learnt_from[1].labels).sum() > 40


def test_it_asks_for_the_network_to_begin_with(capsys):
    assert main(["numpy-mlp"]) == 2
    assert "--from ARTIFACT" in capsys.readouterr().err
