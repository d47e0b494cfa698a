"""Visits that go on while something is done to the site, and what became of them."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.load.machines.person import Person

VISITORS = 2
VISITS = 8
"""After so many visits somebody else comes: the site lets one address give 60 pictures a minute."""


class Traffic:
    """Counts answers by method and status; what breaks off has the status 0."""

    def __init__(self, base: str, certificate: Path) -> None:
        self.base, self.certificate = base, certificate
        self.over = threading.Event()
        self.answers = Counter()
        self.problems: list[str] = []

    def go_on(self) -> None:
        while not self.over.is_set():
            person = Person(self.certificate)
            for _ in range(VISITS):
                self.visit(person)
                if self.over.is_set():
                    break

    def visit(self, person: Person) -> None:
        try:
            for answer in person.visit(self.base):
                self.count(answer.request.method, answer.status_code, answer.url)
        except requests.RequestException as error:
            self.count(error.request.method if error.request else "?", 0, repr(error))

    def count(self, method: str, status: int, where: str) -> None:
        self.answers[method, status] += 1
        if status == 0 or status >= 500:
            self.problems.append(f"{status} {method} {where}")

    def total(self) -> int:
        return self.answers.total()

    def failed(self, *methods: str) -> int:
        """Return how many failed, of all or of these methods alone."""
        bad = (item for item in self.answers.items() if item[0][1] == 0 or item[0][1] >= 500)
        return sum(count for (method, _), count in bad if not methods or method in methods)

    def __str__(self) -> str:
        return ", ".join(f"{method} {status}: {count}" for (method, status), count in sorted(self.answers.items()))


@contextmanager
def traffic(base: str, certificate: Path, *, before: float = 1.0, after: float = 3.0) -> Iterator[Traffic]:
    """Let visitors come from so many seconds before what is done until so many after it."""
    going_on = Traffic(base, certificate)
    threads = [threading.Thread(target=going_on.go_on) for _ in range(VISITORS)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(before)
        yield going_on
        time.sleep(after)
    finally:
        going_on.over.set()
        for thread in threads:
            thread.join()
