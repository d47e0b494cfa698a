"""The pictures' files in an S3-compatible bucket, for sites of more than one machine.

The bucket is private: nobody is given an address in it. boto3 finds keys, region and endpoint in the environment
(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL).
"""

import contextlib
import errno
import threading
from collections.abc import Iterator
from datetime import datetime

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from recognizer.stores.folder import NO_ADDRESS

CLIENT = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "max_attempts": 3},
    request_checksum_calculation="when_required",  # servers other than Amazon's may not know the newer ones
    response_checksum_validation="when_required",
)
TRANSFER = TransferConfig(use_threads=False)  # a picture is too small to be sent in parts
_making = threading.Lock()
NOT_FOUND = {"404", "NoSuchKey"}  # not NoSuchBucket


@contextlib.contextmanager
def telling_outages() -> Iterator[None]:
    """Let a bucket that cannot be used look like a disk that cannot: raise FileNotFoundError, or OSError with EIO."""
    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] in NOT_FOUND:
            raise FileNotFoundError(errno.ENOENT, "There is no such file in the bucket.") from error
        raise OSError(errno.EIO, f"The bucket cannot be used: {error}") from error


class BucketStorage(S3Storage):
    """Stores a file whole or not at all: an object is there when all of it has come, and for good."""

    def get_default_settings(self) -> dict[str, object]:
        return super().get_default_settings() | {"client_config": CLIENT, "transfer_config": TRANSFER}

    @property
    def bucket(self) -> object:
        """Return the bucket: made by one thread at a time, for many at once take 15 MB and half a second each."""
        with _making:
            return super().bucket

    def url(self, name: str, *args: object, **kwargs: object) -> str:
        raise ValueError(NO_ADDRESS)

    def _save(self, name: str, content: File) -> str:
        try:
            with telling_outages():
                return super()._save(name, content)
        except BaseException:  # it may have come all the same, though not the answer
            with contextlib.suppress(OSError):
                self.delete(name)
            raise

    def _open(self, name: str, mode: str = "rb") -> ContentFile:
        """Fetch the whole file now: once an answer has begun, it could no longer say that the bucket is away."""
        with telling_outages():
            answer = self.bucket.Object(self._normalize_name(clean_name(name))).get()
            return ContentFile(answer["Body"].read(), name=name)

    def delete(self, name: str) -> None:
        with telling_outages():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with telling_outages():
            return super().exists(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with telling_outages():
            return super().listdir(name)

    def get_modified_time(self, name: str) -> datetime:
        with telling_outages():
            return super().get_modified_time(name)
