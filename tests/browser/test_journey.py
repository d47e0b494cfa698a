"""The whole way: a person draws, reads the answer, finds it again; staff correct it; the person sees that."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from recognizer.models import Glyph, LabelEvent
from tests.browser.conftest import draw, sheet_of
from tests.pictures import png_of


def reading_of(page: Page) -> str:
    """Return the big reading on a picture's page; a hidden word before it is for the ear."""
    page.wait_for_url("**/p/**")
    return page.get_by_role("heading", level=1).inner_text().split()[-1]


def test_a_drawn_digit_is_read_found_again_corrected_in_the_admin_and_seen_corrected(open_page, transactional_db):
    User.objects.create_superuser("ada", password="lovelace-1815")
    visitor = open_page("/")

    draw(visitor, "4")
    visitor.get_by_role("button", name="Read it").click()

    assert reading_of(visitor) == "4"
    picture_address = visitor.url

    visitor.get_by_role("link", name="History").click()
    expect(visitor).to_have_url("/history/")
    visitor.locator("main a[href*='/p/']").first.click()
    expect(visitor).to_have_url(picture_address)

    staff = open_page("/admin/recognizer/glyph/")
    staff.get_by_label("Username").fill("ada")
    staff.get_by_label("Password").fill("lovelace-1815")
    staff.get_by_role("button", name="Log in").click()
    staff.locator("select[name=form-0-label]").select_option("9")
    staff.get_by_role("button", name="Save").click()
    expect(staff.get_by_text("was changed successfully")).to_be_visible()
    expect(staff.locator("select[name=form-0-label]")).to_have_value("9")

    visitor.reload()
    assert "9" in visitor.locator("main").inner_text()
    glyph = Glyph.objects.get()
    assert glyph.label == 9
    assert glyph.answer.digit == 4
    assert list(LabelEvent.objects.values_list("old", "new", "user__username", "where")) == [(None, 9, "ada", "admin")]


def test_a_number_is_read_on_a_phone_by_touch(open_page):
    page = open_page("/", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)

    draw(page, "27")
    page.get_by_role("button", name="Read it").tap()

    assert reading_of(page) == "27"


def test_enter_reads_and_an_empty_sheet_is_told_so(open_page):
    page = open_page("/")
    sheet_of(page).focus()

    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="empty")).to_be_visible()

    draw(page, "1")
    sheet_of(page).focus()
    page.keyboard.press("Enter")
    assert reading_of(page) == "1"


def test_undo_redo_and_clear_work_by_button_and_by_key(open_page):
    page = open_page("/")
    pad = page.locator("drawing-pad")

    draw(page, "1")
    page.get_by_role("button", name="Undo").click()
    expect(pad).to_have_attribute("empty", "")

    page.get_by_role("button", name="Redo").click()
    expect(pad).not_to_have_attribute("empty", "")

    sheet_of(page).focus()
    page.keyboard.press("Control+z")
    expect(pad).to_have_attribute("empty", "")
    page.keyboard.press("Control+Shift+z")
    expect(pad).not_to_have_attribute("empty", "")

    page.get_by_role("button", name="Clear").click()
    expect(pad).to_have_attribute("empty", "")


def test_a_tap_leaves_a_dot_of_ink(open_page):
    page = open_page("/")

    sheet_of(page).click(position={"x": 100, "y": 100})

    page.wait_for_function(
        """() => {
            const canvas = document.querySelector("drawing-pad canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return data.filter((value, place) => place % 4 === 3 && value > 128).length > 50;
        }"""
    )


def test_what_was_cleared_by_button_is_brought_back_by_key(open_page):
    page = open_page("/")
    draw(page, "1")

    page.get_by_role("button", name="Clear").click()
    page.keyboard.press("Control+z")

    expect(page.locator("drawing-pad")).not_to_have_attribute("empty", "")


def test_the_drawing_survives_a_change_of_the_window(open_page):
    page = open_page("/", viewport={"width": 1280, "height": 800})

    draw(page, "3")
    page.set_viewport_size({"width": 480, "height": 800})
    page.get_by_role("button", name="Read it").click()

    assert reading_of(page) == "3"


