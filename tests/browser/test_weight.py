"""What a first visit costs: requests, bytes and movement of what is already on the screen."""

import gzip
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import draw

MOST_REQUESTS = 12
MOST_BYTES = 100_000
MOST_SCRIPT_BYTES = 30_000
MOST_LAYOUT_SHIFT = 0.05
FIRST_PAGES = ("/", "/upload/", "/history/", "/models/", "/about/", "/privacy/", "/account/login/", "/account/signup/")
LAYOUT_SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) sum += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 300);
})"""


@dataclass(frozen=True)
class Load:
    """What the browser fetched for one page."""

    responses: list[Response]

    @property
    def compressed_bytes(self) -> int:
        return sum(map(compressed_bytes, self.responses))

    @property
    def script_bytes(self) -> int:
        scripts = [r for r in self.responses if r.request.resource_type == "script"]
        return sum(map(compressed_bytes, scripts))

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(response.url).netloc for response in self.responses}


def compressed_bytes(response: Response) -> int:
    """Return the size of the body as a server that compresses sends it; of a redirect, or what was broken off, 0."""
    has_body = response.ok and not response.request.failure
    return len(gzip.compress(response.body())) if has_body else 0


def loaded(page: Page, path: str) -> Load:
    """Go to an address, wait until all is there, and return what was fetched for it."""
    responses = []
    page.on("response", lambda response: responses.append(response))
    page.goto(path, wait_until="networkidle")
    return Load(responses)


@pytest.mark.parametrize("path", FIRST_PAGES)
def test_a_first_visit_is_light_and_still(open_page, live_server, path):
    page = open_page("about:blank")

    load = loaded(page, path)

    assert page.evaluate(LAYOUT_SHIFT) < MOST_LAYOUT_SHIFT
    assert load.hosts == {urlsplit(live_server.url).netloc}
    assert len(load.responses) <= MOST_REQUESTS, [response.url for response in load.responses]
    assert 0 < load.compressed_bytes <= MOST_BYTES
    assert 0 < load.script_bytes <= MOST_SCRIPT_BYTES


def test_a_guess_and_a_reading_fetch_little_more(open_page):
    page = open_page("about:blank")

    drawing = loaded(page, "/")
    draw(page, "4")
    expect(page.locator("[data-part=said]")).to_have_text("It reads 4.")  # and no guess is on its way any more
    assert drawing.compressed_bytes <= MOST_BYTES
    assert drawing.script_bytes <= MOST_SCRIPT_BYTES
    page.get_by_role("button", name="Read it").click()
    page.wait_for_url("**/p/**")
    page.wait_for_load_state("networkidle")

    reading = loaded(page, page.url)
    assert reading.compressed_bytes <= MOST_BYTES
    assert reading.script_bytes <= MOST_SCRIPT_BYTES
    assert page.evaluate(LAYOUT_SHIFT) < MOST_LAYOUT_SHIFT
