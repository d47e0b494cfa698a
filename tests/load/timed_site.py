"""One filled site in a process of its own, which times its own pages: `python -m tests.load.time_pages` asks it.

Each line that it reads names a page and how often to ask for it; it answers with a line of JSON. Pages are asked for in
this process, through all middleware, from the session to the last byte of HTML: what a server adds is not in it.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from django.test import Client

from tests.load.fill_database import OWNER, STAFF

HISTORY = {
    "the newest": "",
    "as a table": "view=table",
    "digit 7": "digit=7",
    "not a digit": "digit=not_a_digit",
    "every digit sure": "verdict=digit",
    "something unsure": "verdict=unsure",
    "labelled": "labelled=yes",
    "network that read all": "model=cnn",
    "drawn": "source=draw",
    "none of a source": "source=api&model=numpy_mlp",
    "first days": "until={early_day}",
    "seven filters": "digit=7&verdict=digit&labelled=no&model=cnn&source=draw&since={first_day}&until={last_day}",
    "near the oldest": "before={near_the_end}",
    "back from the oldest": "after={near_the_end}",
}
ADMIN = {
    "pictures": "picture/",
    "pictures, page 5": "picture/?p=5",
    "pictures, uploaded": "picture/?source__exact=upload",
    "pictures, with consent": "picture/?may_train__exact=1",
    "pictures, of a version": "picture/?model_version__id__exact={version}",
    "pictures, a reading": "picture/?q=7",
    "pictures, nothing found": "picture/?q=9999999",
    "pictures, of a user": f"picture/?q={OWNER}",
    "a picture": "picture/{picture}/change/",
    "glyphs": "glyph/",
    "glyphs, least sure": "glyph/?o=3",
    "glyphs, unlabelled": "glyph/?labelled=no",
    "glyphs, read wrong": "glyph/?labelled=wrong",
    "glyphs, unsure": "glyph/?verdict=unsure",
    "glyphs, a digit": "glyph/?digit=7",
    "glyphs, unusable": "glyph/?is_usable__exact=0",
    "glyphs, kept out": "glyph/?is_excluded__exact=1",
    "glyphs, of the sample": "glyph/?is_sample__exact=1",
    "glyphs, of one kind": "glyph/?model=mlp",
    "glyphs, of this year": "glyph/?picture__created__gte={first_day}T00:00:00%2B00:00",
    "glyphs, uploaded": "glyph/?source=upload",
    "a glyph": "glyph/{glyph}/change/",
    "predictions": "prediction/",
    "predictions, unsure": "prediction/?verdict__exact=unsure",
    "predictions, of a version": "prediction/?model_version__id__exact={version}",
    "label events": "labelevent/",
    "label events, of the queue": "labelevent/?where__exact=review",
    "label events, a label": "labelevent/?new=7",
    "batches": "batch/",
    "batches, as files": "batch/?came_as__exact=files",
    "a batch": "batch/{batch}/change/",
    "model versions": "modelversion/",
}
PAGES = {
    **{f"history: {name}": f"/history/?{query}" for name, query in HISTORY.items()},
    "history: delete all": "/history/delete-all/",
    "picture": "/p/{own_picture}/",
    "account": "/account/",
    "API: list": "/api/v1/pictures/",
    "API: one picture": "/api/v1/pictures/{own_picture}/",
    "review: page": "/review/",
    "review: next mark": "/review/next/?shown={glyph}",
    "review: answer": "/review/answer/",
    "dashboard": "/dashboard/",
    "dashboard: older version": "/dashboard/?version={version}",
    "dashboard: marks read right": "/dashboard/confusion/7/7/",
    "dashboard: marks read wrong": "/dashboard/confusion/7/1/",
    "dashboard: page 3 of marks": "/dashboard/confusion/7/7/?page=3",
    "trainings": "/trainings/",
    "exports": "/exports/",
    "models": "/models/",
    **{f"admin: {name}": f"/admin/recognizer/{path}" for name, path in ADMIN.items()},
}
"""What is asked for; the names in braces are filled in from the rows. The owner's own pages are asked for by them."""
OWN = ("history", "picture", "account", "API")


class Timed(NamedTuple):
    """One page, asked for several times: wall and CPU time of each, in ms, and how often it asked the database."""

    queries: int
    wall_ms: list[float]
    cpu_ms: list[float]


class TimedSite:
    """The clients of the filled site's owner and staff."""

    def __init__(self) -> None:
        from django.contrib.auth.models import User
        from django.test import Client

        self.clients = {}
        for name in (OWNER, STAFF):
            self.clients[name] = Client(headers={"host": "127.0.0.1"})
            self.clients[name].force_login(User.objects.get(username=name))
        self.places = _places()

    def time(self, page: str, times: int) -> Timed:
        """Ask once so that everything is loaded and kept, once for the queries, then so many times for the time."""
        from django.db import connection

        ask = self.asking(page)
        ask()
        asked = []
        with connection.execute_wrapper(lambda execute, *query: asked.append(query) or execute(*query)):
            ask()
        wall, cpu = [], []
        for _ in range(times):
            wall_begin, cpu_begin = time.perf_counter(), time.process_time()
            ask()
            wall.append(1000 * (time.perf_counter() - wall_begin))
            cpu.append(1000 * (time.process_time() - cpu_begin))
        return Timed(len(asked), wall, cpu)

    def asking(self, page: str) -> Callable[[], None]:
        """Return what asks for the page."""
        client = self.clients[OWNER if page.split(":")[0] in OWN else STAFF]
        address = PAGES[page].format(**self.places)
        return (lambda: _answer(client)) if page == "review: answer" else (lambda: _get(client, address))


def _get(client: "Client", address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"


def _answer(client: "Client") -> None:
    """Take the mark that the reviewer has before them for what it was read as."""
    from recognizer.models import ReviewLease

    shown = ReviewLease.objects.order_by("until").values_list("glyph", flat=True).first()
    form = {"glyph": shown or 0, "answer": "accept", "shown": shown or 0}
    answer = client.post("/review/answer/", form, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["level"] == "success", answer.content


def _places() -> dict[str, str]:
    """Return what is filled into the addresses: where the rows begin and end."""
    from recognizer.history.keyset import Place
    from recognizer.models import Batch, Glyph, ModelVersion, Picture

    pictures = Picture.objects.filter(user__username=OWNER)
    oldest = list(pictures.order_by("created", "id").values_list("created", "pk")[:60])
    newest = pictures.values_list("created", "pk")[0]
    return {
        "last_day": f"{newest[0]:%Y-%m-%d}",
        "first_day": f"{oldest[0][0]:%Y-%m-%d}",
        "early_day": f"{oldest[-1][0]:%Y-%m-%d}",
        "near_the_end": str(Place(*oldest[-1])).replace("+", "%2B"),
        "own_picture": newest[1],
        "picture": Picture.objects.values_list("pk", flat=True)[0],
        "glyph": Glyph.objects.order_by("-pk").values_list("pk", flat=True)[0],
        "version": ModelVersion.objects.filter(kind="cnn").order_by("pk").values_list("pk", flat=True)[0],
        "batch": Batch.objects.values_list("pk", flat=True)[0],
    }


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")
    django.setup()
    from django.conf import settings
    from django.test import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        site = TimedSite()
        for line in sys.stdin:
            print(json.dumps(site.time(*json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
