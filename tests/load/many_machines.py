"""`python -m tests.load.many_machines`: the site on many machines, all of them on this one; nothing may be lost.

Two machines serve and two read batches. Each has a copy of the code and folders of its own; they meet in PostgreSQL,
Redis and a bucket alone, and nginx stands before them. Prints a line for each thing that has to hold, with its figure;
ends with 1 when one does not. It needs postgresql, redis-server, nginx and openssl, 4 GB and three minutes of two
cores; in a git checkout it also serves with the code before the newest migration.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.load.machines import checks, jobs, versions
from tests.load.machines.findings import Finding
from tests.load.machines.nginx import nginx_path
from tests.load.machines.site import Site, many_machines
from tests.postgresql import path_of
from tests.redis_server import redis_path

PROGRAMS: dict[str, Callable[[], str | None]] = {
    "nginx": nginx_path,
    "redis-server": redis_path,
    "openssl": partial(shutil.which, "openssl"),
    "postgres": partial(path_of, "postgres"),  # tells of itself what to install
}
"""What is needed, and what finds it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=300, help="in each of two batches (default: 300)")
    arguments = parser.parse_args()
    missing = [program for program, find in PROGRAMS.items() if find() is None]
    if missing:
        parser.error(f"not installed: {', '.join(missing)}")
    begun, hold = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="machines-") as folder, many_machines(Path(folder)) as site:
        print(f"two machines serve and two read batches, after {time.monotonic() - begun:.0f} s", flush=True)
        for finding in findings(site, arguments.pictures):
            print(f"{'holds' if finding.holds else 'FAILS'}  {finding.says}", flush=True)
            hold.append(finding.holds)
    print(f"{sum(hold)} of {len(hold)} hold, in {time.monotonic() - begun:.0f} s")
    return int(not all(hold))


def findings(site: Site, pictures: int) -> Iterator[Finding]:
    """Yield what is found, in an order in which one check leaves the next what it needs."""
    yield from checks.given_here_seen_there(site)
    yield from checks.sessions_are_shared(site)
    yield from checks.counts_are_shared(site)
    yield from jobs.a_job_is_split(site, pictures)
    yield from versions.a_promotion_reaches_all(site)
    yield from checks.a_machine_is_replaced(site)
    yield from jobs.a_worker_is_killed(site, pictures)
    yield from checks.nothing_lies_on_a_machine(site)
    yield from versions.migrations_run_beside_earlier_code(site)


if __name__ == "__main__":
    sys.exit(main())
