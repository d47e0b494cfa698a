"""How long a request waits for SQLite's lock: once in full, and then hardly.

A page asks the database several times. If each question waited in full, a visitor would wait a minute to be told that
the database is locked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

HARDLY_MS = 100


@contextmanager
def one_wait(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Have statements wait in full until one has waited in vain, and then hardly; only SQLite's do.

    A COMMIT is not among them: it waits in full, for those who are just reading.
    """
    if connection.vendor != "sqlite":
        yield
        return

    def execute_once_in_full(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        try:
            return execute(sql, params, many, context)
        except OperationalError as error:
            if "locked" in str(error):
                _wait(connection, HARDLY_MS)
            raise

    with connection.execute_wrapper(execute_once_in_full):
        try:
            yield
        finally:
            if connection.connection is not None:
                _wait(connection, round(1000 * connection.settings_dict["OPTIONS"]["timeout"]))


def _wait(connection: BaseDatabaseWrapper, milliseconds: int) -> None:
    connection.connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
