"""Outages: the database that is away, the disk that is full."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection


@contextmanager
def lost_database(*, only: str = "") -> Iterator[None]:
    """Let every statement fail as it does on a locked database, or those alone that hold a text."""

    def fail(execute, sql, params, many, context):
        if only in sql:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield


def raise_disk_full(*args, **kwargs):
    """Fail as every write does on a full disk."""
    raise OSError(errno.ENOSPC, "No space left on device")
