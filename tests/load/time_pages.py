"""Time every page that shows many rows, with few pictures and with many: neither time nor queries may grow with them.

    python -m tests.load.time_pages --sizes 1000 100000 1000000

fills a database for each size in a temporary folder (a million pictures: ten minutes, 4 GB) and measures; with
--postgresql, the databases of a PostgreSQL server of its own. What is filled already is measured at once, smallest
first:

    python -m tests.load.time_pages --databases sqlite:////tmp/1000.sqlite3 sqlite:////tmp/1000000.sqlite3

Each database has a process of its own, and all of them are asked for one page after the other in turn, so that what
else the machine does is in the figures of all. A p95 is taken in each of several rounds and the lowest of them counts,
as anything beside it can only make it longer. The growth of a page is its p95 with the most pictures over its p95 with
the fewest: of CPU time, in which SQLite works, and of wall time with PostgreSQL, which works in processes of its own. A
page grows when that is above two and it takes 20 ms more: with few pictures some pages are not full, a look at the
newest few hundred rows finds fewer, the rows of larger databases lie deeper in their indexes, and a filter that none of
an owner's pictures fulfils goes through an index of them all. It ends with 1 when a page grows or asks more often.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from tests.load.timed_site import PAGES, Timed
from tests.own_site import ROOT
from tests.postgresql import OwnPostgreSQL

ROUNDS = 3
MOST_GROWTH = 2.0
MARGIN_MS = 20.0
SETTINGS = {"CACHE_URL": "locmemcache://", "RATE_LIMIT": "off", "TRAINING_WORKER": "off"}


class Site(NamedTuple):
    """A filled database and the process that times it."""

    pictures: int
    process: subprocess.Popen

    def time(self, page: str, times: int) -> Timed:
        self.process.stdin.write(json.dumps([page, times]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"The site of {self.pictures:,} pictures ended at the page “{page}”: see above.")
        return Timed(*json.loads(line))


class Result(NamedTuple):
    """One page of one site. Times in ms; the p95 is the lowest of the rounds."""

    queries: int
    p50: float
    p95: float
    cpu_p50: float
    cpu_p95: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--sizes", type=int, nargs="+", metavar="N", help="fill databases of so many pictures")
    which.add_argument("--databases", nargs="+", metavar="URL", help="of filled databases, the smallest first")
    parser.add_argument("--postgresql", action="store_true", help="fill databases of PostgreSQL, not of SQLite")
    parser.add_argument("--times", type=int, default=20, help="to ask for each page in each round (default: 20)")
    parser.add_argument("--only", default="", metavar="WORDS", help="only the pages whose names begin so")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        if arguments.sizes:
            create = stack.enter_context(_postgresql() if arguments.postgresql else _sqlite())
            urls = [_filled(create(f"pictures-{size}"), size) for size in sorted(arguments.sizes)]
        else:
            urls = arguments.databases
        sites = [stack.enter_context(_site(url)) for url in urls]
        pages = [page for page in PAGES if page.startswith(arguments.only)]
        by_cpu = all(url.startswith("sqlite:") for url in urls)
        sys.exit(0 if report(sites, pages, arguments.times, by_cpu=by_cpu) else 1)


def report(sites: Sequence[Site], pages: Sequence[str], times: int, *, by_cpu: bool) -> bool:
    """Measure and print a line a page; return whether none of them grows or asks more often."""
    sizes = "".join(f"{site.pictures:>23,} pictures" for site in sites)
    print(f"{'':32}{sizes}")
    head = "".join(f"{'':4}{'p50':>7}{'p95':>7}{'CPU50':>7}{'CPU95':>7}" for _ in sites)
    print(f"{'ms':27}{'asks':>5}{head}  growth", flush=True)
    is_good = True
    for page in pages:
        results = measured(sites, page, times)
        first, last = ((result.cpu_p95 if by_cpu else result.p95) for result in (results[0], results[-1]))
        why = fault_of(results[0].queries, results[-1].queries, first, last)
        is_good &= not why
        shown = "".join("    " + "".join(f"{ms:>7.1f}" for ms in result[1:]) for result in results)
        print(f"{page:27.27}{results[-1].queries:>5}{shown}{last / first:>8.2f}  {why}", flush=True)
    return is_good


def measured(sites: Sequence[Site], page: str, times: int) -> list[Result]:
    """Ask all sites for a page, in rounds."""
    rounds = [[site.time(page, times) for site in sites] for _ in range(ROUNDS)]
    return [result_of([timed[place] for timed in rounds]) for place in range(len(sites))]


def result_of(rounds: Sequence[Timed]) -> Result:
    """Return what counts of the rounds."""
    return Result(
        max(timed.queries for timed in rounds),
        min(statistics.median(timed.wall_ms) for timed in rounds),
        min(p95(timed.wall_ms) for timed in rounds),
        min(statistics.median(timed.cpu_ms) for timed in rounds),
        min(p95(timed.cpu_ms) for timed in rounds),
    )


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return sorted(values)[-(-95 * len(values) // 100) - 1]


def fault_of(first_queries: int, last_queries: int, first_ms: float, last_ms: float) -> str:
    """Say what is wrong with a page, nothing for a page that neither grows nor asks more often.

    first, last: how often it asks and its p95, with the fewest and the most pictures. It may ask less often with more:
    what is counted at once of few marks is kept of many.
    """
    if last_queries > first_queries:
        return f"asks {first_queries}, {last_queries}"
    return "grows" if last_ms > MOST_GROWTH * first_ms and last_ms > first_ms + MARGIN_MS else ""


@contextmanager
def _sqlite() -> Iterator[Callable[[str], str]]:
    """Yield what returns the DATABASE_URL of a new database, given a name; take them all away afterwards."""
    with tempfile.TemporaryDirectory(prefix="pages-") as folder:
        yield lambda name: f"sqlite:///{folder}/{name}.sqlite3"


@contextmanager
def _postgresql() -> Iterator[Callable[[str], str]]:
    """Yield the same of PostgreSQL's."""
    with OwnPostgreSQL() as server:
        yield server.create


def _filled(url: str, pictures: int) -> str:
    """Fill an empty database and return its address."""
    environment = os.environ | SETTINGS | {"DATABASE_URL": url}
    for words in (["manage.py", "migrate", "-v0"], ["-m", "tests.load.fill_database", "--pictures", str(pictures)]):
        subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=True)
    return url


@contextmanager
def _site(url: str) -> Iterator[Site]:
    environment = os.environ | SETTINGS | {"DATABASE_URL": url}
    count = "from recognizer.models import Picture; print(Picture.objects.count())"
    shell = [sys.executable, "manage.py", "shell", "-v0", "-c", count]
    pictures = int(subprocess.run(shell, cwd=ROOT, env=environment, check=True, capture_output=True).stdout)
    command = [sys.executable, "-m", "tests.load.timed_site"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as process:
        try:
            yield Site(pictures, process)
        finally:
            process.stdin.close()


if __name__ == "__main__":
    main()