def test_a_chosen_picture_is_previewed_before_it_is_sent(open_page):
    page = open_page("/upload/")

    page.locator("#id_image").set_input_files({"name": "fifty.png", "mimeType": "image/png", "buffer": png_of("50")})
    expect(page.locator("upload-files img[src^='blob:']")).to_be_visible()
    expect(page.locator("upload-files")).to_contain_text("fifty.png")
    page.get_by_role("button", name="Read it").click()

    assert reading_of(page) == "50"


@pytest.mark.parametrize(("name", "mime_type"), [("scan", ""), ("scan.mp4", "video/mp4")])
def test_a_picture_under_an_odd_name_is_sent_all_the_same(open_page, name, mime_type):
    page = open_page("/upload/")

    page.locator("#id_image").set_input_files({"name": name, "mimeType": mime_type, "buffer": png_of("50")})
    page.get_by_role("button", name="Read it").click()

    assert reading_of(page) == "50"


def test_a_file_that_the_browser_cannot_show_is_doubted_and_the_server_decides(open_page):
    page = open_page("/upload/")

    page.locator("#id_image").set_input_files({"name": "7.png", "mimeType": "image/png", "buffer": b"seven"})
    expect(page.get_by_role("status").filter(has_text="does not look like")).to_be_visible()

    page.route("**/upload/", lambda route: route.fulfill(body="The server has it."))
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("The server has it.")).to_be_visible()


def test_an_empty_file_is_not_sent(open_page):
    page = open_page("/upload/")

    page.locator("#id_image").set_input_files({"name": "7.png", "mimeType": "image/png", "buffer": b""})
    page.get_by_role("button", name="Read it").click()

    expect(page.get_by_role("status").filter(has_text="This file is empty.")).to_be_visible()


def test_where_the_drawing_module_does_not_come_the_file_field_does(open_page):
    page = open_page("/about/")
    page.route("**/drawing-pad*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/")

    field = page.locator("input[type=file]")
    expect(field).to_be_visible()
    field.set_input_files({"name": "six.png", "mimeType": "image/png", "buffer": png_of("6")})
    page.get_by_role("button", name="Read it").click()

    assert reading_of(page) == "6"


def test_drawing_needs_no_storage(open_page):
    page = open_page("/about/")
    page.add_init_script("delete window.sessionStorage")
    page.add_init_script("Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('denied') } })")
    page.goto("/")

    draw(page, "7")
    page.get_by_role("button", name="Clear").click()
    draw(page, "4")
    page.get_by_role("button", name="Read it").click()

    assert reading_of(page) == "4"


def test_without_javascript_a_picture_is_uploaded_read_labelled_and_deleted(open_page):
    page = open_page("/upload/", java_script_enabled=False)

    page.locator("#id_image").set_input_files({"name": "six.png", "mimeType": "image/png", "buffer": png_of("6")})
    page.get_by_role("button", name="Read it").click()
    assert reading_of(page) == "6"

    page.get_by_role("button", name=re.compile("^Right")).click()
    expect(page.get_by_text("Labelled as 6")).to_be_visible()
    assert Glyph.objects.get().label == 6

    page.wait_for_load_state("networkidle")  # its picture is loaded
    page.locator("summary").filter(has_text="Delete").click()
    page.get_by_role("button", name=re.compile("Delete")).click()
    page.wait_for_url("**/history/")
    assert not Glyph.objects.exists()


@pytest.mark.parametrize(
    "path", ["/", "/upload/", "/history/", "/about/", "/privacy/", "/account/login/", "/api/v1/docs/"]
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_scrolls_sideways_or_breaks_the_content_policy_at_320_pixels(open_page, path, theme):
    page = open_page(path, viewport={"width": 320, "height": 640}, color_scheme=theme)

    page.wait_for_load_state("networkidle")

    if "docs" not in path:  # Swagger's own page is as wide as it is
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
