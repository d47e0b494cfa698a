"""The cache that several machines share: counted together, away, and back."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from recognizer.models import Picture
from recognizer.throttling import LOGIN_SECONDS, LOGIN_TRIES, LoginThrottle, RateLimitedError, check_rate
from tests.own_site import ROOT
from tests.pictures import png_of
from tests.redis_server import OwnRedis


@pytest.fixture
def _away(settings):
    """Name a Redis at a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"redis://127.0.0.1:{free.getsockname()[1]}/0"
    settings.CACHES = {"default": {"BACKEND": "recognizer.stores.redis_cache.SharedRedisCache", "LOCATION": place}}
    settings.RATE_LIMIT = "60/min"


@pytest.mark.usefixtures("_away")
def test_every_use_of_it_is_told_as_an_outage():
    for use in (lambda: cache.get("a"), lambda: cache.set("a", 1), lambda: cache.delete("a")):
        with pytest.raises(OSError, match="The cache cannot be used"):
            use()


@pytest.mark.usefixtures("_away")
@pytest.mark.parametrize("address", ["/", "/upload/", "/api/v1/pictures/", "/api/v1/guess/"])
def test_a_picture_that_cannot_be_counted_is_not_taken(client, network, visitor, address):
    answer = client.post(address, {"image": SimpleUploadedFile("7.png", png_of("7"))})

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert not Picture.objects.exists()


@pytest.mark.usefixtures("_away")
def test_a_password_that_cannot_be_counted_is_not_looked_at(client, admin_user):
    answer = client.post("/account/login/", {"username": "admin", "password": "password"})

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert get_user(client).is_anonymous


@pytest.mark.usefixtures("_away")
def test_pages_that_only_read_go_on(client, picture):
    for address in ("/", "/history/", "/about/", picture.get_absolute_url()):
        assert client.get(address).status_code == 200


COUNT_ELSEWHERE = """
import django
django.setup()
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from recognizer.throttling import LoginThrottle, check_rate
request = RequestFactory().post("/")
request.user = AnonymousUser()
for _ in range(58):
    check_rate(request)
print([LoginThrottle(request, "admin").seconds_to_wait() for _ in range(3)])
"""


@pytest.fixture
def shared(settings, redis_server) -> OwnRedis:
    """Count in a real Redis, set up as a site's is."""
    settings.CACHES = {
        "default": {
            "BACKEND": "recognizer.stores.redis_cache.SharedRedisCache",
            "LOCATION": redis_server.url,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }
    settings.RATE_LIMIT = "60/min"
    return redis_server


def log_in(client: Client, password: str) -> HttpResponse:
    return client.post("/account/login/", {"username": "admin", "password": password})


def give(client: Client) -> HttpResponse:
    return client.post("/", {"image": SimpleUploadedFile("7.png", png_of("7"))})


def test_what_another_process_counted_counts_here(client, network, admin_user, shared):
    """On a Redis named by CACHE_URL, as another machine's process has it."""
    environment = {"CACHE_URL": shared.url, "RATE_LIMIT": "60/min", "DJANGO_SETTINGS_MODULE": "digitsite.settings"}
    command = [sys.executable, "-c", COUNT_ELSEWHERE]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True)
    assert done.stdout.strip() == "[0, 0, 0]", done.stderr

    assert [give(client).status_code for _ in range(3)] == [302, 302, 429]
    assert [log_in(client, "wrong").status_code for _ in range(3)] == [200, 200, 429]


def test_of_many_pictures_at_once_no_more_are_taken_than_may_be(rf, shared):
    def is_taken(_: int) -> bool:
        request = rf.post("/")
        request.user = AnonymousUser()
        try:
            check_rate(request)
        except RateLimitedError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(is_taken, range(80))) == 60


def test_of_many_tries_at_once_five_are_looked_at(rf, shared):
    def seconds(_: int) -> int:
        return LoginThrottle(rf.post("/account/login/"), "admin").seconds_to_wait()

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(seconds, range(40)))

    assert waits.count(0) == LOGIN_TRIES
    assert all(0 < wait <= LOGIN_SECONDS for wait in waits if wait)


def test_the_right_password_ends_the_count(client, admin_user, shared):
    for _ in range(LOGIN_TRIES - 1):
        log_in(client, "wrong")
    assert log_in(client, "password").status_code == 302

    client.post("/account/logout/")

    assert log_in(client, "wrong").status_code == 200


@pytest.mark.parametrize("ending", ["stop", "freeze"])
def test_an_outage_while_the_site_runs_is_told_and_passes_by_itself(client, network, admin_user, shared, ending):
    assert give(client).status_code == 302
    getattr(shared, ending)()

    refused = [give(client), log_in(client, "password")]
    assert [(answer.status_code, answer["Retry-After"]) for answer in refused] == [(503, "5")] * 2
    assert client.get("/history/").status_code == 200
    assert Picture.objects.count() == 1
    assert get_user(client).is_anonymous

    shared.start() if ending == "stop" else shared.thaw()
    assert give(client).status_code == 302
    assert log_in(client, "password").status_code == 302


def test_a_redis_that_began_anew_unnoticed_is_used_at_once(client, network, shared):
    assert give(client).status_code == 302

    shared.stop()
    shared.start()

    assert give(client).status_code == 302
