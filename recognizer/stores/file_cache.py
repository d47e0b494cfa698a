"""The cache of a site on one machine: a folder that its processes share."""

import fcntl
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

LOCKS = 64
"""So many files stand for all keys: two keys seldom wait for each other, and no file has to be taken away."""


class SharedFileCache(FileBasedCache):
    """Django's own; of many processes that add the same key at once, one alone succeeds, as with the other caches."""

    def add(self, key: str, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        with self.alone(key):
            return super().add(key, value, timeout, version)

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """Let one at a time, of all threads and processes, do what it does with this key; add does so by itself."""
        self._createdir()
        with open(os.path.join(self._dir, f"{zlib.crc32(key.encode()) % LOCKS}.lock"), "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed
            yield
