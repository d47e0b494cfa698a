"""How many pictures one address or one user may send."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from knox.models import AuthToken
from rest_framework.throttling import SimpleRateThrottle

from recognizer import recognition
from recognizer.models import Picture
from tests.pictures import png_of
from tests.recognizer.outages import raise_disk_full

PAGES = ("/", "/upload/")
API = ("/api/v1/pictures/",)


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """Stand in for the clock of the throttle: its only element is the time."""
    now = [1_000_000.0]
    monkeypatch.setattr(SimpleRateThrottle, "timer", staticmethod(lambda: now[0]))
    return now


@pytest.fixture
def limited(settings, network, clock):
    settings.RATE_LIMIT = "2/min"


def send(client, address: str, **extra):
    return client.post(address, {"image": SimpleUploadedFile("7.png", png_of())}, **extra)


@pytest.mark.parametrize("address", PAGES + API)
def test_one_too_many_is_told_when_to_come_again(client, limited, clock, address):
    good = [send(client, address).status_code for _ in range(2)]
    clock[0] += 18

    answer = send(client, address)

    assert all(status in (201, 302) for status in good)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "42"
    assert "Wait 42 seconds and send this one again." in answer.content.decode()
    assert Picture.objects.count() == 2


def test_the_api_answers_in_the_error_form(client, limited):
    answers = [send(client, "/api/v1/pictures/") for _ in range(3)]

    assert answers[-1].json()["error"]["code"] == "rate_limited"


@pytest.mark.parametrize("address", PAGES + API)
def test_it_is_told_before_anything_is_decoded(client, limited, monkeypatch, address):
    for _ in range(2):
        send(client, address)
    monkeypatch.setattr(recognition, "decode", lambda data: pytest.fail("It was decoded."))

    assert send(client, address).status_code == 429


@pytest.mark.parametrize("address", PAGES + API)
def test_when_the_time_is_over_pictures_are_read_again(client, limited, clock, address):
    for _ in range(3):
        answer = send(client, address)
    clock[0] += int(answer["Retry-After"])

    assert send(client, address).status_code in (201, 302)


def test_pages_and_api_count_together(client, limited):
    send(client, "/")
    send(client, "/api/v1/pictures/")

    assert send(client, "/upload/").status_code == 429


def test_a_new_cookie_is_no_new_start(limited):
    statuses = [send(Client(), "/").status_code for _ in range(3)]

    assert statuses == [302, 302, 429]


def test_another_address_has_a_count_of_its_own(limited):
    for _ in range(3):
        send(Client(), "/")

    assert send(Client(REMOTE_ADDR="192.0.2.7"), "/").status_code == 302


def test_a_forged_forwarding_header_is_no_new_start(limited):
    statuses = [send(Client(), "/", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(3)]

    assert statuses == [302, 302, 429]


def test_refused_pictures_count_too(client, limited):
    for _ in range(2):
        client.post("/", {})

    assert send(client, "/").status_code == 429


def test_a_token_raises_the_limit_tenfold(limited):
    _, token = AuthToken.objects.create(user=User.objects.create_user("ada"))
    headers = {"Authorization": f"Token {token}"}

    statuses = [send(Client(), "/api/v1/pictures/", headers=headers).status_code for _ in range(21)]

    assert statuses == [201] * 20 + [429]


def test_who_is_logged_in_is_counted_apart_from_the_address(admin_client, limited):
    for _ in range(3):
        send(Client(), "/")

    assert send(admin_client, "/").status_code == 302


def test_a_user_has_one_count_wherever_they_are(limited, settings):
    settings.RATE_LIMIT = "1/min"
    ada, eve = (Client(), Client())
    ada.force_login(User.objects.create_user("ada"))
    eve.force_login(User.objects.create_user("eve"))

    statuses = [send(ada, "/", REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(11)]

    assert statuses == [302] * 10 + [429]
    assert send(eve, "/", REMOTE_ADDR="192.0.2.1").status_code == 302


def test_guesses_are_counted_apart_and_may_be_ten_times_as_many(client, limited):
    statuses = [send(client, "/api/v1/guess/").status_code for _ in range(21)]

    assert statuses == [200] * 20 + [429]
    assert send(client, "/api/v1/pictures/").status_code == 201


@pytest.mark.parametrize("rate", ["off", "OFF"])
def test_it_can_be_turned_off(client, network, settings, rate):
    settings.RATE_LIMIT = rate

    assert [send(client, "/api/v1/pictures/").status_code for _ in range(4)] == [201] * 4


def test_looking_is_not_counted(client, limited):
    for address in ("/", "/upload/", "/api/v1/pictures/", "/api/v1/models/"):
        for _ in range(3):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", [*PAGES, *API, "/api/v1/guess/"])
def test_a_full_disk_that_cannot_count_is_told_and_nothing_is_stored(
    client, limited, settings, tmp_path, monkeypatch, address
):
    backend = "django.core.cache.backends.filebased"
    settings.CACHES = {"default": {"BACKEND": f"{backend}.FileBasedCache", "LOCATION": tmp_path / "cache"}}
    monkeypatch.setattr(f"{backend}.tempfile.mkstemp", raise_disk_full)

    answer = send(client, address)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "Readings cannot be stored at the moment." in answer.content.decode()
    assert not Picture.objects.exists()
