"""What each step of some work takes by itself, found by watching the functions that do it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from unittest import mock

from django.utils.module_loading import import_string


@dataclass
class Taken:
    """How long a step took in all, without the steps within it."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """Of all threads of the process: less than the seconds where it waited, as for the disk."""


@dataclass
class Stopwatch:
    """Gives every moment of the thread that makes it to the innermost step that goes on; other threads go unwatched."""

    taken: dict[str, Taken] = field(default_factory=dict)
    thread: int = field(default_factory=threading.get_ident)
    _going_on: list[str] = field(default_factory=list)
    _since: tuple[float, float] = (0.0, 0.0)

    @property
    def seconds(self) -> float:
        return sum(taken.seconds for taken in self.taken.values())

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what is done within as a step of this name."""
        self._give_moment()
        self._going_on.append(name)
        self.taken.setdefault(name, Taken())
        try:
            yield
        finally:
            self._give_moment()
            self._going_on.pop()

    @contextmanager
    def watching(self, steps: Mapping[str, str]) -> Iterator[None]:
        """Time functions as steps wherever they are called by these names. steps: a dotted name to its step's name."""
        with ExitStack() as patches:
            for dotted, name in steps.items():
                patches.enter_context(mock.patch(dotted, self._timed(_found(dotted), name)))
            yield

    def _timed(self, function: Callable, name: str) -> Callable:
        @wraps(function)
        def timed(*args: object, **kwargs: object) -> object:
            if threading.get_ident() != self.thread:
                return function(*args, **kwargs)
            with self.step(name):
                return function(*args, **kwargs)

        return timed

    def _give_moment(self) -> None:
        """Give the time since the last change to the step that went on."""
        now = time.perf_counter(), time.process_time()
        if self._going_on:
            taken = self.taken[self._going_on[-1]]
            taken.seconds += now[0] - self._since[0]
            taken.cpu_seconds += now[1] - self._since[1]
        self._since = now


def _found(dotted: str) -> Callable:
    """Return what a dotted name stands for: a function of a module, or of a class in one."""
    owner, _, name = dotted.rpartition(".")
    is_class = owner.rpartition(".")[2][:1].isupper()
    return getattr(import_string(owner), name) if is_class else import_string(dotted)
