import json

import pytest

from training.progress import Progress, ProgressError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "progress.json"


def test_it_tells_the_step_how_much_is_done_and_the_last_epoch(path):
    progress = Progress(path)
    history = [{"loss": 0.5}, {"loss": 0.25}]

    progress.pages(0.5)
    drawing = json.loads(path.read_text())
    progress.fitting(history, 6)
    fitting = json.loads(path.read_text())

    assert drawing == {"step": "drawing pages", "progress": 0.1, "figures": {}}
    assert fitting == {"step": "epoch 3 of 6", "progress": 0.4333, "figures": {"loss": 0.25}}


def test_it_goes_from_nothing_to_all_and_never_back(path):
    progress = Progress(path)
    told = []
    history = []
    steps = [lambda done=done: progress.pages(done) for done in (0, 1, 0.3)]
    steps += [lambda: progress.fitting(history, 2), lambda: progress.fitting([{}], 2)]
    steps += [lambda: progress.fitting([{}, {}], 2), progress.writing, progress.finished]

    for step in steps:
        step()
        told.append(json.loads(path.read_text()))

    shares = [each["progress"] for each in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert [each["step"] for each in told[3:]] == ["epoch 1 of 2", "epoch 2 of 2", "calibrating", "writing", "finished"]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_without_a_file_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    Progress().pages(0.5)
    Progress().finished()

    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_said(tmp_path):
    with pytest.raises(ProgressError, match=r"there/p\.json cannot be written \(No such file.*\)\. Name a file"):
        Progress(tmp_path / "not there" / "p.json").pages(0)
