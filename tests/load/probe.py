"""A visitor who asks a site for everything at once, and tells how it answered."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

from tests.pictures import png_of

READINGS = ("by page", "by API", "guess")
STORED = {"by page": 302, "by API": 201}
"""What a reading that is kept is answered with when all is well."""
PAGES = (
    "/", "/upload/", "/history/", "/p/{picture}/", "/p/{picture}/image/", "/p/{picture}/thumbnail/",
    "/p/{picture}/glyphs/0/why/", "/models/", "/about/", "/privacy/", "/account/login/", "/api/v1/pictures/",
    "/api/v1/models/", "/healthz", "/readyz",
)  # fmt: skip
SOME_PAGES = ("/", "/history/", "/about/", "/healthz", "/readyz")
"""Where each takes so long that there is no time for all."""
WITHOUT_CACHE = tuple(page for page in PAGES if not page.endswith("/why/"))
WITHOUT_NETWORK = tuple(page for page in PAGES if page != "/readyz")
WITHOUT_DATABASE = ("/about/", "/privacy/", "/account/login/", "/healthz")
"""What has to be there while that is away."""
PATIENCE_SECONDS = 90


@dataclass(frozen=True)
class Answer:
    """What came back; a status of 0 when nothing did."""

    status: int = 0
    retry_after: str | None = None
    seconds: float = 0.0
    told: str = ""

    @property
    def is_outage(self) -> bool:
        """Say whether it tells to come again, as it has to while something is away."""
        return self.status == 503 and self.retry_after is not None


@dataclass(frozen=True)
class Answers:
    """Of one round of questions."""

    readings: dict[str, Answer]
    pages: dict[str, Answer]

    @property
    def slowest_seconds(self) -> float:
        return max(answer.seconds for answer in (*self.readings.values(), *self.pages.values()))

    @property
    def are_well(self) -> bool:
        """Say whether every picture is read and kept, and every page there."""
        kept = all(self.readings[how].status == status for how, status in STORED.items())
        return kept and self.readings["guess"].status == 200 and not self.missing_pages

    @property
    def missing_pages(self) -> list[str]:
        return [page for page, answer in self.pages.items() if answer.status != 200]


class Visitor:
    """Gives pictures and looks at pages, and remembers which pictures were acknowledged."""

    def __init__(self, address: str) -> None:
        self.address, self.session = address, requests.Session()
        self.session.get(f"{address}/", timeout=PATIENCE_SECONDS)
        self.png = png_of("7", side=140, pen=9)
        self.acknowledged: set[str] = set()
        first = self.read("by page")
        assert first.status == STORED["by page"], first
        self.picture = first.told

    def read(self, how: str) -> Answer:
        """Give a picture in one of the READINGS."""
        path = {"by page": "/", "by API": "/api/v1/pictures/", "guess": "/api/v1/guess/"}[how]
        headers = {"X-CSRFToken": self.session.cookies.get("csrftoken", "")}
        answer = self._ask("POST", path, files={"image": ("7.png", self.png, "image/png")}, headers=headers)
        if answer.status == STORED.get(how):
            self.acknowledged.add(answer.told)
        return answer

    def look_at(self, page: str) -> Answer:
        return self._ask("GET", page.format(picture=self.picture))

    def ask_for_all(self, pages: Iterable[str] = PAGES) -> Answers:
        """Give a picture in every way and look at the pages, all at the same time."""
        pages = list(pages)
        with ThreadPoolExecutor(len(READINGS) + len(pages)) as pool:
            readings, looks = pool.map(self.read, READINGS), pool.map(self.look_at, pages)
            return Answers(
                dict(zip(READINGS, readings, strict=True)),
                dict(zip(pages, looks, strict=True)),
            )

    def lost(self) -> set[str]:
        """Return what was acknowledged and is not in the own list, and what is there that never was."""
        listed, url = set(), f"{self.address}/api/v1/pictures/"
        while url:
            page = self.session.get(url, timeout=PATIENCE_SECONDS).json()
            listed |= {picture["id"] for picture in page["results"]}
            url = page["next"]
        return listed ^ self.acknowledged

    def _ask(self, method: str, path: str, **options) -> Answer:
        begun = time.monotonic()
        try:
            got = requests.request(
                method, f"{self.address}{path}", cookies=self.session.cookies, allow_redirects=False,
                timeout=PATIENCE_SECONDS, **options,
            )  # fmt: skip
        except requests.RequestException:
            return Answer(seconds=time.monotonic() - begun)
        self.session.cookies.update(got.cookies)
        told = {201: lambda: got.json()["id"], 302: lambda: got.headers["Location"].strip("/").split("/")[-1]}
        told = told.get(got.status_code, str)()
        return Answer(got.status_code, got.headers.get("Retry-After"), time.monotonic() - begun, told)
