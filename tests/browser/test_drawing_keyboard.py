"""Writing without a pointer: the sheet as a grid, and samples to begin with."""

import re

import pytest
from playwright.sync_api import Page, expect

from recognizer.models import Picture
from tests.browser.conftest import sheet_of
from tests.browser.test_drawing import has_ink, strokes_on

FIRST_CELL = (4, 1)
CELLS = {
    "1": [[(5, row) for row in range(1, 8)]],
    "4": [[(5, 1), (5, 2), (4, 3), (4, 4), (3, 5), (4, 5), (5, 5), (6, 5), (7, 5)], [(6, 3), (6, 4), (6, 6), (6, 7)]],
    "7": [[(3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (7, 2), (6, 3), (6, 4), (5, 5), (5, 6), (5, 7)]],
}
"""For each digit the cells that are inked, column and row; where two lines cross, the cell is inked already."""


def open_grid(page: Page) -> None:
    """Open the grid by the Tab and Enter keys alone."""
    toggle = page.get_by_role("button", name="Draw with the keyboard")
    for _ in range(40):
        page.keyboard.press("Tab")
        if toggle.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("grid", name="Sheet as a grid")).to_be_visible()
    expect(cell(page, *FIRST_CELL)).to_be_focused()


def cell(page: Page, column: int, row: int):
    return page.get_by_role("gridcell", name=f"Row {row + 1}, column {column + 1}", exact=True)


def write(page: Page, lines: list[list[tuple[int, int]]]) -> None:
    """Go to each cell with the arrow keys and ink it with Space."""
    column, row = FIRST_CELL
    for target in (target for line in lines for target in line):
        for key, steps in (("Right", target[0] - column), ("Left", column - target[0])):
            for _ in range(steps):
                page.keyboard.press(f"Arrow{key}")
        for key, steps in (("Down", target[1] - row), ("Up", row - target[1])):
            for _ in range(steps):
                page.keyboard.press(f"Arrow{key}")
        page.keyboard.press("Space")
        column, row = target


@pytest.mark.parametrize("digit", CELLS)
def test_a_digit_is_written_and_read_by_the_keyboard_alone(open_page, digit):
    page = open_page("/")
    open_grid(page)

    write(page, CELLS[digit])
    expect(page.locator("[data-part=reading]")).to_have_text(digit)

    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")
    assert Picture.objects.get().reading == digit


def test_each_cell_says_where_it_is_and_whether_it_is_inked(open_page):
    page = open_page("/")
    open_grid(page)

    page.keyboard.press("Space")
    expect(cell(page, *FIRST_CELL)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    expect(cell(page, 5, 1)).to_be_focused()
    expect(cell(page, 5, 1)).to_have_attribute("aria-selected", "false")
    assert page.locator("[role=gridcell][tabindex='0']").count() == 1

    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    expect(cell(page, *FIRST_CELL)).to_have_attribute("aria-selected", "false")
    assert strokes_on(page) == []


def test_shift_with_an_arrow_draws_a_line(open_page):
    page = open_page("/")
    open_grid(page)

    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")

    [stroke] = strokes_on(page)
    assert stroke["points"] == [[216, 72], [216, 120], [216, 168], [216, 216]]
    assert has_ink(page, 216, 144)


def test_the_grid_shares_undo_clear_and_ink_with_the_pen(open_page):
    page = open_page("/")
    sheet = sheet_of(page).bounding_box()
    page.mouse.move(sheet["x"] + 216 / 576 * sheet["width"], sheet["y"] + 72 / 432 * sheet["height"])
    page.mouse.down()
    page.mouse.up()
    open_grid(page)
    expect(cell(page, *FIRST_CELL)).to_have_attribute("aria-selected", "true")

    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+z")
    assert len(strokes_on(page)) == 1
    page.keyboard.press("Delete")
    assert strokes_on(page) == []
    expect(cell(page, *FIRST_CELL)).to_have_attribute("aria-selected", "false")


def test_the_cursor_stays_on_the_sheet_and_escape_leaves_it(open_page):
    page = open_page("/")
    open_grid(page)

    for _ in range(15):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowLeft")
    expect(cell(page, 0, 0)).to_be_focused()

    page.keyboard.press("Escape")
    toggle = page.get_by_role("button", name="Draw with the keyboard")
    expect(toggle).to_be_focused()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(page.locator("keyboard-grid")).to_be_hidden()


@pytest.mark.parametrize("digit", "347")
def test_a_sample_is_put_on_the_sheet_and_read(open_page, digit):
    page = open_page("/")

    page.get_by_role("link", name=f"Try a {digit}").click()

    expect(page.locator("[data-part=reading]")).to_have_text(digit)
    assert page.url.endswith("/")
    page.get_by_role("button", name="Undo").click()
    assert strokes_on(page) == []


def test_an_address_with_a_sample_opens_the_sheet_with_it_once(open_page):
    page = open_page("/?sample=7")
    expect(page.locator("[data-part=reading]")).to_have_text("7")
    expect(page).to_have_url(re.compile("/$"))

    page.get_by_role("button", name="Clear").click()
    page.reload()

    assert strokes_on(page) == []
