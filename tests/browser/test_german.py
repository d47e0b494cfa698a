"""German words are longer: nothing runs over or stands alone on a line for it, on the narrowest phones either."""

import pytest
from playwright.sync_api import Page

GERMAN = {"locale": "de-DE", "color_scheme": "light"}


def lines_of(page: Page, selector: str) -> list[int]:
    """Return how many of these stand on each line, from the top."""
    middles = page.locator(selector).evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((box) => Math.round((box.top + box.bottom) / 20))"
    )
    return [middles.count(line) for line in sorted(set(middles))]


def runs_over(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("path", ["/", "/upload/", "/history/", "/account/signup/", "/about/"])
def test_the_header_takes_two_lines(open_page, path, width):
    page = open_page(path, viewport={"width": width, "height": 800}, **GERMAN)

    assert page.get_by_role("link", name="Registrieren").first.is_visible()
    assert lines_of(page, ".site-name, .site-account a, .theme-toggle") == [4]
    assert lines_of(page, ".site-nav a") == [5]
    assert page.get_by_role("link", name="digitsite").count() == 1
    assert not runs_over(page)


def test_the_invitation_to_draw_does_not_cover_the_bars(open_page):
    page = open_page("/", viewport={"width": 320, "height": 800}, **GERMAN)

    text, bars = (page.locator(part).first.bounding_box() for part in (".guess-invitation", ".guess-bars"))

    assert text["y"] + text["height"] <= bars["y"]
