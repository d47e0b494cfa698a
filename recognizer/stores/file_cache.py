"""The cache of a site on one machine: a folder that its processes share."""

import fcntl
import os

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache


class SharedFileCache(FileBasedCache):
    """Django's own; of many processes that add the same key at once, one alone succeeds, as with the other caches."""

    def add(self, key: str, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        self._createdir()
        with open(os.path.join(self._dir, "adding.lock"), "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed
            return super().add(key, value, timeout, version)
