"""Measure the time from lifting the pen to moved bars, in Chromium, on a running site that limits no rate.

    RATE_LIMIT=off .venv/bin/gunicorn -c python:digitsite.gunicorn digitsite.wsgi
    .venv/bin/python -m tests.load.live_guess http://127.0.0.1:8000

It writes digits with the mouse, four to a sheet, and takes the browser's time from each pointerup to the first frame
after the panel has changed: encoding the picture, the request, the reading and the drawing of the bars.
"""

import argparse
from itertools import cycle

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, browser_path, sheet_of
from tests.pictures import STROKES

DIGITS = "3217"
"""Digits that are written in one stroke each."""

WATCH = """() => {
    window.times = [];
    let lifted = null;
    addEventListener("pointerup", ({ timeStamp }) => (lifted = timeStamp), { capture: true });
    new MutationObserver(() => {
        if (lifted === null) return;
        const start = lifted;
        lifted = null;
        requestAnimationFrame(() => window.times.push(performance.now() - start));
    }).observe(document.querySelector("[data-part=marks]"), { childList: true });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", help="address of the running site")
    parser.add_argument("--strokes", type=int, default=100, help="strokes to draw (default: 100)")
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        page = browser.new_page(base_url=arguments.site, viewport={"width": 1280, "height": 800})
        page.goto("/")
        times_ms = measure(page, arguments.strokes)
        browser.close()
    p50, p95 = np.percentile(times_ms, (50, 95))
    print(f"{len(times_ms)} strokes: p50 {p50:.0f} ms, p95 {p95:.0f} ms, longest {max(times_ms):.0f} ms")


def measure(page: Page, strokes: int) -> list[float]:
    """Return for each stroke the milliseconds from lifting the pen to moved bars."""
    write(page, DIGITS[0], 0)
    page.wait_for_selector("[data-part=marks] li")  # what the guess is made of has been loaded
    page.get_by_role("button", name="Clear").click()
    page.evaluate(WATCH)
    for count, (place, digit) in zip(range(strokes), cycle(enumerate(DIGITS)), strict=False):
        if place == 0 and count:
            page.get_by_role("button", name="Clear").click()
        write(page, digit, place)
        page.wait_for_function("count => window.times.length > count", arg=count)
    return page.evaluate("window.times")


def write(page: Page, digit: str, place: int) -> None:
    """Draw the one stroke of a digit in the place-th quarter of the sheet."""
    box = sheet_of(page).bounding_box()
    side = box["width"] / len(DIGITS)
    points = [(box["x"] + side * (place + x / 100), box["y"] + side * (0.8 + y / 100)) for x, y in STROKES[digit][0]]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()


if __name__ == "__main__":
    main()
