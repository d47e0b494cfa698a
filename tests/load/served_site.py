"""A site served for a measurement: its processes, its memory, and whether all that it acknowledged is there."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.own_site import ROOT, OwnSite, wait_for

SERVE = ("-m", "gunicorn", "-c", "python:digitsite.gunicorn", "digitsite.wsgi")


class ServedSite(OwnSite):
    """A fresh site in a folder, served by gunicorn on a free port of this machine."""

    command: tuple[str, ...] = SERVE

    def serve(self, *, workers: int) -> None:
        """Start the server; return once it reads pictures."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            bind = f"127.0.0.1:{free.getsockname()[1]}"
        self.address = f"http://{bind}"
        self.workers = workers
        environment = {"BIND": bind, "WEB_CONCURRENCY": str(workers), "TRAINING_WORKER": "off"}
        self.server = self.start(*self.command, **environment)
        wait_for(self.is_ready, 180)

    def is_ready(self) -> bool:
        assert self.server.poll() is None, self.log()
        try:
            return requests.get(f"{self.address}/readyz", timeout=5).ok
        except requests.RequestException:
            return False

    def worker_pids(self) -> list[int]:
        """Return the processes that serve, and not those that work beside the server."""
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def memory_mb(self) -> float:
        """Return the resident memory of all processes that serve, in MB."""
        pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.worker_pids())
        return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def check_media(self) -> str:
        """Return the last line of what check_media says, be all well or not."""
        command = [sys.executable, "manage.py", "check_media"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        return (done.stderr or done.stdout).strip().splitlines()[-1]


@contextmanager
def served_site(folder: Path, *, workers: int = 2) -> Iterator[ServedSite]:
    """Make a site with the released networks, serve it, and end it afterwards."""
    site = ServedSite(folder)
    try:
        site.manage("migrate", "--verbosity", "0")
        site.manage("register_models")
        site.serve(workers=workers)
        yield site
    finally:
        site.end()
