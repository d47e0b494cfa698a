"""Time what an operator does with a site of many pictures: backup, restore, check_media and deleting, and who waits.

    python -m tests.load.time_upkeep --pictures 100000

fills a site in a temporary folder, a small file for each picture, half of the pictures one user's. What is done runs
beside a process that writes one row every 20 ms: the longest that it had to wait tells for how long nobody else could
write. 100,000 pictures take three minutes and 2 GB where TMPDIR is in memory, and longer on a slow disk: restore waits
for it with every sixteen files.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.load.fill_database import OWNER
from tests.own_site import ROOT

DAYS = 30
SETTINGS = {"CACHE_URL": "locmemcache://", "RATE_LIMIT": "off", "TRAINING_WORKER": "off"}
DELETE_ALL = f"""
import re, time
from django.contrib.auth.models import User
from django.test import Client
client = Client(headers={{"host": "127.0.0.1"}})
client.force_login(User.objects.get(username="{OWNER}"))
form, slowest = {{"confirmed": "on"}}, 0
while form:
    begin = time.perf_counter()
    answer = client.post("/history/delete-all/", form)
    slowest = max(slowest, time.perf_counter() - begin)
    found = dict(re.findall(r'name="(confirmed|until|deleted)"[^>]*value="([^"]*)"', answer.content.decode()))
    form = found if answer.status_code == 200 else None
print(f"the slowest request took {{slowest:.1f}} s")
"""
"""Does in a process of its own what a browser does until all of a history is deleted."""
WRITE = """
import sys, time
from recognizer.models import KeptFigures
from django.utils import timezone
while True:
    begin = time.perf_counter()
    KeptFigures.objects.update_or_create(pk="beside", defaults={"data": {}, "counted": timezone.now()})
    print(1000 * (time.perf_counter() - begin), flush=True)
    time.sleep(0.02)
"""


class Done(NamedTuple):
    """What was done: how long it took, its peak memory, and the last line that it said."""

    seconds: float
    memory_mb: float
    said: str


class Site:
    """A site in a folder, and its commands."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.environment = os.environ | SETTINGS | {
            "DJANGO_SETTINGS_MODULE": "tests.load.upkeep_settings",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "MEDIA_ROOT": str(folder / "media"),
            "MODEL_ROOT": str(folder / "models"),
        }  # fmt: skip

    def run(self, *words: str, **settings: str) -> Done:
        """Run Python with these words to its end. Raises CalledProcessError."""
        begin = time.perf_counter()
        environment = self.environment | settings
        process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        said = process.stdout.read().decode().strip()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, words)
        return Done(time.perf_counter() - begin, usage.ru_maxrss / 1000, said.splitlines()[-1] if said else "")

    @contextmanager
    def writer(self) -> Iterator[list[float]]:
        """Let somebody else write; fill the list with how long each write took, in ms."""
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", WRITE]
        with subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True) as process:
            took: list[float] = [float(process.stdout.readline())]
            reader = threading.Thread(target=lambda: took.extend(float(line) for line in process.stdout))
            reader.start()
            try:
                yield took
            finally:
                process.terminate()
                reader.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=100_000, help="of the site (default: 100,000)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="upkeep-") as folder:
        measure(Path(folder), arguments.pictures)


def measure(folder: Path, pictures: int) -> None:
    """Fill a site, do everything with it and print a line of each."""
    site, copy, backup = Site(folder / "site"), Site(folder / "copy"), str(folder / "backup")
    site.run("manage.py", "migrate", "-v0")
    filled = ("-m", "tests.load.fill_database", "--pictures", str(pictures), "--days", str(DAYS), "--share", "0.5")
    print(site.run(*filled, "--files").said)
    print(f"{'':22}{'s':>8}{'MB':>7}{'others wait, ms: p50':>22}{'most':>8}", flush=True)
    _show(site, "check_media", lambda: site.run("manage.py", "check_media"))
    _show(site, "backup", lambda: site.run("manage.py", "backup", backup))
    _show(None, "restore", lambda: copy.run("manage.py", "restore", backup))
    _show(None, "check_media, restored", lambda: copy.run("manage.py", "check_media"))
    _show(site, "delete all of one's own", lambda: site.run("manage.py", "shell", "-v0", "-c", DELETE_ALL))
    retention = {"RETENTION_DAYS": str(DAYS // 2)}
    _show(site, "delete_old_pictures", lambda: site.run("manage.py", "delete_old_pictures", **retention))


def _show(site: Site | None, name: str, do: Callable[[], Done]) -> None:
    """Do it, with somebody beside who writes where there is a site that goes on, and print what came of it."""
    if site is None:
        done, waits = do(), ""
    else:
        with site.writer() as took:
            done = do()
        waits = f"{statistics.median(took):>22.0f}{max(took):>8.0f}"
    print(f"{name:22}{done.seconds:>8.1f}{done.memory_mb:>7.0f}{waits:30}  {done.said}", flush=True)


if __name__ == "__main__":
    main()
