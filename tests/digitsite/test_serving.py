"""The site as it is served: gunicorn's processes, and the worker that trains beside them."""

import os
import shutil
import signal
import socket
import threading
from pathlib import Path

import pytest
import requests

from tests.own_site import OwnSite, is_alive, wait_for
from tests.pictures import png_of

SERVE = ("-m", "gunicorn", "-c", "python:digitsite.gunicorn", "digitsite.wsgi")
SECOND = """
import shutil
from django.conf import settings
first = ModelVersion.objects.get(kind="numpy_mlp", state="active")
shutil.copytree(settings.RELEASED_MODEL_ROOT / first.folder, settings.MODEL_ROOT / "second", dirs_exist_ok=True)
second = ModelVersion.objects.create(
    kind="numpy_mlp", version="second", folder="second", sha256=first.sha256, card=first.card
)
second.activate()
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """Make the database of a site that reads with one small network, which is loaded in no time."""
    site = OwnSite(tmp_path_factory.mktemp("prepared"))
    site.manage("migrate", "--verbosity", "0")
    site.ask(
        "1",
        before="from django.core.management import call_command; call_command('register_models', verbosity=0);"
        "ModelVersion.objects.exclude(kind='numpy_mlp').update(state='retired')",
    )
    return site.folder / "db.sqlite3"


@pytest.fixture
def site(tmp_path, prepared):
    shutil.copy(prepared, tmp_path)
    site = OwnSite(tmp_path)
    yield site
    site.end()


@pytest.fixture
def address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def serve(site: OwnSite, address: str, *, training_worker: str = "on"):
    """Start the server; return its process once it answers."""
    server = site.start(*SERVE, BIND=address, WEB_CONCURRENCY="2", TRAINING_WORKER=training_worker)

    def answers() -> bool:
        assert server.poll() is None, site.log()
        try:
            return requests.get(f"http://{address}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    wait_for(answers)
    return server


def below(pid: int) -> list[int]:
    """Return the processes that a process started, and those that they did."""
    try:
        own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [*own, *(deeper for child in own for deeper in below(child))]


def words_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def training_workers(server) -> list[int]:
    return [pid for pid in below(server.pid) if "db_worker" in words_of(pid) and "leash" not in words_of(pid)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_server_and_training_worker_start_and_end_together(site, address, number):
    server = serve(site, address)
    (first,) = wait_for(lambda: training_workers(server))

    os.kill(first, signal.SIGKILL)  # one that dies is begun again
    wait_for(lambda: (found := training_workers(server)) and found != [first])
    assert "is begun again" in site.log()

    processes = below(server.pid)
    assert len(processes) >= 4  # two that serve, the leash, and on it the one that trains
    os.kill(server.pid, number)
    server.wait(30)
    wait_for(lambda: not any(map(is_alive, processes)))


def test_every_process_moves_to_the_promoted_version_whole(site, address):
    server = serve(site, address, training_worker="off")
    assert not any("leash" in words_of(pid) for pid in below(server.pid))
    stop, answers = threading.Event(), []

    def read_on():
        while not stop.is_set():
            answer = requests.post(
                f"http://{address}/api/v1/pictures/",
                files={"image": ("427.png", png_of("427"))},
                data={"model": "numpy_mlp"},
                timeout=30,
            )
            answers.append((answer.status_code, answer.json()["model"]["version"], answer.json()["id"]))

    readers = [threading.Thread(target=read_on) for _ in range(3)]
    for reader in readers:
        reader.start()
    wait_for(lambda: len(answers) >= 6)
    site.ask("1", before=SECOND)
    wait_for(lambda: len(answers) >= 20 and {version for _, version, _ in answers[-20:]} == {"second"})
    stop.set()
    for reader in readers:
        reader.join()

    assert {status for status, _, _ in answers} == {201}
    assert answers[0][1] != "second"
    rows = dict(site.ask("[(str(p.pk), p.model_version.version) for p in Picture.objects.all()]"))
    assert {pk: version for _, version, pk in answers} == rows
    mixed = "Picture.objects.exclude(glyphs__predictions__model_version=models.F('model_version')).count()"
    assert site.ask(mixed, before="from django.db import models") == 0


def test_an_idle_process_is_right_on_its_first_request(site, address):
    serve(site, address, training_worker="off")
    site.ask("1", before=SECOND)
    wait_for(lambda: site.log().count("Loaded numpy_mlp second.") == 2)  # by both, though nobody asked

    answer = requests.post(
        f"http://{address}/api/v1/guess/",
        files={"image": ("7.png", png_of("7"))},
        data={"model": "numpy_mlp"},
        timeout=30,
    )

    assert answer.json()["model"]["version"] == "second"
