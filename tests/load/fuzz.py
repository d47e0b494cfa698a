"""`python -m tests.load.fuzz`: send a site of its own requests that mean no good, and see that it holds.

No answer is 500 or above, no worker ends, memory does not grow by 100 MB, nothing is stored of what was refused, and
what is stored is of the site's own encoding. Prints the figures; ends with 1 when one of these does not hold.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlencode

import requests
from PIL import Image
from tqdm import tqdm

from tests.load.hostile import KINDS, Hostile, good_pictures
from tests.load.served_site import ServedSite, served_site

CLIENTS = 4
WARM_UP = 400
"""Requests before memory is first measured: each worker has then loaded what it loads once."""
MOST_GROWTH_MB = 100
OUTAGES = (429, 503)


class Client:
    """One visitor who keeps cookies and sends the form's token along."""

    def __init__(self, address: str) -> None:
        self.address, self.session = address, requests.Session()
        self.session.get(f"{address}/upload/", timeout=60)

    def send(self, hostile: Hostile) -> requests.Response | None:
        """Return the answer; None for what a client cannot even send."""
        query = f"?{urlencode(hostile.query, errors='replace')}" if hostile.query else ""
        url = f"{self.address}{quote(hostile.path, safe='/', errors='replace')}{query}"
        headers = {"X-CSRFToken": self.session.cookies.get("csrftoken", ""), **hostile.headers}
        try:
            return self.session.request(
                hostile.method, url, files=hostile.files, data=hostile.data, headers=headers,
                allow_redirects=False, timeout=120,
            )  # fmt: skip
        except (requests.exceptions.InvalidHeader, UnicodeError, ValueError):
            return None


class Tally:
    """What came back, from all clients together."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.statuses, self.failures = Counter(), []
        self.pictures, self.batches, self.unsent = 0, 0, 0

    def add(self, hostile: Hostile, answer: requests.Response | None) -> None:
        with self.lock:
            if answer is None:
                self.unsent += 1
                return
            self.statuses[answer.status_code] += 1
            location = answer.headers.get("Location", "")
            is_stored = answer.status_code == 201 and hostile.path == "/api/v1/pictures/"
            self.pictures += is_stored or location.startswith("/p/")
            self.batches += location.startswith("/batch/")
            if answer.status_code >= 500 and answer.status_code not in OUTAGES:
                self.failures.append((answer.status_code, hostile.kind, hostile.method, hostile.path, hostile.query))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000, help="how many (default: 10,000)")
    parser.add_argument("--seed", type=int, default=1, help="of what is sent (default: 1)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served_site(Path(folder)) as site:
        return fuzz(site, arguments.requests, arguments.seed)


def fuzz(site: ServedSite, count: int, seed: int) -> int:
    """Send the requests, print what came of them, and return the exit status."""
    begun, tally, workers = time.monotonic(), Tally(), site.worker_pids()
    send_all(site, warm_up_requests(seed), tally)
    before = site.memory_mb()
    rng = random.Random(seed)
    send_all(site, [rng.choice(KINDS)(rng) for _ in range(count)], tally)
    growth = site.memory_mb() - before
    stored = site.ask("[Picture.objects.exclude(source='batch').count(), Batch.objects.count()]")
    foreign = [str(path) for path in (site.folder / "media" / "pictures").rglob("*.*") if not is_own_encoding(path)]
    found = {
        "answers of 500 and above": len(tally.failures),
        "workers that ended": len(set(workers) - set(site.worker_pids())),
        "stored though refused, or lost": stored != [tally.pictures, tally.batches],
        "stored in a foreign encoding": len(foreign),
        f"memory growth of {MOST_GROWTH_MB} MB or more": growth >= MOST_GROWTH_MB,
    }
    print(f"{count} hostile requests in {time.monotonic() - begun:.0f} s, {tally.unsent} that no client can send")
    print("answers: " + ", ".join(f"{status}: {n}" for status, n in sorted(tally.statuses.items())))
    print(f"acknowledged: {tally.pictures} pictures, {tally.batches} batches; stored: {stored[0]} and {stored[1]}")
    print(f"memory of {len(workers)} workers: {before:.0f} MB, then {growth:+.0f} MB")
    print(f"check_media: {site.check_media()}")
    for failure in tally.failures[:10]:
        print("failed:", *failure)
    print(*(f"{name}: {int(number)}" for name, number in found.items()), sep="\n")
    return int(any(found.values()))


def warm_up_requests(seed: int) -> list[Hostile]:
    """Return requests of every kind, and good pictures among them."""
    rng = random.Random(seed + 1)
    good = [Hostile("good", "POST", "/", files=[("image", ("7.png", data, "image/png"))]) for data in good_pictures()]
    return [rng.choice(KINDS)(rng) for _ in range(WARM_UP)] + good


def send_all(site: ServedSite, hostile: list[Hostile], tally: Tally) -> None:
    """Send the requests by several clients at once."""
    rest = iter(tqdm(hostile, unit="request", disable=None))
    lock = threading.Lock()

    def work() -> None:
        client = Client(site.address)
        while True:
            with lock:
                request = next(rest, None)
            if request is None:
                return
            tally.add(request, client.send(request))

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def is_own_encoding(path: Path) -> bool:
    """Say whether a stored file is a grey PNG that holds pixels and nothing else."""
    with Image.open(path) as image:
        return (image.format, image.mode, image.info, dict(image.getexif())) == ("PNG", "L", {}, {})


if __name__ == "__main__":
    sys.exit(main())
