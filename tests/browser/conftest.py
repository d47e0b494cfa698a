"""A real browser, driven over the real site with the real network."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from recognizer import registry
from tests.own_site import wait_for
from tests.pictures import STROKES

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first one found is driven. Without its window Chromium opens a page for a third of the work."""
ARGUMENTS = (
    "--no-sandbox",  # continuous integration runs as root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=15_000)  # what is expected may come late on a machine that does other work besides


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


def browser_path() -> str | None:
    """Return where the machine's browser is, None without one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start the machine's Chromium; without one the tests skip, but fail in continuous integration."""
    path = browser_path()
    if path is None:
        reason = f"No browser: none of {', '.join(BROWSERS)} is installed."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright's event loop runs in the thread of the tests, without any harm to what they ask the database.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def live_server(live_server, _own_surroundings) -> Iterator[LiveServer]:
    """Serve the site until nobody is connected to it, and only then take away what a test is given to itself.

    A browser that is closed may have asked for something a moment before.
    """
    yield live_server
    wait_for(lambda: not any("process_request_thread" in thread.name for thread in threading.enumerate()))


@pytest.fixture
def loaded_network(real_network) -> None:
    """Load the network, as a server does before its first visitor comes."""
    registry.get_model()


@pytest.fixture
def open_page(browser: Browser, live_server, loaded_network):
    """Return a function that opens an address of the site in a new visitor's browser.

    Whatever the browser complains of, its content policy first of all, fails the test.
    """
    contexts, complaints = [], []

    def open_page(path: str = "/", **options) -> Page:
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # closing ends a request that a handler is just making
        context.close()
    assert complaints == []


def sheet_of(page: Page) -> Locator:
    return page.get_by_role("img", name="Sheet to draw on")


def draw(page: Page, text: str) -> None:
    """Draw digits side by side on the sheet, as a mouse does."""
    sheet = sheet_of(page)
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    side = min(0.9 * box["height"], box["width"] / len(text))
    left = box["x"] + (box["width"] - side * len(text)) / 2
    top = box["y"] + (box["height"] - side) / 2
    for position, digit in enumerate(text):
        for stroke in STROKES[digit]:
            points = [(left + side * (position + x / 100), top + side * y / 100) for x, y in stroke]
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:]:
                page.mouse.move(*point, steps=5)
            page.mouse.up()


def wait_until(page: Page, condition: Callable) -> None:
    """Let the page go on until something has happened to it."""
    for _ in range(300):
        if condition():
            return
        page.wait_for_timeout(50)
    pytest.fail("It did not happen in time.")
