"""How many pictures are let through when many are sent in one moment: no more than one by one."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache.backends.locmem import LocMemCache
from django.test import RequestFactory

from recognizer.throttling import PictureThrottle
from tests.own_site import ROOT

LET_THROUGH = 60
PROCESSES = 3
ASK_TOGETHER = """
import sys
import django
django.setup()
from tests.recognizer.stores.test_counting_at_once import let_through
print("ready", flush=True)
sys.stdin.readline()
print(let_through(40))
"""


def let_through(tries: int) -> int:
    """Return how many of so many tries, made by eight threads at once, may go on."""
    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    with ThreadPoolExecutor(8) as threads:
        return sum(threads.map(lambda _: PictureThrottle().allow_request(request, None), range(tries)))


@pytest.fixture(params=["folder", "Redis"])
def place(request, tmp_path) -> str:
    """Return the CACHE_URL of a cache that processes share."""
    return f"filecache://{tmp_path}/cache" if request.param == "folder" else request.getfixturevalue("redis_server").url


def test_processes_that_share_a_cache_let_no_more_through(place):
    surroundings = {"CACHE_URL": place, "RATE_LIMIT": f"{LET_THROUGH}/min"}
    environment = os.environ | surroundings | {"DJANGO_SETTINGS_MODULE": "digitsite.settings"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [
        subprocess.Popen([sys.executable, "-c", ASK_TOGETHER], cwd=ROOT, env=environment, **pipes)
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()

    assert sum(int(process.communicate(timeout=60)[0]) for process in processes) == LET_THROUGH


def test_threads_that_share_a_memory_let_no_more_through(settings, monkeypatch):
    settings.RATE_LIMIT = f"{LET_THROUGH}/min"
    read = LocMemCache.get

    def read_slowly(*args, **kwargs) -> object:
        found = read(*args, **kwargs)
        time.sleep(0.001)  # so that others come in between
        return found

    monkeypatch.setattr(LocMemCache, "get", read_slowly)

    assert let_through(2 * LET_THROUGH) == LET_THROUGH
