"""Time the history of one user: every filter by itself, what hardly ever matches, and the far end of it.

    export DATABASE_URL=sqlite:////tmp/load.sqlite3
    python manage.py migrate && python -m tests.load.fill_database --glyphs 250000 --owner ada
    python -m tests.load.time_history --user ada

Each page is asked for in this process, from the session to the last byte of HTML: what a server adds is not in it.
"""

import argparse
import os
import statistics
import time

QUERIES = {
    "the newest": "",
    "as a table": "view=table",
    "digit 7": "digit=7",
    "not a digit": "digit=not_a_digit",
    "every digit sure": "verdict=digit",
    "something unsure": "verdict=unsure",
    "something not a digit": "verdict=not_a_digit",
    "labelled": "labelled=yes",
    "not labelled": "labelled=no",
    "network that read all": "model=cnn",
    "network that read none": "model=mlp",
    "source of one in six": "source=api",
    "source of none": "source=batch",
    "last days": "since={last_day}",
    "first days": "until={first_day}",
    "seven filters, one match": "digit=7&verdict=digit&labelled=no&model=cnn&source=draw&since={last_day}",
    "seven filters, none": "digit=7&verdict=unsure&labelled=yes&model=mlp&source=batch&since=2000-01-01",
    "the oldest": "before={near_the_end}",
    "the oldest, none matches": "before={near_the_end}&source=batch",
    "back from the oldest": "after={near_the_end}",
}
"""What is asked for; the names in braces are filled in from the user's pictures."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--user", required=True, metavar="NAME", help="whose history")
    parser.add_argument("--times", type=int, default=40, help="how often each page is asked for (default: 40)")
    arguments = parser.parse_args()

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")
    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client, override_settings

    user = User.objects.filter(username=arguments.user).first()
    if user is None:
        parser.error(f"There is no user {arguments.user}. `python -m tests.load.fill_database --owner` makes one.")
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(user)
        _report(client, _places(user), arguments.times)


def _places(user: object) -> dict[str, str]:
    """Return what is filled into the queries: where the user's pictures begin and end."""
    from recognizer.history.keyset import Place
    from recognizer.models import Picture

    pictures = Picture.objects.filter(user=user)
    ends = pictures.order_by("created", "id").values_list("created", "pk")
    oldest = list(ends[:200])
    return {
        "last_day": f"{pictures.values_list('created', flat=True)[0]:%Y-%m-%d}",
        "first_day": f"{oldest[0][0]:%Y-%m-%d}",
        "near_the_end": str(Place(*oldest[-1])).replace("+", "%2B"),
    }


def _report(client: object, places: dict[str, str], times: int) -> None:
    from recognizer.models import Picture

    print(f"{Picture.objects.count():,} pictures in the database\n")
    print(f"{'page':26}{'pictures':>9}{'queries':>9}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}")
    for name, query in QUERIES.items():
        address = f"/history/?{query.format(**places)}"
        shown, queries = _counted(client, address)
        begin = time.process_time()
        seconds = sorted(_timed(client, address) for _ in range(times))
        cpu = 1000 * (time.process_time() - begin) / times
        p50, p95 = 1000 * statistics.median(seconds), 1000 * seconds[int(0.95 * (times - 1))]
        print(f"{name:26}{shown:>9}{queries:>9}{p50:>9.1f}{p95:>9.1f}{cpu:>9.1f}", flush=True)


def _counted(client: object, address: str) -> tuple[int, int]:
    """Return how many pictures the page shows and how often it asks the database."""
    from django.db import connection

    asked = []
    with connection.execute_wrapper(lambda execute, *query: asked.append(query) or execute(*query)):
        page = client.get(address).content
    return page.count(b'name="picture"'), len(asked)


def _timed(client: object, address: str) -> float:
    begin = time.perf_counter()
    answer = client.get(address)
    seconds = time.perf_counter() - begin
    assert answer.status_code == 200
    return seconds


if __name__ == "__main__":
    main()
