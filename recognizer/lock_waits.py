"""How long a connection waits for SQLite's lock: once in full, then hardly, until it has had the lock again.

A page asks the database several times. If each question waited in full, a visitor would wait a minute to be told that
the database is locked.
"""

from collections.abc import Callable

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

HARDLY_MS = 100
SQLITE_TIMEOUT = 5.0
"""In seconds: what Python's sqlite3 waits unless told."""


def watch(connection: BaseDatabaseWrapper, **kwargs) -> None:
    """Have a new connection wait so: what Django sends `connection_created` to."""
    if connection.vendor == "sqlite" and wait_once not in connection.execute_wrappers:
        connection.execute_wrappers.append(wait_once)


def wait_once(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
    """Execute a statement; what is to wait after it depends on whether the lock was had."""
    connection = context["connection"]
    try:
        result = execute(sql, params, many, context)
    except OperationalError as error:
        if "locked" in str(error):
            _wait(connection, HARDLY_MS)
        raise
    if getattr(connection, "hardly_waits", False):
        _wait(connection, round(1000 * connection.settings_dict["OPTIONS"].get("timeout", SQLITE_TIMEOUT)))
    return result


def _wait(connection: BaseDatabaseWrapper, milliseconds: int) -> None:
    connection.connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
    connection.hardly_waits = milliseconds == HARDLY_MS
