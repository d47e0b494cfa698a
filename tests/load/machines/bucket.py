"""A bucket on a server of its own that speaks S3: moto's."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import requests
from botocore.client import BaseClient

from tests.own_site import free_port, wait_for

NAME = "pictures"


@contextmanager
def own_bucket(folder: Path) -> Iterator[dict[str, str]]:
    """Start the server with an empty bucket; yield what a machine's environment has to say of it."""
    port = free_port()
    settings = {
        "MEDIA_BUCKET": NAME,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "bucket.txt").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_for(lambda: _is_there(settings["AWS_ENDPOINT_URL"]), 60)
        client_of(settings).create_bucket(Bucket=NAME)
        yield settings
    finally:
        process.kill()
        process.wait()


def client_of(settings: dict[str, str]) -> BaseClient:
    """Return boto3's client of the bucket."""
    return boto3.client(
        "s3",
        endpoint_url=settings["AWS_ENDPOINT_URL"],
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
        region_name=settings["AWS_DEFAULT_REGION"],
    )


def _is_there(address: str) -> bool:
    try:
        return requests.get(f"{address}/moto-api/", timeout=2).ok
    except requests.RequestException:
        return False
