"""`python -m tests.load.outages`: take from sites of its own what they stand on, and see that they hold and recover.

A disk is full or read-only, the database locked or away, the cache away, the network's file broken in four ways, a
worker killed. Meanwhile a picture is refused with a 503 and Retry-After and nothing of it is stored, unless it can be
read all the same; pages that do not need what is away still work; afterwards all is well again without a restart. Each
is a line: what was answered to pictures that are to be kept and to a guess, how many pages worked, the slowest answer,
and how long after its end all was well. Ends with 1 when something does not hold.

The disks are mounted, which takes root or `unshare --map-root-user --mount`; the others take PostgreSQL's and Redis's
programs. What cannot be tried here is told with its reason. It takes about four minutes.
"""

import argparse
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from tests.load.broken_networks import WAYS, BrokenNetworks
from tests.load.probe import (
    PAGES,
    SOME_PAGES,
    STORED,
    WITHOUT_CACHE,
    WITHOUT_DATABASE,
    WITHOUT_NETWORK,
    Answers,
    Visitor,
)
from tests.load.served_site import ServedSite
from tests.load.small_disk import CannotMountError, SmallDisk
from tests.own_site import wait_for
from tests.postgresql import OwnPostgreSQL
from tests.redis_server import own_redis, redis_path

WELL_WITHIN_SECONDS = 60


