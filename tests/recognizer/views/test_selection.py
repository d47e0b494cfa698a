"""What is done with selected pictures: `/history/delete/`, `/history/training/`, `/history/download/selected/`."""

import io
import uuid
import zipfile

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from recognizer.models import Picture
from recognizer.views import selection
from tests.recognizer.rows import make_picture, make_version

ADDRESSES = ("/history/delete/", "/history/training/", "/history/download/selected/")


@pytest.fixture
def own(db, visitor) -> list[Picture]:
    """Store three pictures of the client's visitor, and one of another."""
    version = make_version()
    make_picture(version)
    return [make_picture(version, visitor) for _ in range(3)]


@pytest.fixture
def other(own) -> Picture:
    return Picture.objects.exclude(pk__in=[picture.pk for picture in own]).get()


def selected(*pictures: Picture, **more: str) -> dict:
    return {"picture": [str(picture.pk) for picture in pictures], **more}


def told(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_it_asks_before_it_deletes(client, own):
    answer = client.post("/history/delete/", selected(own[0], own[1]))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Delete these 2 pictures?" in page
    assert f'value="{own[0].pk}"' in page
    assert f'value="{own[2].pk}"' not in page
    assert Picture.objects.count() == 4


def test_once_confirmed_it_deletes_them_and_says_how_many(client, own, other):
    answer = client.post("/history/delete/", selected(own[0], own[1], confirmed="yes"))

    assert answer.url == "/history/"
    assert told(answer) == ["2 pictures are deleted for good."]
    assert set(Picture.objects.all()) == {own[2], other}


def test_their_files_go_with_them(client, picture, other_picture, django_capture_on_commit_callbacks):
    storage = picture.image.storage

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/history/delete/", selected(picture, confirmed="yes"))

    assert not storage.exists(picture.image.name)
    assert storage.exists(other_picture.image.name)


def test_training_is_allowed_and_forbidden_for_the_selected_alone(client, own, other):
    answer = client.post("/history/training/", selected(own[0], own[1], may_train="yes"))

    assert told(answer) == ["2 pictures may be used for training."]
    assert set(Picture.objects.filter(may_train=True)) == {own[0], own[1]}

    answer = client.post("/history/training/", selected(own[1], may_train="no"))

    assert told(answer)[-1] == "1 picture is kept out of training."
    assert Picture.objects.get(may_train=True) == own[0]


def test_what_says_neither_yes_nor_no_allows_nothing(client, own):
    client.post("/history/training/", selected(own[0]))

    assert not Picture.objects.filter(may_train=True).exists()


def test_the_selected_are_downloaded(client, picture, visitor):
    unselected = make_picture(picture.model_version, visitor)

    answer = client.post("/history/download/selected/", selected(picture))

    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    names = " ".join(archive.namelist())
    assert answer["Content-Type"] == "application/zip"
    assert str(picture.pk) in names
    assert str(unselected.pk) not in archive.read("pictures.csv").decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_those_of_another_are_as_if_they_were_not_there(client, own, other, address):
    answer = client.post(address, selected(other, confirmed="yes", may_train="yes"))

    assert answer.status_code == 302
    assert Picture.objects.filter(pk=other.pk, may_train=False).exists()
    assert Picture.objects.count() == 4


def test_those_of_another_among_ones_own_are_left_alone(client, own, other):
    client.post("/history/training/", selected(own[0], other, may_train="yes"))
    client.post("/history/delete/", selected(own[0], other, confirmed="yes"))

    assert Picture.objects.get(pk=other.pk).may_train is False
    assert Picture.objects.count() == 3


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_who_has_no_pictures_reaches_any(own, address):
    stranger = Client()

    answer = stranger.post(address, selected(*own, confirmed="yes", may_train="yes"))

    assert answer.status_code == 302
    assert Picture.objects.filter(may_train=False).count() == 4


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("ids", [[], ["seven"], [str(uuid.UUID(int=0))], ["\x00", "☃"]])
def test_without_a_selection_it_says_what_to_do(client, own, address, ids):
    answer = client.post(address, {"picture": ids, "may_train": "yes"})

    assert answer.url == "/history/"
    assert told(answer) == ["No picture is selected. Tick some first."]


def test_a_confirmation_that_comes_twice_is_no_fault(client, own):
    for _ in range(2):
        answer = client.post("/history/delete/", selected(own[0], confirmed="yes"))

    assert answer.url == "/history/"
    assert told(answer)[-1] == "0 pictures are deleted for good."


@pytest.mark.parametrize(
    ("back", "goes_to"),
    [
        ("digit=7&view=table", "/history/?digit=7&view=table"),
        ("", "/history/"),
        ("https://evil.example/", "/history/"),
        ("//evil.example/?digit=7", "/history/?%2F%2Fevil.example%2F%3Fdigit=7"),
    ],
)
def test_it_goes_back_to_the_page_that_it_came_from_and_nowhere_else(client, own, back, goes_to):
    assert client.post("/history/training/", selected(own[0], back=back)).url == goes_to
    assert client.post("/history/delete/", selected(own[0], back=back, confirmed="yes")).url == goes_to


@pytest.mark.parametrize("address", ADDRESSES)
def test_they_are_asked_for_by_post_only_and_by_this_sites_forms(own, visitor, client, address):
    assert client.get(address, selected(own[0], confirmed="yes")).status_code == 405

    strict = Client(enforce_csrf_checks=True, headers={"Cookie": f"visitor={client.cookies['visitor'].value}"})
    assert strict.post(address, selected(own[0], confirmed="yes", may_train="yes")).status_code == 403
    assert Picture.objects.filter(may_train=False).count() == 4


def test_when_there_is_no_time_for_all_it_says_that_some_stay(client, own, monkeypatch):
    monkeypatch.setattr(selection, "WITHIN_SECONDS", 0)

    answer = client.post("/history/delete/", selected(*own, confirmed="yes"))

    assert told(answer)[-1] == "There was no time for all of them. Select the others again and delete them."
