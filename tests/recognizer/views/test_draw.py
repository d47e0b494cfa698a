"""Reading what was drawn: `/`."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from recognizer.models import Picture
from tests.pictures import png_of


def test_it_shows_the_drawing_pad(client, network):
    answer = client.get("/")

    assert answer.status_code == 200
    assert "<drawing-pad" in answer.content.decode()


def test_it_stores_what_was_drawn_and_goes_to_its_page(client, network):
    drawing = SimpleUploadedFile("drawing.png", png_of("7"))

    answer = client.post("/", {"image": drawing, "source": "draw"})

    picture = Picture.objects.get()
    assert answer.status_code == 302
    assert answer.url == f"/p/{picture.pk}/"
    assert (picture.reading, picture.source, picture.name) == ("7", "draw", "")
    assert picture.visitor is not None


def test_it_gives_a_new_visitor_a_cookie_that_finds_the_picture_again(client, network):
    answer = client.post("/", {"image": SimpleUploadedFile("d.png", png_of("7"))}, follow=True)

    assert answer.status_code == 200
    assert answer.request["PATH_INFO"].startswith("/p/")
    assert client.cookies["visitor"]["httponly"]


@pytest.mark.parametrize("digit", "0123456789")
def test_it_reads_each_digit_with_the_real_network(client, real_network, digit):
    client.post("/", {"image": SimpleUploadedFile("d.png", png_of(digit))})

    assert Picture.objects.get().reading == digit
