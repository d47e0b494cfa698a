"""How gunicorn serves the site."""

import logging
from types import SimpleNamespace

from digitsite import gunicorn
from recognizer import registry


def test_networks_are_loaded_after_the_fork(monkeypatch):
    calls = []
    monkeypatch.setattr(registry, "warm_up", lambda: calls.append("warm"))

    gunicorn.post_worker_init(worker=None)

    assert gunicorn.preload_app is False
    assert calls == ["warm"]


def test_the_address_is_printed_once_the_site_is_served(monkeypatch, caplog):
    with caplog.at_level(logging.INFO):
        gunicorn.when_ready(SimpleNamespace(log=logging.getLogger("gunicorn")))

    assert f"http://{gunicorn.bind}/" in caplog.text
