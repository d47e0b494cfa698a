"""Every worker of a served site asked by itself for every page, so that each has loaded what it loads once.

Each page is asked for as often at once as a worker has threads: they have memory of their own.
"""

import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from digitsite.gunicorn import threads
from tests.load.hostile.request import Hostile, Part, form
from tests.load.hostile.sender import Sender, Tally
from tests.load.served_site import ServedSite
from tests.pictures import png_of
from tests.recognizer.who_may_see_what.routes import address_of

VERSIONS = "list(ModelVersion.objects.filter(state='active').values_list('kind', 'version'))"
ROWS = "{model._meta.model_name: str(row.pk) for model in get_models() if (row := model._default_manager.first())}"
FORMATS = ("csv", "idx", "npz", "zip")


def ask_each_worker(site: ServedSite, routes: list[str], sender: Sender, tally: Tally) -> None:
    """Give pictures to every network, and let each worker show all there is, and explain what each network read.

    sender: of a superuser, who is shown all.
    """
    versions = dict(site.ask(VERSIONS))
    batch = given(form("good", "/upload/", Part(png_of("4")), Part(png_of("2"))), sender, tally)
    pictures = [given(form("good", "/", Part(png_of("7")), fields={"model": kind}), sender, tally) for kind in versions]
    rows = site.ask(ROWS, before="from django.apps import apps; get_models = apps.get_models")
    pages = [Hostile("page", "GET", address) for address in addresses(routes, rows, versions, pictures, batch)]
    workers = site.worker_pids()
    for page in pages:
        for worker in workers:  # each in turn: one that stands still for a minute is taken for dead
            with alone(worker, workers), ThreadPoolExecutor(threads) as pool:
                sender.session.close()  # its line may lead to a worker that stands still
                for answer in pool.map(sender.send, [page] * threads):
                    tally.add(page, answer)


def given(hostile: Hostile, sender: Sender, tally: Tally) -> str:
    """Return the number of the picture or the batch that was stored."""
    answer = sender.send(hostile)
    tally.add(hostile, answer)
    return answer.stored(hostile)[1]


def addresses(
    routes: list[str], rows: dict[str, str], versions: dict[str, str], pictures: list[str], batch: str
) -> list[str]:
    """Return an address of each route, and more where it differs by network or by format.

    rows: the key of one row by the name of its model. pictures: one that each of the networks read.
    """
    of_rows = rows | {"glyph_id": rows.get("glyph", "1"), "version_id": rows.get("modelversion", "1"), "position": "0"}
    known = defaultdict(lambda: "1", of_rows | {"batch_id": batch, "app_label": "recognizer"})
    filled = [
        address_of(route, known | {"picture_id": picture, "kind": kind, "version": version, "file_format": file_format})
        for route in routes
        for picture, (kind, version) in zip(pictures, versions.items(), strict=True)
        for file_format in FORMATS
    ]
    return list(dict.fromkeys(filled))


@contextmanager
def alone(worker: int, workers: list[int]) -> Iterator[None]:
    """Let the other workers stand still: whoever asks is answered by this one."""
    others = [other for other in workers if other != worker]
    try:
        for other in others:
            os.kill(other, signal.SIGSTOP)
        yield
    finally:
        for other in others:
            os.kill(other, signal.SIGCONT)
