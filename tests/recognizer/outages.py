"""Outages: the database that is away, the disk that is full; and faults, one at each step of the way in turn."""

import builtins
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest
from django.db import OperationalError, connection

FOLDER = "recognizer.stores.folder"
"""What writes pictures to a disk."""


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


@dataclass
class Fault:
    """Lets one of the calls that it is shown fail."""

    number: int
    """Which one, in their order from 0."""
    error: Exception
    is_lasting: bool = False
    """Whether all calls after that one fail, too."""
    calls: list[str] = field(default_factory=list)
    """What was called until then, by name."""

    @property
    def has_fired(self) -> bool:
        return len(self.calls) > self.number

    @property
    def place(self) -> str:
        """Return the call that failed."""
        return self.calls[self.number]

    def call(self, name: str, function: Callable, *args, **kwargs):
        """Call the function, or fail if it is its turn."""
        self.calls.append(name)
        turn = len(self.calls) - 1
        if turn == self.number or (self.is_lasting and turn > self.number):
            raise self.error
        return function(*args, **kwargs)


@contextmanager
def failing_database(fault: Fault) -> Iterator[None]:
    """Show the fault every statement and every commit."""
    commit = connection.commit
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "commit", partial(fault.call, "COMMIT", commit))
        with connection.execute_wrapper(lambda execute, sql, *rest: fault.call(sql, execute, sql, *rest)):
            yield


@contextmanager
def failing_disk(fault: Fault) -> Iterator[None]:
    """Show the fault whatever is asked of the operating system while a picture's file is written."""

    class Watched:
        """Stands in for a module or a file."""

        def __init__(self, real: object) -> None:
            self.real = real

        def __getattr__(self, name: str):
            found = getattr(self.real, name)
            is_asked = callable(found) and name not in ("close", "fileno", "unlink")  # those clear up
            return partial(fault.call, name, found) if is_asked else found

        def __enter__(self) -> "Watched":
            return self

        def __exit__(self, *error: object) -> None:
            self.real.close()

    def opened(*args) -> Watched:
        return Watched(fault.call("open", builtins.open, *args))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{FOLDER}.os", Watched(os))
        patch.setattr(f"{FOLDER}.open", opened, raising=False)
        yield


def each_fault(
    failing: Callable[[Fault], object], error: Exception, *, is_lasting: bool = False
) -> Iterator[tuple[Fault, object]]:
    """Yield a fault at each call in turn, and what makes it happen, until there is no such call any more."""
    number = 0
    while True:
        fault = Fault(number, error, is_lasting)
        yield fault, failing(fault)
        if not fault.has_fired:
            return
        number += 1
