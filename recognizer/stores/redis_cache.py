"""The cache that several machines share."""

import contextlib
import errno
from collections.abc import Iterator

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import LockNotOwnedError, RedisError

MOST_SECONDS_ALONE = 3
"""So long a process that was killed keeps the others waiting, or one whose lock came after it had given up..."""
MOST_SECONDS_WAITING = 5
"""... and so long they wait."""


@contextlib.contextmanager
def telling_outages() -> Iterator[None]:
    """Let a Redis that is away look like a folder of the cache that cannot be used: raise OSError with EIO."""
    try:
        yield
    except RedisError as error:
        raise OSError(errno.EIO, f"The cache cannot be used: {error}") from error


class SharedRedisCache(RedisCache):
    """Django's own; while Redis is away, what counts in it is told that as of any other cache."""

    def add(self, key: str, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        with telling_outages():
            return super().add(key, value, timeout, version)

    def get(self, key: str, default: object = None, version: int | None = None) -> object:
        with telling_outages():
            return super().get(key, default, version)

    def set(self, key: str, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        with telling_outages():
            super().set(key, value, timeout, version)

    def delete(self, key: str, version: int | None = None) -> bool:
        with telling_outages():
            return super().delete(key, version)

    @contextlib.contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """Let one at a time, of all machines, do what it does with this key. Raises OSError for who waits too long."""
        client, name = self._cache.get_client(key, write=True), self.make_and_validate_key(f"{key}_alone")
        lock = client.lock(name, MOST_SECONDS_ALONE, sleep=0.005, blocking_timeout=MOST_SECONDS_WAITING)
        with telling_outages():
            if not lock.acquire():
                raise OSError(errno.EIO, "Too many wait for the cache.")
            try:
                yield
            finally:
                with contextlib.suppress(LockNotOwnedError):  # Redis was short of memory, or it took too long
                    lock.release()
