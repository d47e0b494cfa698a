"""`python -m tests.load.fuzz`: send a site of its own requests that mean no good, and see that it holds.

Four clients at once: two visitors, a user and a superuser, who stay so. No answer is 500 or above, no worker ends,
memory does not grow by 100 MB, nothing is stored of what was refused, what is stored is of the site's own encoding, and
nothing that was sent stands in a page or in a head as it is. Prints the figures, and memory at ten points between which
as many requests lie; ends with 1 when one of these does not hold.
"""

import argparse
import random
import re
import sys
import tempfile
import threading
import time
from pathlib import Path

from tqdm import tqdm

from tests.load.each_worker import ask_each_worker
from tests.load.hostile import Hostile, requests_of
from tests.load.hostile.pictures import good_pictures, swollen_pictures
from tests.load.hostile.request import Part, form
from tests.load.hostile.sender import Sender, Tally
from tests.load.served_site import ServedSite, served_site

ACCOUNTS = (None, None, ("ada", "a-user-of-this-run"), ("grace", "a-superuser-of-this-run"))
"""Of the senders: name and password, or none."""
WARM_UP = 400
"""Requests before each worker is asked for every page; it has then loaded what it loads once, and memory counts."""
MOST_GROWTH_MB = 100
POINTS = 10
OWN_NAME = re.compile(r"pictures/([0-9a-f]{2})/\1[0-9a-f]{30}\.png")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000, help="how many (default: 10,000)")
    parser.add_argument("--seed", type=int, default=1, help="of what is sent (default: 1)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served_site(Path(folder)) as site:
        return fuzz(site, arguments.requests, arguments.seed)


def fuzz(site: ServedSite, count: int, seed: int) -> int:
    """Send the requests, print what came of them, and return the exit status."""
    begun, tally, workers, rng = time.monotonic(), Tally(), site.worker_pids(), random.Random(seed)
    routes, senders = prepared(site)
    good = [form("good", "/", Part(data)) for data in (*good_pictures(), *swollen_pictures())]
    send_all(senders, requests_of(routes, WARM_UP, rng) + good * 2, tally)
    ask_each_worker(site, routes, senders[-1], tally)
    memory = [site.memory_mb()]
    hostile = requests_of(routes, count, rng)
    for point in range(POINTS):
        send_all(senders, hostile[point * count // POINTS : (point + 1) * count // POINTS], tally)
        memory.append(site.memory_mb())
    stored = site.ask("[Picture.objects.exclude(source='batch').count(), Batch.objects.count()]")
    foreign = foreign_files(site.folder / "media")
    grown = [point - memory[0] for point in memory[1:]]
    found = {
        "answers of 500 and above": len(tally.failures),
        "workers that ended": len(set(workers) - set(site.worker_pids())),
        "accounts that were logged out": sum(not sender.is_logged_in for sender in senders if sender.account),
        "stored though refused, or lost": stored != [tally.stored["picture"], tally.stored["batch"]],
        "stored under a foreign name or encoding": len(foreign),
        "in a page or a head as it was sent": len(tally.leaks),
        f"memory growth of {MOST_GROWTH_MB} MB or more": grown[-1] >= MOST_GROWTH_MB,
    }
    print(f"{count} hostile requests in {time.monotonic() - begun:.0f} s")
    print(tally)
    print(f"stored: {stored[0]} pictures alone, {stored[1]} batches; check_media: {site.check_media()}")
    print(f"memory of {len(workers)} workers: {memory[0]:.0f} MB after {WARM_UP} and every page, then at ten points")
    print(*(f"{point:+.0f}" for point in grown), f"MB; in the second half {memory[-1] - memory[POINTS // 2]:+.0f} MB")
    print(*(f"foreign: {path}\n" for path in foreign[:10]), sep="", end="")
    print(*(f"{name}: {int(number)}" for name, number in found.items()), sep="\n")
    return int(any(found.values()))


def prepared(site: ServedSite) -> tuple[list[str], list[Sender]]:
    """Return the routes of the site, and the senders with their accounts made."""
    (user, superuser) = [account for account in ACCOUNTS if account]
    makers = "tests.recognizer.who_may_see_what.routes"
    accounts = (
        f"from {makers} import routes\nUser.objects.create_user({user[0]!r}, password={user[1]!r})\n"
        f"User.objects.create_superuser({superuser[0]!r}, password={superuser[1]!r})"
    )
    routes = site.ask("routes()", before=accounts)
    return routes, [Sender(site.address, account) for account in ACCOUNTS]


def send_all(senders: list[Sender], hostile: list[Hostile], tally: Tally) -> None:
    """Let the senders send the requests, all at once."""
    rest = iter(tqdm(hostile, unit="request", disable=None))
    lock = threading.Lock()

    def work(sender: Sender) -> None:
        while True:
            with lock:
                request = next(rest, None)
            if request is None:
                return
            tally.add(request, sender.send(request))

    threads = [threading.Thread(target=work, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def foreign_files(media: Path) -> list[Path]:
    """Return the stored pictures that are not under a name of ours, or no grey PNG of pixels and nothing else."""
    paths = [path for path in (media / "pictures").rglob("*") if path.is_file()]
    return [
        path
        for path in paths
        if not OWN_NAME.fullmatch(str(path.relative_to(media))) or not is_own_encoding(path.read_bytes())
    ]


def is_own_encoding(data: bytes) -> bool:
    """Say whether these are the bytes of a PNG, 8 bits and grey, without any chunk that could tell of its giver.

    Source: W3C, Portable Network Graphics, 5.3 and 11.2.2.
    """
    chunks, place = set(), 8
    while place < len(data):
        chunks.add(data[place + 4 : place + 8])
        place += 12 + int.from_bytes(data[place : place + 4])
    is_grey_png = data.startswith(b"\x89PNG\r\n\x1a\n") and data[24:26] == b"\x08\0"
    return is_grey_png and chunks == {b"IHDR", b"IDAT", b"IEND"}


if __name__ == "__main__":
    sys.exit(main())
