"""How gunicorn serves the site."""

import gc
import logging
from types import SimpleNamespace

from digitsite import gunicorn
from recognizer import registry


def test_networks_are_loaded_after_the_fork_and_then_kept_from_the_garbage_collector(monkeypatch):
    steps = []
    monkeypatch.setattr(registry, "warm_up", lambda: steps.append("warm up"))
    monkeypatch.setattr(gc, "freeze", lambda: steps.append("freeze"))
    monkeypatch.setattr(registry, "watch", lambda: steps.append("watch"))

    gunicorn.post_worker_init(worker=None)

    assert gunicorn.preload_app is False
    assert steps == ["warm up", "freeze", "watch"]


def test_the_address_is_printed_once_the_site_is_served(monkeypatch, caplog):
    monkeypatch.setattr(gunicorn, "has_training_worker", False)
    with caplog.at_level(logging.INFO):
        gunicorn.when_ready(SimpleNamespace(log=logging.getLogger("gunicorn")))

    assert f"http://{gunicorn.bind}/" in caplog.text


def test_no_control_socket_is_left_in_the_home_folder():
    assert gunicorn.control_socket_disable is True
