"""The cache that several machines share, while it is away."""

import socket

import pytest
from django.contrib.auth import get_user
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from recognizer.models import Picture
from tests.pictures import png_of


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
