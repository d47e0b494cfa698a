"""What the run of hostile requests counts."""

import random

import pytest
import requests
from PIL import Image, PngImagePlugin

from tests.load.fuzz import foreign_files, is_own_encoding
from tests.load.hostile import requests_of
from tests.load.hostile.request import Hostile
from tests.load.hostile.sender import Answer, Sender, Tally
from tests.load.hostile.texts import SCRIPT
from tests.pictures import encoded, page_with

PAGE = page_with("7", side=60, pen=6)


def told() -> PngImagePlugin.PngInfo:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "who made it")
    return texts


def test_a_stored_picture_is_no_foreign_file(picture, settings):
    assert foreign_files(settings.MEDIA_ROOT) == []


def test_what_has_another_name_is_a_foreign_file(picture, settings):
    named = settings.MEDIA_ROOT / "pictures" / "seven.png"
    named.write_bytes(encoded(PAGE))

    assert foreign_files(settings.MEDIA_ROOT) == [named]


@pytest.mark.parametrize(
    "data",
    [encoded(PAGE, pnginfo=told()), encoded(PAGE, "JPEG"), encoded(Image.fromarray(PAGE).convert("RGB")), b""],
    ids=["with a text", "a JPEG", "in colour", "empty"],
)
def test_what_could_be_its_givers_bytes_is_not_our_encoding(data):
    assert not is_own_encoding(data)


def test_a_run_can_be_repeated():
    one, other = (requests_of(["/history/", "/p/<picture_id>/"], 60, random.Random(3)) for _ in range(2))

    assert one == other
    assert len({hostile.kind for hostile in one}) > 8
    assert any(hostile.raw for hostile in one)


def test_an_answer_to_other_cookies_takes_none_of_the_own_away(monkeypatch):
    answer = requests.Response()
    answer.status_code = 200
    monkeypatch.setattr(requests.Session, "request", lambda *_, **__: answer)
    sender = Sender("http://127.0.0.1")
    sender.session.cookies.set("sessionid", "own")
    monkeypatch.setattr(requests.Session, "request", lambda session, *_, **__: session.cookies.clear() or answer)

    sender.send(Hostile("headers", "GET", "/", headers={"Cookie": "sessionid=another"}))
    assert sender.is_logged_in
    sender.send(Hostile("headers", "GET", "/"))
    assert not sender.is_logged_in


@pytest.mark.parametrize(
    ("answer", "failures", "leaks"),
    [
        (Answer(200, {}), 0, 0),
        (Answer(429, {"Retry-After": "5"}), 0, 0),
        (Answer(503, {"Retry-After": "5"}), 1, 0),
        (Answer(500, {}), 1, 0),
        (Answer(504, {}), 1, 0),
        (Answer(400, {}, f"<p>{SCRIPT}</p>"), 0, 1),
        (Answer(302, {"X-Injected": "yes"}), 0, 1),
    ],
)
def test_it_counts_what_may_not_be(answer, failures, leaks):
    tally = Tally()

    tally.add(Hostile("picture", "POST", "/"), answer)

    assert (len(tally.failures), len(tally.leaks)) == (failures, leaks)


def test_it_counts_what_was_stored():
    tally, number = Tally(), "6f1d0f7e-52c1-4b4a-a9d9-3a3a1b9a4f00"
    for path, status, location in (
        ("/", 302, f"/p/{number}/"),
        ("/upload/", 302, f"/batch/{number}/"),
        ("/api/v1/pictures/", 201, f"http://127.0.0.1:8000/p/{number}/"),
        (f"/p/{number}/label/", 302, f"/p/{number}/"),
        ("/", 302, "/account/login/"),
    ):
        tally.add(Hostile("picture", "POST", path), Answer(status, {"Location": location}))

    assert tally.stored == {"picture": 2, "batch": 1}
