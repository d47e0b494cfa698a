"""How gunicorn serves the site."""

import ctypes
import gc
import logging
import os
import tempfile
from types import SimpleNamespace

import pytest

from digitsite import gunicorn
from recognizer import registry
from recognizer.learning import leash


def test_networks_are_loaded_after_the_fork_and_then_kept_from_the_garbage_collector(monkeypatch):
    steps = []
    monkeypatch.setattr(registry, "warm_up", lambda: steps.append("warm up"))
    monkeypatch.setattr(gc, "collect", lambda: steps.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: steps.append("freeze"))
    monkeypatch.setattr(registry, "watch", lambda: steps.append("watch"))

    gunicorn.post_worker_init(worker=None)

    assert gunicorn.preload_app is False
    assert steps == ["warm up", "collect", "freeze", "collect", "watch"]


def test_the_memory_of_large_pictures_is_given_back(monkeypatch):
    settings = {}
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace(mallopt=settings.__setitem__))

    gunicorn.give_large_memory_back()

    assert settings == {gunicorn.M_MMAP_THRESHOLD: 4 << 20, gunicorn.M_TRIM_THRESHOLD: 8 << 20}


def test_where_memory_is_managed_by_other_than_glibc_it_is_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace())

    gunicorn.give_large_memory_back()


def test_the_address_is_printed_once_the_site_is_served(monkeypatch, caplog):
    monkeypatch.setattr(gunicorn, "has_training_worker", False)
    monkeypatch.setattr(gunicorn, "has_picture_worker", False)
    with caplog.at_level(logging.INFO):
        gunicorn.when_ready(SimpleNamespace(log=logging.getLogger("gunicorn")))

    assert f"http://{gunicorn.bind}/" in caplog.text


@pytest.mark.parametrize(
    ("training", "pictures", "queues"),
    [(True, True, ["default", "pictures"]), (False, True, ["pictures"]), (True, False, ["default"])],
)
def test_each_queue_has_a_worker_of_its_own(monkeypatch, training, pictures, queues):
    started, ended = [], []
    monkeypatch.setattr(gunicorn, "has_training_worker", training)
    monkeypatch.setattr(gunicorn, "has_picture_worker", pictures)
    monkeypatch.setattr(leash, "start", lambda command, **options: started.append((command[-1], options["again"])))
    monkeypatch.setattr(leash, "end", ended.append)
    server = SimpleNamespace(log=logging.getLogger("gunicorn"))

    gunicorn.when_ready(server)
    gunicorn.on_exit(server)

    assert started == [(queue, True) for queue in queues]
    assert len(ended) == len(queues)


@pytest.mark.parametrize("is_given", [True, False])
def test_only_a_folder_for_figures_that_it_made_itself_goes_with_the_server(monkeypatch, tmp_path, is_given):
    server = SimpleNamespace()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv(gunicorn.FIGURES, str(tmp_path / "given"))
    if not is_given:
        monkeypatch.delenv(gunicorn.FIGURES)

    gunicorn.on_starting(server)
    [folder] = tmp_path.iterdir()
    assert os.environ[gunicorn.FIGURES] == str(folder)
    gunicorn.on_exit(server)

    assert folder.exists() is is_given


def test_no_control_socket_is_left_in_the_home_folder():
    assert gunicorn.control_socket_disable is True
