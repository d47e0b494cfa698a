"""The README's pictures, taken of a running site: `python -m tests.browser.screenshots http://127.0.0.1:8000`."""

import argparse
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, browser_path, draw

FOLDER = Path(__file__).parent / "readme"
NUMBER = "427"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", help="address of the running site")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the pictures")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        for theme in ("light", "dark"):
            page = browser.new_page(
                base_url=arguments.site, color_scheme=theme, viewport={"width": 1280, "height": 800}
            )
            page.goto("/")
            draw(page, NUMBER)
            page.screenshot(path=arguments.out / f"drawing-{theme}.png")
            page.get_by_role("button", name="Read it").click()
            page.wait_for_url("**/p/**")
            page.wait_for_timeout(1000)  # the bars have grown
            page.screenshot(path=arguments.out / f"reading-{theme}.png")
        browser.close()


if __name__ == "__main__":
    main()
