"""What is done with all of one's pictures: `/history/download/`, `/history/delete-all/`."""

import io
import uuid
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from recognizer.history import deletion
from recognizer.history.deletion import Deleted
from recognizer.models import Batch, Picture
from recognizer.views import whole_history
from tests.recognizer.rows import make_picture, make_version

YES = {"confirmed": "on"}


@pytest.fixture
def own(db, visitor) -> dict[str, Picture]:
    """Store a 4 and a 7 of the client's visitor, and a 4 of another."""
    version = make_version()
    make_picture(version, digits="4")
    return {digit: make_picture(version, visitor, digit) for digit in "47"}


def told(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def downloaded(answer) -> str:
    """Return the table of pictures in the zip that was answered."""
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).read("pictures.csv").decode()


def test_all_of_ones_own_are_downloaded(client, own):
    answer = client.get("/history/download/")

    lines = downloaded(answer).splitlines()
    assert answer["Content-Disposition"] == f'attachment; filename="pictures-{timezone.now():%Y-%m-%d}.zip"'
    assert len(lines) == 3
    assert all(str(picture.pk) in "".join(lines) for picture in own.values())


def test_what_the_filters_leave_is_downloaded(client, own):
    table = downloaded(client.get("/history/download/?digit=7"))

    assert str(own["7"].pk) in table
    assert str(own["4"].pk) not in table


def test_a_stranger_downloads_an_empty_zip(own):
    assert len(downloaded(Client().get("/history/download/")).splitlines()) == 1


def test_asking_for_the_head_makes_no_zip(client, own):
    answer = client.head("/history/download/")

    assert answer["Content-Type"] == "application/zip"
    assert b"".join(answer.streaming_content) == b""


def test_it_asks_before_it_deletes_all(client, own):
    answer = client.get("/history/delete-all/")

    assert "Delete all your pictures?" in answer.content.decode()
    assert "2 pictures go for good" in answer.content.decode()
    assert Picture.objects.count() == 3


def test_it_counts_no_further_than_it_has_to(client, own, visitor, monkeypatch):
    monkeypatch.setattr(whole_history, "COUNTED_UP_TO", 1)

    assert "More than 1 pictures" in client.get("/history/delete-all/").content.decode()


def test_without_the_tick_nothing_goes(client, own):
    answer = client.post("/history/delete-all/")

    assert answer.status_code == 400
    assert "Tick the box" in answer.content.decode()
    assert Picture.objects.count() == 3


def test_with_the_tick_all_of_ones_own_go_and_no_others(client, own):
    answer = client.post("/history/delete-all/", YES)

    assert answer.url == "/history/"
    assert told(answer) == ["2 pictures are deleted for good."]
    assert Picture.objects.get().visitor not in {picture.visitor for picture in own.values()}


@pytest.mark.parametrize(
    ("query", "left"), [("", {"going on", "another's"}), ("?digit=7", {"mine", "going on", "another's"})]
)
def test_batches_go_with_all_of_their_pictures(client, own, visitor, query, left):
    now, kept = timezone.now(), {"came_as": "files", "kind": "cnn", "total": 1}
    batches = {
        "mine": Batch.objects.create(visitor=visitor.visitor, finished=now, **kept),
        "going on": Batch.objects.create(visitor=visitor.visitor, **kept),
        "another's": Batch.objects.create(visitor=uuid.uuid4(), finished=now, **kept),
    }

    client.post(f"/history/delete-all/{query}", YES)

    assert {name for name, batch in batches.items() if Batch.objects.filter(pk=batch.pk).exists()} == left


def test_what_the_filters_leave_out_stays(client, own):
    assert "Delete all of these?" in client.get("/history/delete-all/?digit=7").content.decode()

    client.post("/history/delete-all/?digit=7", YES)

    assert not Picture.objects.filter(pk=own["7"].pk).exists()
    assert Picture.objects.filter(pk=own["4"].pk).exists()


@pytest.mark.parametrize("query", ["digit=77", "since=2026-11-22&until=2026-11-01", "verdict=perhaps", "until=soon"])
def test_a_filter_that_is_not_understood_deletes_and_downloads_nothing(client, own, query):
    """Left out, it would take more pictures than were meant."""
    for answer in (
        client.get(f"/history/delete-all/?{query}"),
        client.post(f"/history/delete-all/?{query}", YES),
        client.get(f"/history/download/?{query}"),
    ):
        assert answer.status_code == 302
        assert answer.url.startswith("/history/?")
        assert told(answer)[-1] == "Mend the filters first: nothing was done."
    assert Picture.objects.count() == 3


def test_more_than_one_request_may_delete_is_gone_on_with(client, own, monkeypatch):
    monkeypatch.setattr(deletion, "AT_ONCE", 1)
    delete_pictures = whole_history.delete_pictures

    def delete_one(pictures, **options) -> Deleted:
        clock = SimpleNamespace(monotonic=iter([0.0, 0.0, 99.0]).__next__, sleep=lambda _: None)
        with monkeypatch.context() as patch:
            patch.setattr(deletion, "time", clock)
            return delete_pictures(pictures, **options)

    monkeypatch.setattr(whole_history, "delete_pictures", delete_one)

    first = client.post("/history/delete-all/", YES)
    drawn_meanwhile = make_picture(own["4"].model_version, created=timezone.now() + timedelta(seconds=1))
    Picture.objects.filter(pk=drawn_meanwhile.pk).update(visitor=own["4"].visitor)
    second = client.post("/history/delete-all/", YES | {name: first.context[name] for name in ("until", "deleted")})

    assert "1 picture is gone" in first.content.decode()
    assert told(second) == ["2 pictures are deleted for good."]
    assert Picture.objects.get(visitor=own["4"].visitor) == drawn_meanwhile


@pytest.mark.parametrize(
    "garbage",
    [
        {"until": "then"},
        {"until": "9999-12-31T23:59:59-23:59"},
        {"until": "0001-01-01T00:00:00+23:59"},
        {"deleted": "-1"},
        {"deleted": "many"},
        {"deleted": "9" * 5000},
    ],
)
def test_garbage_deletes_nothing(client, own, garbage):
    assert client.post("/history/delete-all/", YES | garbage).status_code == 400
    assert Picture.objects.count() == 3


def test_with_nothing_to_delete_it_leads_back(client, own):
    assert client.get("/history/delete-all/?digit=9").url == "/history/?digit=9"


def test_it_takes_this_sites_form(client, own):
    strict = Client(enforce_csrf_checks=True, headers={"Cookie": f"visitor={client.cookies['visitor'].value}"})

    assert strict.post("/history/delete-all/", YES).status_code == 403
    assert Picture.objects.count() == 3
