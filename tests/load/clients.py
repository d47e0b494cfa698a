"""`python -m tests.load.clients [--kill]`: many clients give pictures to a site of its own; nothing may be lost.

Whatever was acknowledged, by a 201 or a redirect, has its row, its file and its page, also when workers are killed
meanwhile. Prints the figures; ends with 1 when something was lost or an answer was 500 or above (429 and 503 apart).
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import requests

from tests.load.served_site import ServedSite, served_site
from tests.pictures import png_of

OUTAGES = (429, 503)
KILLS = 10


@dataclass
class Client:
    """A visitor who gives one picture after the other, by page and API in turn."""

    address: str
    seed: int
    session: requests.Session = field(default_factory=requests.Session)
    acknowledged: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)

    def give_until(self, end: float) -> None:
        """Give pictures until the time is over; a connection that breaks is one that acknowledged nothing."""
        rng = random.Random(self.seed)
        while time.monotonic() < end:
            picture = png_of(str(rng.randrange(10_000)), side=140, pen=9)
            begun = time.monotonic()
            try:
                answer = self.give(picture, by_page=rng.random() < 0.5)
            except requests.RequestException:
                self.statuses["no answer"] += 1
                continue
            self.seconds.append(time.monotonic() - begun)
            self.statuses[answer.status_code] += 1
            if answer.status_code == 302:
                self.acknowledged.append(answer.headers["Location"].strip("/").split("/")[1])
            elif answer.status_code == 201:
                self.acknowledged.append(answer.json()["id"])

    def give(self, picture: bytes, *, by_page: bool) -> requests.Response:
        files = {"image": ("7.png", picture, "image/png")}
        if not by_page:
            return self.session.post(f"{self.address}/api/v1/pictures/", files=files, headers=self.token(), timeout=60)
        if "csrftoken" not in self.session.cookies:
            self.session.get(f"{self.address}/", timeout=60)
        options = {"headers": self.token(), "allow_redirects": False, "timeout": 60}
        return self.session.post(f"{self.address}/", files=files, **options)

    def token(self) -> dict[str, str]:
        return {"X-CSRFToken": self.session.cookies.get("csrftoken", "")}

    def lost_pages(self) -> list[str]:
        """Return what was acknowledged and whose page or file its giver is not shown."""
        addresses = ("{}/p/{}/", "{}/p/{}/image/")
        return [
            picture
            for picture in self.acknowledged
            if not all(self.session.get(a.format(self.address, picture), timeout=60).ok for a in addresses)
        ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=16, help="at once (default: 16)")
    parser.add_argument("--seconds", type=float, default=120, help="for so long (default: 120)")
    parser.add_argument("--workers", type=int, default=2, help="processes that serve (default: 2)")
    parser.add_argument("--kill", action="store_true", help=f"kill -9 a worker {KILLS} times meanwhile")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served_site(Path(folder), workers=arguments.workers) as site:
        return run(site, arguments.clients, arguments.seconds, kill=arguments.kill)


def run(site: ServedSite, count: int, seconds: float, *, kill: bool) -> int:
    """Let the clients give pictures, print what became of them, and return the exit status."""
    clients = [Client(site.address, seed) for seed in range(count)]
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=client.give_until, args=(end,)) for client in clients]
    for thread in threads:
        thread.start()
    killed = kill_workers(site, seconds) if kill else 0
    for thread in threads:
        thread.join()
    statuses = sum((client.statuses for client in clients), Counter())
    acknowledged = [picture for client in clients for picture in client.acknowledged]
    rows = set(site.ask("[str(pk) for pk in Picture.objects.values_list('pk', flat=True)]"))
    found = {
        "lost rows": len(set(acknowledged) - rows),
        "lost pages or files": sum(len(client.lost_pages()) for client in clients),
        "answers of 500 and above": sum(n for status, n in statuses.items() if is_failure(status)),
    }
    took = np.array([taken for client in clients for taken in client.seconds])
    print(f"{count} clients, {seconds:.0f} s, {site.workers} workers, {killed} killed")
    print(f"acknowledged: {len(acknowledged)} pictures, {len(acknowledged) / seconds:.1f} a second; rows: {len(rows)}")
    print("answers: " + ", ".join(f"{status}: {n}" for status, n in sorted(statuses.items(), key=str)))
    print("latency: p50 {:.0f} ms, p95 {:.0f} ms, p99 {:.0f} ms".format(*np.percentile(1000 * took, (50, 95, 99))))
    print(f"check_media: {site.check_media()}")
    print(*(f"{name}: {number}" for name, number in found.items()), sep="\n")
    return int(any(found.values()))


def kill_workers(site: ServedSite, seconds: float) -> int:
    """Kill a worker again and again, evenly over the time; return how many."""
    killed = 0
    for _ in range(KILLS):
        time.sleep(seconds / (KILLS + 1))
        if pids := site.worker_pids():
            os.kill(random.choice(pids), signal.SIGKILL)
            killed += 1
    return killed


def is_failure(status: int | str) -> bool:
    return isinstance(status, int) and status >= 500 and status not in OUTAGES


if __name__ == "__main__":
    sys.exit(main())
