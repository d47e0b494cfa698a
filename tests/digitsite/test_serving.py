"""The site as it is served: gunicorn's processes, and the worker that trains beside them."""

import json
import os
import re
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
def prepared(own_database, tmp_path_factory) -> Path:
    """Make the database of a site that reads with one small network, which is loaded in no time."""
    site = OwnSite(tmp_path_factory.mktemp("prepared"))
    shutil.copy(own_database, site.folder)
    site.ask("ModelVersion.objects.exclude(kind='numpy_mlp').update(state='retired')")
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


def serve(site: OwnSite, address: str, *, beside: str = "on", **environment: str):
    """Start the server; return its process once it answers."""
    server = site.start(
        *SERVE, BIND=address, WEB_CONCURRENCY="2", TRAINING_WORKER=beside, PICTURE_WORKER=beside, **environment
    )

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


def workers_beside(server) -> list[int]:
    return [pid for pid in below(server.pid) if "db_worker" in words_of(pid) and "leash" not in words_of(pid)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_server_and_workers_start_and_end_together(site, address, number):
    server = serve(site, address)
    first, _ = wait_for(lambda: len(found := workers_beside(server)) == 2 and found)

    os.kill(first, signal.SIGKILL)  # one that dies is begun again
    wait_for(lambda: len(found := workers_beside(server)) == 2 and first not in found)
    assert "is begun again" in site.log()

    processes = below(server.pid)
    assert len(processes) >= 6  # two that serve, and two leashes with the ones that train and read batches
    os.kill(server.pid, number)
    server.wait(30)
    wait_for(lambda: not any(map(is_alive, processes)))


def test_every_process_moves_to_the_promoted_version_whole(site, address):
    server = serve(site, address, beside="off")
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
    serve(site, address, beside="off")
    site.ask("1", before=SECOND)
    wait_for(lambda: site.log().count("Loaded numpy_mlp second.") == 2)  # by both, though nobody asked

    answer = requests.post(
        f"http://{address}/api/v1/guess/",
        files={"image": ("7.png", png_of("7"))},
        data={"model": "numpy_mlp"},
        timeout=30,
    )

    assert answer.json()["model"]["version"] == "second"


def test_any_process_tells_the_figures_of_all_and_logs_are_json(site, address):
    serve(site, address, beside="off", LOG_FORMAT="json")

    for _ in range(20):  # answered by either of two processes, ready or not yet
        requests.get(f"http://{address}/readyz", timeout=30)
    told = {requests.get(f"http://{address}/metrics", timeout=30).text for _ in range(4)}

    count = re.compile(r'digitsite_request_seconds_count\{[^}]*view="readyz"\} (\S+)')
    assert {sum(map(float, count.findall(text))) for text in told} == {20}
    lines = [json.loads(line) for line in site.log().splitlines()]
    loggers = {line["logger"] for line in lines}
    assert {"gunicorn.error", "recognizer.registry", "recognizer.operations.monitoring"} <= loggers
    assert sum(line.get("view") == "readyz" for line in lines) == 20
