"""The pictures that stand for the site elsewhere, drawn anew by `python -m tests.browser.artwork`.

static/social.png is what a link is shown with, drawn of social.html; static/apple-touch-icon.png is icon.svg without
its round corners, which the telephone cuts itself.
"""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, browser_path

HERE = Path(__file__).parent
STATIC = HERE.parent.parent / "static"
COLORS = 256
SOCIAL = {"width": 1200, "height": 630}
TOUCH_ICON = {"width": 180, "height": 180}


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        page = browser.new_page(viewport=SOCIAL)
        page.goto((HERE / "social.html").as_uri())
        save(page.screenshot(), STATIC / "social.png")

        page = browser.new_page(viewport=TOUCH_ICON)
        square = (STATIC / "icon.svg").read_text().replace('rx="17"', "")
        page.set_content(f"<!doctype html><style>body {{ margin: 0 }} svg {{ display: block }}</style>{square}")
        save(page.screenshot(), STATIC / "apple-touch-icon.png")
        browser.close()


def save(png: bytes, path: Path) -> None:
    """Write a screenshot with a palette, a third of its size."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLORS, kmeans=3, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
