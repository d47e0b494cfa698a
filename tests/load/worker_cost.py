"""`python -m tests.load.worker_cost`: the memory of each process of a site, and the time from its start to an answer.

A site of its own is started several times: until it is ready, and until its first reading is answered. What a worker's
start is made of is timed in a process by itself. Then pictures are sent, and the memory is looked at before and after:
RSS counts what processes share in each of them, PSS in parts. Files that the machine has read lately it need not read
again: the first start after a reboot takes longer.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import requests

from tests.load.served_site import ServedSite
from tests.load.stopwatch import Stopwatch
from tests.own_site import ROOT
from tests.pictures import png_of

STARTUP = {
    "recognizer.registry.registered_artifact": "checksums of the artifacts",
    "recognizer.inference.loading.keras_model": "models loaded",
    "recognizer.inference.numpy_mlp.read_layers": "models loaded",
    "recognizer.inference.loading._concrete_function": "graphs traced",
    "recognizer.registry.load_predictor": "warm-up: the first glyph",
}
PYTHON = "Python and its first modules"
REST = "rows asked for, and all else"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=500, help="to send (default: 500)")
    parser.add_argument("--starts", type=int, default=3, help="of the site (default: 3)")
    parser.add_argument("--workers", type=int, default=2, help="processes that serve (default: 2)")
    parser.add_argument("--time-startup", action="store_true", help=argparse.SUPPRESS)  # in a process by itself
    arguments = parser.parse_args()
    if arguments.time_startup:
        print(json.dumps(startup_seconds()))
        return
    with tempfile.TemporaryDirectory() as folder:
        site = ServedSite(Path(folder))
        try:
            site.manage("migrate", "--verbosity", "0")
            site.manage("register_models")
            starts = [cold_start(site, arguments.workers) for _ in range(arguments.starts)]
            ready, answered = np.median(starts, axis=0)
            print(f"from the start of the server to ready {ready:.1f} s, to the first reading {answered:.1f} s")
            print(f"(the middle one of {arguments.starts} starts, {arguments.workers} workers at the same time)\n")
            report_startup(site)
            site.serve(workers=arguments.workers)
            report_memory(site, arguments.pictures)
        finally:
            site.end()


def cold_start(site: ServedSite, workers: int) -> tuple[float, float]:
    """Start the site and end it; return the seconds until it was ready, and until its first reading was answered."""
    begun = time.monotonic()
    site.serve(workers=workers)
    ready = time.monotonic() - begun
    send(site, 1)
    answered = time.monotonic() - begun
    site.end()
    return ready, answered


def report_startup(site: ServedSite) -> None:
    """Print what the start of one worker is made of."""
    command = [sys.executable, "-m", "tests.load.worker_cost", "--time-startup"]
    done = subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, text=True, check=True)
    seconds = json.loads(done.stdout.splitlines()[-1])
    whole = sum(seconds.values())
    print(f"{'start of one process by itself':<32}{'s':>7}{'%':>7}")
    for name, taken in seconds.items():
        print(f"{name:<32}{taken:>7.2f}{100 * taken / whole:>7.1f}")
    print(f"{'in all':<32}{whole:>7.2f}\n")


def startup_seconds() -> dict[str, float]:
    """Return how long each step takes by which this process becomes one that reads."""
    watch = Stopwatch()
    python = seconds_alive()
    with watch.step("Django and the site"):
        import digitsite.wsgi  # noqa: F401
        from recognizer import registry, urls  # noqa: F401
    with watch.step("TensorFlow and Keras"):
        import keras  # noqa: F401
        import tensorflow  # noqa: F401
    with watch.watching(STARTUP), watch.step(REST):
        registry.warm_up()
    return {PYTHON: python} | {name: taken.seconds for name, taken in watch.taken.items()}


def seconds_alive() -> float:
    """Return for how long this process has existed."""
    ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def report_memory(site: ServedSite, pictures: int) -> None:
    """Print the memory of each process, before and after pictures were sent."""
    before = memory_mb(site)
    send(site, pictures)
    after = memory_mb(site)
    print(f"{'MB':<20}{'RSS idle':>10}{'PSS idle':>10}{'RSS after':>11}{'PSS after':>11}   ({pictures} pictures)")
    for name, (rss, pss) in before.items():
        rss_after, pss_after = after[name]
        print(f"{name:<20}{rss:>10.0f}{pss:>10.0f}{rss_after:>11.0f}{pss_after:>11.0f}")
    (rss, pss), (rss_after, pss_after) = (np.sum(list(table.values()), axis=0) for table in (before, after))
    print(f"{'in all':<20}{rss:>10.0f}{pss:>10.0f}{rss_after:>11.0f}{pss_after:>11.0f}")


def memory_mb(site: ServedSite) -> dict[str, tuple[float, float]]:
    """Return RSS and PSS of every process of the site."""
    workers = site.worker_pids()
    beside = [pid for pid in offspring(site.server.pid) if pid not in workers]
    names = {site.server.pid: "server"}
    names |= {pid: f"worker {number}" for number, pid in enumerate(workers, start=1)}
    names |= {pid: f"beside {number}" for number, pid in enumerate(beside, start=1)}
    return {name: of_process_mb(pid) for pid, name in names.items()}


def offspring(pid: int) -> list[int]:
    """Return the processes that a process started, and those that these did."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [descendant for child in children for descendant in (child, *offspring(child))]


def of_process_mb(pid: int) -> tuple[float, float]:
    """Return RSS and PSS of a process."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return tuple(int(re.search(rf"^{kind}:\s+(\d+) kB", told, re.MULTILINE)[1]) * 1024 / 1e6 for kind in ("Rss", "Pss"))


def send(site: ServedSite, pictures: int) -> None:
    """Send pictures to be read and kept, each over a connection of its own, so that all workers get some."""
    for number in range(pictures):
        files = {"image": ("7.png", png_of(str(number % 10)), "image/png")}
        requests.post(f"{site.address}/api/v1/pictures/", files=files, timeout=60).raise_for_status()


if __name__ == "__main__":
    main()
