"""How gunicorn serves the site."""

import gc
import logging
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from digitsite import gunicorn
from recognizer import registry
from recognizer.learning import leash


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


@pytest.mark.parametrize(("is_given", "stays"), [(True, True), (False, False)])
def test_only_a_folder_for_figures_that_it_made_itself_goes_with_the_server(tmp_path, is_given, stays):
    folder = tmp_path / "figures"
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    environment.pop(gunicorn.FIGURES, None)
    if is_given:
        environment[gunicorn.FIGURES] = str(folder)
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os; from types import SimpleNamespace; from digitsite import gunicorn;"
            "figures = os.environ[gunicorn.FIGURES]; print(figures, os.path.isdir(figures));"
            "gunicorn.on_exit(SimpleNamespace()); print(os.path.isdir(figures))",
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    first, last = told.stdout.splitlines()
    assert first.endswith("True")
    assert first.startswith(str(folder)) is is_given
    assert last == str(stays)


def test_no_control_socket_is_left_in_the_home_folder():
    assert gunicorn.control_socket_disable is True
