"""What these tests share: no static files, which cost half their time, and rows that several of them begin with."""

import uuid
from collections.abc import Callable, Iterator

import boto3
import pytest
from botocore.client import BaseClient
from django.test import Client

from recognizer.inference.artifacts import read_artifact
from recognizer.models import Glyph, ModelVersion, Picture
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.marked_language import speak_marked
from tests.pictures import png_of
from tests.recognizer.artifacts import make_artifact
from tests.recognizer.full_site import fill_site
from tests.recognizer.rows import make_version


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("static")


@pytest.fixture(autouse=True)
def _no_static_files(settings, empty_folder):
    """Serve static files from an empty folder; more than half of the tests' time is saved by it."""
    settings.STATIC_ROOT = empty_folder


@pytest.fixture
def vanishing_pictures(monkeypatch):
    """Let every picture be deleted by somebody else just before a label is written."""
    set_label = Glyph.set_label

    def delete_and_set_label(glyph: Glyph, *args, **kwargs) -> bool:
        Picture.objects.filter(pk=glyph.picture_id).delete()
        return set_label(glyph, *args, **kwargs)

    monkeypatch.setattr(Glyph, "set_label", delete_and_set_label)


@pytest.fixture
def marked(monkeypatch) -> None:
    """Put every message that is translated between marks."""
    speak_marked(monkeypatch)


@pytest.fixture
def full_site(real_network: ModelVersion, admin_user, admin_client, django_user_model) -> Client:
    """Return the client of a superuser on a site that has something of everything."""
    django_user_model.objects.create_superuser("ada")  # the only one could not delete their account
    fill_site(real_network, admin_user)
    recognize(png_of("42"), owner=Owner(user=admin_user), source="upload", name="42.png")
    return admin_client


@pytest.fixture
def stored(settings, db):
    """Return a function that stores a version with an artifact on disk."""

    def store(version: str, state: str = "candidate") -> ModelVersion:
        folder = make_artifact(settings.MODEL_ROOT, "cnn", version)
        return make_version("cnn", version, state, sha256=read_artifact(folder).sha256)

    return store


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[str]:
    """Start a server that speaks S3, and return its address."""
    from moto.server import ThreadedMotoServer  # takes longer than many a test

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(settings, monkeypatch, bucket_server) -> BaseClient:
    """Keep this test’s files in a bucket of its own, named by the environment as a site’s is; return boto3’s client."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", bucket_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    settings.MEDIA_BUCKET = f"pictures-{uuid.uuid4().hex}"
    options = {"bucket_name": settings.MEDIA_BUCKET}
    default = {"BACKEND": "recognizer.stores.bucket.BucketStorage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": default}
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=settings.MEDIA_BUCKET)
    return s3


@pytest.fixture
def bucket_away(bucket, monkeypatch) -> Callable[[Exception], None]:
    """Return a function that lets every request to the bucket fail as this one error."""

    def go_away(error: Exception) -> None:
        def fail(*args, **kwargs):
            raise error

        monkeypatch.setattr(BaseClient, "_make_api_call", fail)

    return go_away
