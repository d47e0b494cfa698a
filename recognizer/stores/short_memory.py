"""What is kept in the memory of a process for a little while, and is gone from it afterwards, asked for or not."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

Kept = TypeVar("Kept")


class ShortMemory:
    """Keeps so many things for so long; of more the oldest go. For any number of threads."""

    def __init__(self, *, seconds: float, most: int) -> None:
        self.seconds, self.most = seconds, most
        self._kept: OrderedDict[str, tuple[float, object]] = OrderedDict()
        self._lock = threading.Lock()
        self._sweeper: threading.Timer | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def kept_or_made(self, key: str, make: Callable[[], Kept]) -> Kept:
        """Return what is kept under the key, else what is made, which is then kept."""
        with self._lock:
            if key in self._kept:
                return self._kept[key][1]
        made = make()
        with self._lock:
            self._kept.setdefault(key, (time.monotonic() + self.seconds, made))
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
            self._sweep_later()
        return made

    def _sweep_later(self) -> None:
        """Have the oldest thing removed when its time has come."""
        if self._sweeper is None and self._kept:
            until, _ = next(iter(self._kept.values()))
            self._sweeper = threading.Timer(max(0.0, until - time.monotonic()), self._sweep)
            self._sweeper.daemon = True
            self._sweeper.start()

    def _sweep(self) -> None:
        with self._lock:
            now = time.monotonic()
            while self._kept and next(iter(self._kept.values()))[0] <= now:
                self._kept.popitem(last=False)
            self._sweeper = None
            self._sweep_later()
