"""`python -m tests.load.against_naive`: our site against one as tutorials write it (tests/load/naive_site/).

The same server (gunicorn, as many processes and threads), the same machine, the same network, the same load: so many
clients, each on a connection of its own, send drawn digits of 280×280 one after the other. Rounds alternate. Ours keeps
all that it always keeps and waits until rows, file and folder are on the disk; the other keeps one row and one file,
and waits for the row alone. An answer counts when it is 200, 201 or 302. At last one client alone asks each, in turns.
"""

import argparse
import contextlib
import http.client
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import requests
from urllib3 import encode_multipart_formdata

from digitsite import gunicorn
from tests.load.served_site import ServedSite, served_site
from tests.own_site import ROOT
from tests.pictures import png_of

ACKNOWLEDGED = (200, 201, 302)
NETWORK = max(ROOT.glob("recognizer/released/cnn-*/model.keras"))


BODIES = [
    encode_multipart_formdata({"image": ("7.png", png_of(str(number % 10), pen=14 + number % 8), "image/png")})
    for number in range(40)
]
"""Of requests, each with its content type."""


class NaiveSite(ServedSite):
    """The other site, served by gunicorn on a free port of this machine."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "tests.load.naive_site.settings",
            "NAIVE_FOLDER": str(folder),
            "NAIVE_MODEL": str(NETWORK),
        }
        self.pids: set[str] = set()

    @property
    def command(self) -> tuple[str, ...]:
        options = f"--worker-class {gunicorn.worker_class} --threads {gunicorn.threads} --no-control-socket"
        options += f" --bind {urlsplit(self.address).netloc} --workers {self.workers}"
        return ("-m", "gunicorn", *options.split(), "tests.load.naive_site.wsgi")

    def is_ready(self) -> bool:
        """Say whether every process has answered: it loads the network when it is first asked."""
        assert self.server.poll() is None, self.log()
        with contextlib.suppress(requests.RequestException):
            self.pids.add(requests.get(f"{self.address}/", timeout=120).text)
        return len(self.pids) == self.workers


@dataclass
class Client:
    """Someone who sends one digit after the other over one connection, and keeps the cookie that comes."""

    address: str
    path: str
    number: int = 0
    answers: list[int] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    cookie: str = ""

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=120)

    def send(self) -> None:
        """Send a digit and wait for the whole answer; a connection that breaks is answer 0."""
        body, content_type = BODIES[(self.number + len(self.answers)) % len(BODIES)]
        headers = {"Content-Type": content_type} | ({"Cookie": self.cookie} if self.cookie else {})
        begun = time.perf_counter()
        try:
            self.connection.request("POST", self.path, body, headers)
            answer = self.connection.getresponse()
            answer.read()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            self.answers.append(0)
            return
        self.milliseconds.append(1000 * (time.perf_counter() - begun))
        self.answers.append(answer.status)
        if given := answer.getheader("Set-Cookie"):
            self.cookie = given.split(";")[0]

    def send_until(self, end: float) -> None:
        while time.perf_counter() < end:
            self.send()
        self.connection.close()


@dataclass
class Side:
    """What one site, or one address of it, was given and did."""

    name: str
    site: ServedSite
    path: str
    per_second: list[float] = field(default_factory=list)
    """Acknowledged requests, for each round."""
    cpu_ms: list[float] = field(default_factory=list)
    """Of all processes that serve, for each acknowledged request; of each round."""
    clients: list[Client] = field(default_factory=list)
    """Of all rounds."""

    def round(self, count: int, seconds: float) -> None:
        """Let so many clients send for so long."""
        clients = [Client(self.site.address, self.path, 5 * number) for number in range(count)]
        begun, cpu_begun = time.perf_counter(), cpu_seconds(self.site)
        threads = [threading.Thread(target=client.send_until, args=(begun + seconds,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        acknowledged = sum(status in ACKNOWLEDGED for client in clients for status in client.answers)
        self.per_second.append(acknowledged / (time.perf_counter() - begun))
        self.cpu_ms.append(1000 * (cpu_seconds(self.site) - cpu_begun) / max(1, acknowledged))
        self.clients += clients

    def forget(self) -> None:
        self.per_second, self.cpu_ms, self.clients = [], [], []

    @property
    def milliseconds(self) -> list[float]:
        return [taken for client in self.clients for taken in client.milliseconds]

    @property
    def others(self) -> int:
        """Return how many answers were none that counts."""
        return sum(status not in ACKNOWLEDGED for client in self.clients for status in client.answers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=8, help="at once (default: 8)")
    parser.add_argument("--rounds", type=int, default=5, help="of each side (default: 5)")
    parser.add_argument("--seconds", type=float, default=12, help="of a round (default: 12)")
    parser.add_argument("--workers", type=int, default=2, help="processes of each site (default: 2)")
    parser.add_argument("--alone", type=int, default=300, help="pictures that one client sends each (default: 300)")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        served_site(Path(folder), workers=arguments.workers) as ours,
        naive_site(workers=arguments.workers) as naive,
    ):
        sides = [
            Side("naive, stored", naive, "/"),
            Side("ours, stored", ours, "/api/v1/pictures/"),
            Side("ours, guessed", ours, "/api/v1/guess/"),
        ]
        for side in sides:
            side.round(arguments.clients, arguments.seconds / 2)  # the first call of anything is slower
            side.forget()
        served = f"{arguments.workers} processes of {gunicorn.threads} threads"
        print(f"{arguments.clients} clients, {served}, {arguments.rounds} rounds of {arguments.seconds:g} s")
        for _ in range(arguments.rounds):
            for side in sides:
                side.round(arguments.clients, arguments.seconds)
        report(sides)
        alone(sides, arguments.alone)


@contextlib.contextmanager
def naive_site(*, workers: int) -> Iterator[NaiveSite]:
    """Make the other site in a folder of its own, serve it, and end it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        site = NaiveSite(Path(folder))
        try:
            site.manage("migrate", "--run-syncdb", "--verbosity", "0")
            site.serve(workers=workers)
            yield site
        finally:
            site.end()


def cpu_seconds(site: ServedSite) -> float:
    """Return the CPU time that the processes which serve have taken so far."""
    stats = (Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in site.worker_pids())
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")


def report(sides: list[Side]) -> None:
    """Print what each side did, and how many times the first one's requests, in the middle one of the rounds."""
    print(f"{'':<16}{'a second':>9}{'CPU ms':>8}{'p50 ms':>9}{'p95 ms':>9}{'not counted':>13}  times naive (rounds)")
    for side in sides:
        ratios = np.divide(side.per_second, sides[0].per_second)
        times = f"{np.median(ratios):.1f} ({ratios.min():.1f} to {ratios.max():.1f})"
        p50, p95 = np.percentile(side.milliseconds, (50, 95))
        done = f"{np.median(side.per_second):>9.1f}{np.median(side.cpu_ms):>8.1f}{p50:>9.1f}{p95:>9.1f}"
        print(f"{side.name:<16}{done}{side.others:>13}  {times}")


def alone(sides: list[Side], count: int) -> None:
    """Print how long one client waits for each side while nobody else asks; it asks them in turns."""
    clients = [Client(side.site.address, side.path) for side in sides]
    for _ in range(count):
        for client in clients:
            client.send()
    print(f"\none client, {count} pictures each")
    print(f"{'':<16}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for side, client in zip(sides, clients, strict=True):
        client.connection.close()
        print(side.name.ljust(16) + "".join(f"{ms:>9.1f}" for ms in np.percentile(client.milliseconds, (50, 95, 99))))


if __name__ == "__main__":
    main()
