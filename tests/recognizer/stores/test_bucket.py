"""The pictures' files in a bucket."""

import errno
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from boto3.session import Session
from botocore.client import BaseClient
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from recognizer.models import Picture
from recognizer.operations import media
from recognizer.recognition import recognize
from recognizer.stores.bucket import BucketStorage
from tests.pictures import png_of
from tests.recognizer.outages import lost_database

pytestmark = pytest.mark.usefixtures("bucket")


def names() -> list[str]:
    return list(media.stored_names())


AWAY = EndpointConnectionError(endpoint_url="http://bucket")


def test_a_picture_is_stored_shown_and_deleted(client, network, visitor, django_capture_on_commit_callbacks):
    address = client.post("/", {"image": SimpleUploadedFile("7.png", png_of("7"))}).url
    picture = Picture.objects.get()

    assert names() == [picture.image.name]
    answer = client.get(f"{address}image/")
    assert answer["Content-Type"] == "image/png"
    assert media.fault_of(media.NamedFile(picture.image.name, picture.sha256)) is None
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}delete/")
    assert names() == []


def test_many_threads_that_store_the_first_files_share_one_bucket(monkeypatch):
    made = []
    resource = Session.resource
    monkeypatch.setattr(Session, "resource", lambda *args, **kwargs: made.append(1) or resource(*args, **kwargs))
    storage = BucketStorage(bucket_name="digits")

    with ThreadPoolExecutor(8) as threads:
        buckets = set(map(id, threads.map(lambda _: storage.bucket, range(8))))

    assert (len(buckets), len(made)) == (1, 1)


def test_a_row_that_cannot_be_written_leaves_no_file(client, network, visitor):
    with lost_database(only="INSERT INTO"):
        answer = client.post("/", {"image": SimpleUploadedFile("7.png", png_of("7"))})

    assert answer.status_code == 503
    assert names() == []


@pytest.mark.parametrize("error", [AWAY, ReadTimeoutError(endpoint_url="http://bucket", error="slow")])
def test_a_bucket_that_is_away_is_told_and_nothing_is_stored(client, network, visitor, bucket_away, error):
    bucket_away(error)

    answer = client.post("/", {"image": SimpleUploadedFile("7.png", png_of("7"))})

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert not Picture.objects.exists()


def test_pages_that_need_no_file_go_on_while_it_is_away(client, picture, bucket_away):
    bucket_away(AWAY)

    assert client.get(picture.get_absolute_url()).status_code == 200
    assert client.get("/history/").status_code == 200
    answer = client.get(f"{picture.get_absolute_url()}image/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_file_whose_answer_is_lost_is_taken_away_again(monkeypatch):
    make = BaseClient._make_api_call

    def lose_answer(client, operation: str, arguments: dict):
        answer = make(client, operation, arguments)
        if operation == "PutObject":
            raise ReadTimeoutError(endpoint_url="http://bucket", error="slow")
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", lose_answer)

    with pytest.raises(OSError, match="cannot be used") as error:
        default_storage.save("pictures/ab/7.png", ContentFile(b"seven"))

    assert error.value.errno == errno.EIO
    assert names() == []


def test_a_missing_file_is_missing_and_a_missing_bucket_is_not(settings):
    with pytest.raises(FileNotFoundError):
        default_storage.open("pictures/ab/7.png")
    with pytest.raises(FileNotFoundError):
        default_storage.get_modified_time("pictures/ab/7.png")

    with pytest.raises(OSError, match="cannot be used") as error:
        BucketStorage(bucket_name="no-such-bucket").open("pictures/ab/7.png")
    assert not isinstance(error.value, FileNotFoundError)


def test_it_has_no_public_address():
    default_storage.save("pictures/ab/7.png", ContentFile(b"seven"))

    with pytest.raises(ValueError, match="no public address"):
        default_storage.url("pictures/ab/7.png")


def test_nobody_without_a_key_can_read_it(bucket, picture):
    grants = bucket.get_object_acl(Bucket=default_storage.bucket_name, Key=picture.image.name)["Grants"]

    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]


def check(*options: str) -> str:
    written = io.StringIO()
    try:
        call_command("check_media", *options, stdout=written)
    except CommandError as error:
        return f"{written.getvalue()}{error}"
    return written.getvalue()


def test_its_files_are_checked(picture, other_picture, visitor, monkeypatch):
    damaged = recognize(png_of("4"), owner=visitor, source="draw")
    default_storage.save(damaged.image.name, ContentFile(b"else"))
    default_storage.delete(other_picture.image.name)
    default_storage.save("pictures/ab/7.png", ContentFile(b"left behind"))

    told = check("--fix")
    assert f"missing: {other_picture.image.name}" in told
    assert f"wrong checksum: {damaged.image.name}" in told
    assert "orphan: pictures/ab/7.png" in told
    assert "3 files: 1 missing, 1 wrong checksum, 1 orphan; removed 0 orphans." in told

    monkeypatch.setattr(timezone, "now", lambda now=timezone.now: now() + timedelta(hours=2))
    assert "removed: pictures/ab/7.png" in check("--fix")
    assert not default_storage.exists("pictures/ab/7.png")


@pytest.mark.django_db(transaction=True)
def test_it_is_backed_up_and_restored(picture, admin_picture, tmp_path):
    call_command("backup", str(tmp_path / "backup"), stdout=io.StringIO())
    for name in names():
        default_storage.delete(name)

    call_command("restore", str(tmp_path / "backup"), "--force", stdout=io.StringIO())

    assert check().strip() == "2 files: 0 missing, 0 wrong checksum, 0 orphan."
