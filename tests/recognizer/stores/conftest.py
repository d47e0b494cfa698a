"""A Redis beside the tests."""

import os
from collections.abc import Iterator

import pytest

from tests.redis_server import OwnRedis, own_redis, redis_path


@pytest.fixture
def redis_server() -> Iterator[OwnRedis]:
    """Start an empty Redis; without one installed the test skips, but fails in continuous integration."""
    if redis_path() is None:
        reason = "No Redis: redis-server is not installed."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with own_redis() as server:
        yield server
