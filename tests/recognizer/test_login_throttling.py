"""How many wrong passwords one address may name for one user."""

import threading
import time

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client, RequestFactory

from recognizer.throttling import LoginThrottle
from tests.recognizer.outages import raise_disk_full

DOOR = "/account/login/"


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """Stand in for the clock: its only element is the time."""
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def log_in(client: Client, username: str = "admin", password: str = "wrong", **extra):
    return client.post(DOOR, {"username": username, "password": password}, **extra)


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(client, admin_user, clock):
    for _ in range(5):
        assert log_in(client).status_code == 200
        clock[0] += 60

    answer = log_in(client, password="password")

    assert answer.status_code == 429
    assert answer["Retry-After"] == "600"
    assert "There were too many tries to log in to this account. Wait 10 minutes and try again." in (
        answer.content.decode()
    )
    assert get_user(client).is_anonymous


def test_when_the_time_is_over_the_right_one_is_let_in(client, admin_user, clock):
    for _ in range(6):
        answer = log_in(client)
    clock[0] += int(answer["Retry-After"])

    assert log_in(client, password="password").status_code == 302
    assert get_user(client) == admin_user


def test_waiting_does_not_begin_anew_with_every_try(client, admin_user, clock):
    for _ in range(5):
        log_in(client)
    for _ in range(14):
        clock[0] += 60
        assert log_in(client).status_code == 429
    clock[0] += 60

    assert log_in(client, password="password").status_code == 302


def test_the_admin_has_no_door_of_its_own(client, admin_user):
    client.post("/admin/login/", {"username": "admin", "password": "password"})

    assert get_user(client).is_anonymous
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(DOOR)


def test_a_right_password_ends_the_count(client, admin_user):
    for _ in range(4):
        log_in(Client())
    log_in(client, password="password")

    assert [log_in(Client()).status_code for _ in range(6)] == [200] * 5 + [429]


@pytest.mark.parametrize("other", [{"username": "ada"}, {"REMOTE_ADDR": "192.0.2.7"}])
def test_another_user_or_address_has_a_count_of_its_own(client, admin_user, other):
    for _ in range(6):
        log_in(client)

    assert log_in(client, **other).status_code == 200


@pytest.mark.parametrize(
    "other",
    [{"username": "ADMIN"}, {"username": " admin "}, {"username": "ａdmin"}, {"HTTP_X_FORWARDED_FOR": "1.2.3.4"}],
)
def test_another_spelling_or_a_forged_header_has_not(client, admin_user, other):
    for _ in range(5):
        log_in(client)

    assert log_in(client, **other).status_code == 429


def test_behind_a_proxy_the_address_is_the_visitors(client, admin_user, settings):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    for _ in range(5):
        log_in(client, HTTP_X_FORWARDED_FOR="192.0.2.1")

    assert log_in(client, HTTP_X_FORWARDED_FOR="192.0.2.1").status_code == 429
    assert log_in(client, HTTP_X_FORWARDED_FOR="192.0.2.2").status_code == 200


def test_a_user_who_does_not_exist_is_counted_like_one_who_does(client, db):
    assert [log_in(client, username="nobody").status_code for _ in range(6)] == [200] * 5 + [429]


def test_looking_at_the_form_is_not_counted(client, admin_user):
    for _ in range(10):
        assert client.get(DOOR).status_code == 200

    assert log_in(client, password="password").status_code == 302


def test_a_full_disk_that_cannot_count_lets_nobody_in(client, admin_user, settings, tmp_path, monkeypatch):
    backend = "django.core.cache.backends.filebased"
    settings.CACHES = {"default": {"BACKEND": f"{backend}.FileBasedCache", "LOCATION": tmp_path / "cache"}}
    monkeypatch.setattr(f"{backend}.tempfile.mkstemp", raise_disk_full)

    answer = log_in(client, password="password")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert get_user(client).is_anonymous


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_no_way_around_it(admin_user, monkeypatch):
    """All are asked for before any password is found wrong."""
    together, looked_at = threading.Barrier(5), []

    def look_at_the_password(user, password: str) -> bool:
        looked_at.append(password)
        together.wait(20)
        return False

    monkeypatch.setattr(User, "check_password", look_at_the_password)

    def try_it() -> None:
        try:
            log_in(Client())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=try_it) for _ in range(5)]
    for thread in threads:
        thread.start()
        thread.join(0.3)
    late = log_in(Client())
    for thread in threads:
        thread.join()

    assert late.status_code == 429
    assert len(looked_at) == 5


CACHES = {
    "folder": {"BACKEND": "recognizer.stores.file_cache.SharedFileCache"},
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}


@pytest.mark.parametrize("kept_in", CACHES)
def test_of_many_tries_in_one_moment_five_are_let_through(settings, tmp_path, kept_in):
    settings.CACHES = {"default": CACHES[kept_in] | {"LOCATION": str(tmp_path / "cache")}}
    together, waits = threading.Barrier(24), []

    def ask() -> None:
        throttle = LoginThrottle(RequestFactory().post(DOOR), "admin")
        together.wait(20)
        waits.append(throttle.seconds_to_wait())

    threads = [threading.Thread(target=ask) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(wait > 0 for wait in waits) == [False] * 5 + [True] * 19
