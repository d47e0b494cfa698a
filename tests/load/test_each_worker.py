"""Every page, asked of each worker."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.load.each_worker import addresses, alone
from tests.own_site import wait_for


@pytest.fixture
def workers() -> Iterator[list[int]]:
    command = [sys.executable, "-c", "input()"]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    yield [process.pid for process in processes]
    for process in processes:
        process.communicate(b"\n")


def stand_still(workers: list[int]) -> list[bool]:
    """Say of each process whether it is stopped. Source: proc(5), the third field of stat."""
    return [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T" for pid in workers]


def test_all_workers_but_one_stand_still_until_it_is_asked(workers):
    with alone(workers[1], workers):
        wait_for(lambda: stand_still(workers) == [True, False, True], 20)

    wait_for(lambda: stand_still(workers) == [False, False, False], 20)


def test_workers_go_on_after_an_error(workers):
    with pytest.raises(ZeroDivisionError), alone(workers[0], workers):
        raise ZeroDivisionError

    wait_for(lambda: not any(stand_still(workers)), 20)


def test_each_network_and_each_format_has_an_address_and_what_is_the_same_for_all_has_one():
    routes = [
        "/history/",
        "/p/<picture_id>/glyphs/<position>/why/",
        "/models/<kind>/<version>/",
        "/exports/<file_format>/",
        "/batch/<batch_id>/",
        "/admin/recognizer/glyph/<object_id>/change/",
        "/trainings/<run_id>/",
    ]

    found = addresses(routes, {"glyph": "8"}, {"cnn": "4", "mlp": "3"}, ["first", "second"], "both")

    assert found == [
        *("/history/", "/p/first/glyphs/0/why/", "/p/second/glyphs/0/why/", "/models/cnn/4/", "/models/mlp/3/"),
        *("/exports/csv/", "/exports/idx/", "/exports/npz/", "/exports/zip/", "/batch/both/"),
        *("/admin/recognizer/glyph/8/change/", "/trainings/1/"),
    ]