class Report:
    """Prints a line for each outage, and remembers whether all of it held."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        print(f"{'outage':32} {'to keep':>8} {'guess':>6} {'pages':>6} {'slowest':>8} {'well after':>11}")

    def tell(self, name: str, answers: Answers, well_seconds: float | None, media: str, faults: list[str]) -> None:
        kept = "/".join(sorted({str(answers.readings[how].status) for how in STORED}))
        well = "–" if well_seconds is None else f"{well_seconds:.1f} s"
        works = len(answers.pages) - len(answers.missing_pages)
        print(
            f"{name:32} {kept:>8} {answers.readings['guess'].status:>6} {works:>3}/{len(answers.pages)} "
            f"{answers.slowest_seconds:>6.1f} s {well:>11}   {media}"
        )
        if answers.missing_pages:
            print(f"{'':32} 503: {' '.join(answers.missing_pages)}")
        for fault in faults:
            print(f"{'':32} DOES NOT HOLD: {fault}")
        self.faults += faults

    def skip(self, name: str, reason: str) -> None:
        print(f"{name:32} not tried: {reason}")


class Trial:
    """A site and its visitor, from whom things are taken."""

    def __init__(self, site: ServedSite, report: Report) -> None:
        self.site, self.report, self.visitor = site, report, Visitor(site.address)
        assert self.visitor.ask_for_all().are_well, site.log()

    def go_through(
        self,
        name: str,
        outage: Callable[[], AbstractContextManager],
        *,
        is_refused: bool = True,
        is_mended: bool = True,
        pages: tuple[str, ...] = PAGES,
        works: tuple[str, ...] = PAGES,
    ) -> None:
        """Ask for all during an outage and after it, and tell of it.

        is_refused: whether pictures that are to be kept cannot be. is_mended: whether all is to be well afterwards.
        pages: what is looked at. works: what of it has to be there; the rest may tell to come again.
        """
        with outage():
            answers = self.visitor.ask_for_all(pages)
        faults = list(faults_of(answers, is_refused=is_refused, works=works))
        well_seconds = None
        if is_mended:
            well_seconds = self.seconds_until_well()
            if well_seconds is None:
                faults.append(f"it was not well again after {WELL_WITHIN_SECONDS} s")
        if lost := self.visitor.lost():
            faults.append(f"of {len(lost)} pictures what was stored is not what was acknowledged")
        media = self.site.check_media()
        if ": 0 missing, 0 wrong checksum, 0 orphan" not in media:
            faults.append("rows and files do not agree")
        self.report.tell(name, answers, well_seconds, media, faults)

    def seconds_until_well(self) -> float | None:
        begun = time.monotonic()
        try:
            wait_for(lambda: self.visitor.ask_for_all().are_well, WELL_WITHIN_SECONDS)
        except AssertionError:
            return None
        return time.monotonic() - begun


def faults_of(answers: Answers, *, is_refused: bool, works: tuple[str, ...] = PAGES) -> Iterator[str]:
    """Yield what is not as it has to be during an outage."""
    for how, status in STORED.items():
        answer = answers.readings[how]
        if not (answer.is_outage if is_refused else answer.status == status):
            yield f"a picture given {how} was answered {answer.status}, Retry-After {answer.retry_after}"
    answer = answers.readings["guess"]
    if not (answer.status == 200 or (is_refused and answer.is_outage)):
        yield f"a guess was answered {answer.status}, Retry-After {answer.retry_after}"
    for page, answer in answers.pages.items():
        if not (answer.status == 200 or (page not in works and answer.is_outage)):
            yield f"{page} was answered {answer.status}, Retry-After {answer.retry_after}"


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[ServedSite]:
    """Make a site with these settings in a folder, and serve it."""
    folder.mkdir()
    site = ServedSite(folder)
    site.environment |= environment
    try:
        site.manage("migrate", "--verbosity", "0")
        site.manage("register_models")
        site.serve(workers=2)
        yield site
    finally:
        site.end()


# What is taken away


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold SQLite's file as a process does that writes and never ends."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def stopped(server: object) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


@contextmanager
def killed(pids: list[int]) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    yield


# The sites


def try_one_machine(folder: Path, report: Report) -> None:
    """Go through what can happen to a site with SQLite."""
    with ExitStack() as ending:
        disks = {}
        try:
            for name in ("media", "database"):
                disks[name] = ending.enter_context(SmallDisk(folder / "disks" / name))
        except CannotMountError as error:
            report.skip("a disk is full or read-only", str(error))
        database = folder / "disks" / "database" / "db.sqlite3"
        database.parent.mkdir(parents=True, exist_ok=True)
        places = {"DATABASE_URL": f"sqlite:///{database}", "MEDIA_ROOT": str(folder / "disks" / "media")}
        trial = Trial(ending.enter_context(served(folder / "one", **places)), report)
        for name, disk in disks.items():
            trial.go_through(f"{name}: the disk is full", disk.full)
            trial.go_through(f"{name}: the disk is read-only", disk.read_only)
        trial.go_through("database: locked", lambda: locked(database), pages=SOME_PAGES, works=WITHOUT_DATABASE)
        trial.go_through("one of two workers is killed", lambda: killed(trial.site.worker_pids()[:1]), is_refused=False)
        try_networks(trial)


def try_networks(trial: Trial) -> None:
    """Promote networks whose file is broken: while a good one is held, and where none is."""
    networks = BrokenNetworks(trial.site)
    for name in WAYS:
        trial.go_through(f"new network: {name}", partial(networks.promoted, name), is_refused=False)
    networks.forget_good_ones()
    *others, last = WAYS
    for name in others:
        outage = partial(networks.promoted, name)
        trial.go_through(f"only network: {name}", outage, is_mended=False, works=WITHOUT_NETWORK)
    trial.go_through(f"only network: {last}", partial(networks.mended, last), works=WITHOUT_NETWORK)


def try_parts_of_many(folder: Path, report: Report) -> None:
    """Go through what can happen to a site with PostgreSQL and Redis."""
    with ExitStack() as ending:
        settings = {"RATE_LIMIT": "100000/min"}
        server = redis = None
        try:
            server = ending.enter_context(OwnPostgreSQL())
            settings["DATABASE_URL"] = server.url
        except (SystemExit, OSError, subprocess.SubprocessError) as error:
            report.skip("database: down", f"PostgreSQL does not start: {error}")
        if redis_path():
            redis = ending.enter_context(own_redis())
            settings["CACHE_URL"] = redis.url
        else:
            report.skip("cache: away", "redis-server is not installed (Debian: apt-get install redis-server)")
        if not (server or redis):
            return
        trial = Trial(ending.enter_context(served(folder / "parts", **settings)), report)
        if server:
            trial.go_through("database: down", lambda: stopped(server), works=WITHOUT_DATABASE)
        if redis:
            trial.go_through("cache: away", lambda: stopped(redis), works=WITHOUT_CACHE)


def main() -> int:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    report, begun = Report(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try_one_machine(Path(folder), report)
        try_parts_of_many(Path(folder), report)
    print(f"{len(report.faults)} things do not hold; {time.monotonic() - begun:.0f} s in all")
    return int(bool(report.faults))


if __name__ == "__main__":
    sys.exit(main())
