"""The sheet: what mouse, finger and pen leave on it, and that it stays there."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import draw, sheet_of
from tests.browser.touch import PHONE, pen, protocol, swipe, touch

LONGEST_TASK_SECONDS = 0.05
LARGEST_SHIFT = 0.05


def strokes_on(page: Page) -> list[dict]:
    """Return the strokes on the sheet: each its width and its points, on a sheet of 576 by 432."""
    return page.evaluate("document.querySelector('drawing-pad').strokes")


def place_on(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return where on the screen a point of the sheet of 576 by 432 is."""
    box = sheet_of(page).bounding_box()
    return box["x"] + x / 576 * box["width"], box["y"] + y / 432 * box["height"]


def line(page: Page, *points: tuple[float, float]) -> None:
    """Draw over points of the sheet with the mouse."""
    page.mouse.move(*place_on(page, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*place_on(page, *point), steps=8)
    page.mouse.up()


def has_ink(page: Page, x: float, y: float) -> bool:
    """Say whether there is ink at this point of the sheet, as it is seen."""
    return page.evaluate(
        """([x, y]) => [...document.querySelectorAll("drawing-pad canvas")].some((canvas) => {
            const scale = canvas.width / 576;
            return canvas.getContext("2d").getImageData(x * scale, y * scale, 1, 1).data[3] > 128;
        })""",
        [x, y],
    )


def test_a_line_drawn_by_mouse_becomes_a_stroke_where_it_was_drawn(open_page):
    page = open_page("/")

    line(page, (100, 100), (200, 100), (200, 300))

    [stroke] = strokes_on(page)
    assert stroke["width"] == 16
    assert stroke["points"][0] == pytest.approx([100, 100], abs=1)
    assert stroke["points"][-1] == pytest.approx([200, 300], abs=1)
    assert has_ink(page, 150, 100)
    assert has_ink(page, 200, 250)
    assert not has_ink(page, 100, 300)


def test_a_finger_draws_and_neither_scrolls_nor_zooms(open_page):
    page = open_page("/", **PHONE)
    finger = [place_on(page, 280, y) for y in (350, 250, 150, 50)]

    swipe(page, *finger)
    swipe(page, *finger)

    assert len(strokes_on(page)) == 2
    assert page.evaluate("[scrollY, visualViewport.scale]") == [0, 1]

    below = page.locator(".draw-guess").bounding_box()
    swipe(page, *[(180, below["y"] + 60 - step) for step in range(0, 300, 30)])
    page.wait_for_function("scrollY > 0")  # elsewhere the same finger scrolls


def test_a_second_finger_on_the_sheet_draws_nothing(open_page):
    page = open_page("/", **PHONE)
    session = protocol(page)
    first, second = place_on(page, 100, 100), place_on(page, 400, 300)

    touch(session, "touchStart", first)
    touch(session, "touchStart", first, second)
    touch(session, "touchMove", place_on(page, 100, 200), place_on(page, 400, 100))
    touch(session, "touchEnd")

    [stroke] = strokes_on(page)
    assert all(x < 150 for x, _ in stroke["points"])


def test_a_stroke_that_the_system_takes_away_leaves_nothing(open_page):
    page = open_page("/", **PHONE)
    session = protocol(page)

    touch(session, "touchStart", place_on(page, 100, 100))
    touch(session, "touchMove", place_on(page, 300, 300))
    touch(session, "touchCancel")

    page.wait_for_function("document.querySelector('drawing-pad').hasAttribute('empty')")
    assert strokes_on(page) == []
    assert not has_ink(page, 100, 100)


def test_a_palm_draws_nothing_once_a_pen_was_seen(open_page):
    page = open_page("/", **PHONE)

    swipe(page, place_on(page, 100, 100), place_on(page, 100, 200))
    pen(page, place_on(page, 300, 100), place_on(page, 300, 200))
    swipe(page, place_on(page, 500, 100), place_on(page, 500, 200))

    assert [round(stroke["points"][0][0], -1) for stroke in strokes_on(page)] == [100, 300]


def test_every_reported_point_is_kept_and_no_predicted_one(open_page):
    page = open_page("/")
    page.mouse.move(*place_on(page, 100, 100))
    page.mouse.down()

    page.evaluate(
        """() => {
            const canvas = document.querySelector("drawing-pad canvas");
            const { left, top, width, height } = canvas.getBoundingClientRect();
            const at = (type, [x, y], more = {}) => new PointerEvent(type, { pointerId: 1, bubbles: true,
                clientX: left + x / 576 * width, clientY: top + y / 432 * height, ...more });
            canvas.dispatchEvent(at("pointermove", [160, 100], {
                coalescedEvents: [[120, 100], [140, 100], [160, 100]].map((point) => at("pointermove", point)),
                predictedEvents: [[200, 100], [300, 100]].map((point) => at("pointermove", point)),
            }));
        }"""
    )
    assert has_ink(page, 290, 100)  # it is seen to run ahead

    page.mouse.move(*place_on(page, 160, 200))
    assert not has_ink(page, 290, 100)
    page.mouse.up()

    [stroke] = strokes_on(page)
    assert [x for x, _ in stroke["points"]] == pytest.approx([100, 120, 140, 160, 160], abs=1)
    assert not has_ink(page, 290, 100)


def test_the_pen_is_as_wide_as_was_chosen(open_page):
    page = open_page("/")

    line(page, (100, 100), (300, 100))
    page.get_by_label("Pen width").fill("36")
    line(page, (100, 300), (300, 300))

    assert [stroke["width"] for stroke in strokes_on(page)] == [16, 36]
    assert not has_ink(page, 200, 114)
    assert has_ink(page, 200, 314)


def test_keys_undo_redo_and_clear_on_the_sheet_alone(open_page):
    page = open_page("/")
    line(page, (100, 100), (300, 100))
    line(page, (100, 200), (300, 200))
    sheet_of(page).focus()

    page.keyboard.press("Control+z")
    assert len(strokes_on(page)) == 1
    page.keyboard.press("Control+y")
    assert len(strokes_on(page)) == 2
    page.keyboard.press("Delete")
    assert strokes_on(page) == []
    page.keyboard.press("Control+z")
    assert len(strokes_on(page)) == 2

    page.get_by_role("button", name="Read it").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    assert len(strokes_on(page)) == 2


def test_the_tools_say_when_there_is_nothing_to_do(open_page):
    page = open_page("/")
    undo, redo, clear = (page.get_by_role("button", name=name) for name in ("Undo", "Redo", "Clear"))

    for button in (undo, redo, clear):
        expect(button).to_have_attribute("aria-disabled", "true")
    line(page, (100, 100), (300, 100))
    for button, disabled in ((undo, "false"), (redo, "true"), (clear, "false")):
        expect(button).to_have_attribute("aria-disabled", disabled)
    undo.click()
    for button, disabled in ((undo, "true"), (redo, "false"), (clear, "true")):
        expect(button).to_have_attribute("aria-disabled", disabled)


def test_a_turned_phone_keeps_the_drawing_and_goes_on_where_it_was(open_page):
    page = open_page("/", **PHONE)
    swipe(page, place_on(page, 100, 100), place_on(page, 300, 100))

    page.set_viewport_size({"width": 740, "height": 360})
    sheet_of(page).scroll_into_view_if_needed()
    swipe(page, place_on(page, 100, 300), place_on(page, 300, 300))

    assert [round(stroke["points"][-1][1], -1) for stroke in strokes_on(page)] == [100, 300]
    assert has_ink(page, 200, 100)
    assert has_ink(page, 200, 300)


def test_the_sheet_has_as_many_pixels_as_the_screen(open_page):
    page = open_page("/", device_scale_factor=2)

    box = sheet_of(page).bounding_box()

    pixels = "width => Math.abs(document.querySelector('drawing-pad canvas').width - 2 * width) <= 2"
    page.wait_for_function(pixels, arg=box["width"])


@pytest.mark.parametrize("size", [(360, 740), (740, 360)])
def test_a_whole_sheet_fits_on_a_phone_with_its_tools(open_page, size):
    page = open_page("/", **PHONE | {"viewport": dict(zip(("width", "height"), size, strict=True))})

    pad = page.locator(".pad").bounding_box()

    assert pad["height"] <= size[1]
    assert sheet_of(page).bounding_box()["width"] > 0.45 * size[0]
    for tool in page.locator(".pad-tools button, .pad-pen").all():
        box = tool.bounding_box()
        assert min(box["width"], box["height"]) >= 44


def test_a_step_back_from_the_reading_brings_the_drawing_again_and_a_new_visit_an_empty_sheet(open_page):
    page = open_page("/")
    draw(page, "7")
    drawn = strokes_on(page)
    page.get_by_role("button", name="Read it").click()
    page.wait_for_url("**/p/**")

    page.go_back()
    expect(page.locator("drawing-pad")).not_to_have_attribute("empty", "")
    assert strokes_on(page) == drawn

    page.go_forward()
    page.get_by_role("link", name="Draw", exact=True).click()
    expect(page).to_have_url("/")
    page.wait_for_load_state()
    expect(page.locator("drawing-pad")).to_have_attribute("empty", "")


def test_a_drawing_that_was_not_read_is_there_on_the_next_visit(open_page):
    page = open_page("/")
    draw(page, "7")

    page.goto("/about/")
    page.goto("/")

    expect(page.locator("drawing-pad")).not_to_have_attribute("empty", "")


def test_drawing_moves_nothing_else_and_never_holds_the_page_up(open_page):
    page = open_page("/")
    page.evaluate(
        """() => {
            window.shifted = 0;
            new PerformanceObserver((list) => list.getEntries().forEach((shift) => (window.shifted += shift.value)))
                .observe({ type: "layout-shift", buffered: true });
            document.querySelector("drawing-pad").strokes = Array.from({ length: 200 }, (_, i) => ({ width: 4,
                points: Array.from({ length: 60 }, (_, j) => [20 + j * 8, 20 + i * 1.5 + 10 * Math.sin(j / 3)]) }));
        }"""
    )
    draw(page, "4")
    expect(page.locator("[data-part=reading]")).not_to_be_empty()
    session = protocol(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # work, not waiting for the processor

    def seconds_worked() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    page.mouse.move(*place_on(page, 100, 380))
    page.mouse.down()
    worked = [seconds_worked()]
    for step in range(40):
        page.mouse.move(*place_on(page, 100 + 8 * step, 380 + step % 5))
        worked.append(seconds_worked())
    page.mouse.up()
    page.wait_for_timeout(500)

    assert max(after - before for before, after in pairwise(worked)) < LONGEST_TASK_SECONDS
    assert page.evaluate("window.shifted") < LARGEST_SHIFT
