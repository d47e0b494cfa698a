"""The README's pictures, taken of a site of their own: `python -m tests.browser.screenshots`.

What stands on it was written by hands that training/hands.py draws, read by the released network, and labelled with
what was written.
"""

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS, browser_path, draw
from tests.load.served_site import served_site

FOLDER = Path(__file__).parent / "readme"
NUMBER = "427"
NAME = PASSWORD = "ada"
PICTURES = 120
DAYS = 9
LABELLED = 0.7
"""Of the pictures: the older ones."""
SETTLED_MS = 1200
"""After so long the bars have grown."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the pictures")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served_site(Path(folder), workers=1) as site, sync_playwright() as p:
        site.manage("shell", "--verbosity", "0", "-c", "from tests.browser.screenshots import fill; fill()")
        browser = p.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        for theme in ("light", "dark"):
            take(browser, site.address, theme, arguments.out)
        browser.close()


def fill() -> None:
    """Read pictures of numbers for a member of the staff, and label those of all days but the last."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from recognizer.models import LabelEvent, Picture
    from recognizer.owners import Owner
    from recognizer.recognition import recognize

    rng = np.random.default_rng(4)
    owner = Owner(user=User.objects.create_superuser(NAME, password=PASSWORD))
    for number in range(PICTURES):
        digits = [int(digit) for digit in rng.integers(0, 10, rng.integers(1, 5))]
        picture = recognize(written(digits, rng), owner=owner, source="upload", may_train=True)
        age = timedelta(days=DAYS * (1 - (number + 1) / PICTURES))
        Picture.objects.filter(pk=picture.pk).update(created=timezone.now() - age)
        glyphs = picture.glyphs.all()
        if number < LABELLED * PICTURES and len(glyphs) == len(digits):
            for glyph, digit in zip(glyphs, digits, strict=True):
                glyph.set_label(digit, owner=owner, where=LabelEvent.Where.REVIEW, at=timezone.now() - age)


def written(digits: list[int], rng: np.random.Generator) -> bytes:
    """A number on a grey sheet, as a PNG."""
    from recognizer.imaging.encoding import encode_png
    from training.hands import draw_digit

    ink = np.hstack([draw_digit(digit, rng)[:, 8:-8] for digit in digits])
    ink = np.pad(ink, 24).repeat(2, axis=0).repeat(2, axis=1)
    page = 228 - 0.72 * ink + rng.normal(0, 2, ink.shape)
    return encode_png(page.clip(0, 255).astype(np.uint8))


def take(browser: Browser, address: str, theme: str, folder: Path) -> None:
    """Take all pictures in one theme."""
    viewport = {"width": 1280, "height": 800}
    visitor = browser.new_page(base_url=address, color_scheme=theme, viewport=viewport, locale="en")

    def shoot(page: Page, name: str) -> None:
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=folder / f"{name}-{theme}.png")

    visitor.goto("/")
    draw(visitor, NUMBER)
    expect(visitor.locator("live-guess [data-part=reading]")).to_have_text(NUMBER, timeout=60_000)
    shoot(visitor, "drawing")
    visitor.get_by_role("button", name="Read it").click()
    visitor.wait_for_url("**/p/**")
    shoot(visitor, "reading")

    staff = browser.new_page(base_url=address, color_scheme=theme, viewport=viewport, locale="en")
    staff.goto("/account/login/")
    staff.locator("[name=username]").fill(NAME)
    staff.locator("[name=password]").fill(PASSWORD)
    staff.locator("main form button").click()
    staff.wait_for_url("**/history/**")
    for name in ("history", "review", "dashboard"):
        staff.goto(f"/{name}/")
        shoot(staff, name)


if __name__ == "__main__":
    main()
