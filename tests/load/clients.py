"""`python -m tests.load.clients [--kill] [--backup]`: many clients give pictures to a site of its own; nothing is lost.

Whatever was acknowledged, by a 201 or a redirect, has its row, its file and its page, also when workers are killed
meanwhile. A backup that is made meanwhile, restored into an empty site, has whatever was acknowledged before it began,
and there, too, each row has its file. Prints the figures; ends with 1 when something was lost or an answer was 500 or
above (429 and 503 apart).
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
BACKUPS = 3
ROWS = "[str(pk) for pk in Picture.objects.values_list('pk', flat=True)]"


@dataclass
class Client:
    """A visitor who gives one picture after the other, by page and API in turn."""

    address: str
    seed: int
    session: requests.Session = field(default_factory=requests.Session)
    acknowledged: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)

    def give_until(self, end: float, may_end: threading.Event) -> None:
        """Give pictures until the time is over and they may end; a connection that breaks acknowledged nothing."""
        rng = random.Random(self.seed)
        while time.monotonic() < end or not may_end.is_set():
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
    parser.add_argument("--backup", action="store_true", help=f"back the site up {BACKUPS} times meanwhile")
    arguments = parser.parse_args()
    if arguments.kill and arguments.backup:
        parser.error("Ask for one of --kill and --backup at a time.")
    with tempfile.TemporaryDirectory() as folder, served_site(Path(folder), workers=arguments.workers) as site:
        return run(site, arguments.clients, arguments.seconds, kill=arguments.kill, backup=arguments.backup)


def run(site: ServedSite, count: int, seconds: float, *, kill: bool, backup: bool) -> int:
    """Let the clients give pictures, print what became of them, and return the exit status."""
    clients = [Client(site.address, seed) for seed in range(count)]
    begun, may_end = time.monotonic(), threading.Event()
    threads = [threading.Thread(target=client.give_until, args=(begun + seconds, may_end)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        killed = kill_workers(site, seconds) if kill else 0
        backups = back_up(site, clients, seconds) if backup else []
    finally:
        may_end.set()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begun
    statuses = sum((client.statuses for client in clients), Counter())
    acknowledged = [picture for client in clients for picture in client.acknowledged]
    rows = set(site.ask(ROWS))
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
    found["backups that are not whole"] = sum(not is_whole(made) for made in backups)
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


@dataclass(frozen=True)
class Backup:
    """A copy of the site, and what had been acknowledged when it was begun."""

    folder: Path
    acknowledged: set[str]


def back_up(site: ServedSite, clients: list[Client], seconds: float) -> list[Backup]:
    """Back the site up again and again, evenly over the time."""
    made = []
    for number in range(BACKUPS):
        time.sleep(seconds / (BACKUPS + 1))
        acknowledged = {picture for client in clients for picture in client.acknowledged}
        made.append(Backup(site.folder / f"backup-{number}", acknowledged))
        site.manage("backup", str(made[-1].folder))
    return made


def is_whole(backup: Backup) -> bool:
    """Restore a backup into an empty site; tell of it, and say whether every picture and every file is there."""
    folder = backup.folder.with_name(f"{backup.folder.name}-restored")
    folder.mkdir()
    site = ServedSite(folder)
    site.manage("restore", str(backup.folder))
    rows = set(site.ask(ROWS))
    media = site.check_media()
    lost = len(backup.acknowledged - rows)
    print(
        f"{backup.folder.name}: {len(rows)} pictures, {lost} lost of {len(backup.acknowledged)}; check_media: {media}"
    )
    return not lost and ": 0 missing, 0 wrong checksum, 0 orphan" in media


def is_failure(status: int | str) -> bool:
    return isinstance(status, int) and status >= 500 and status not in OUTAGES


if __name__ == "__main__":
    sys.exit(main())
