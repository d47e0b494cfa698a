"""Pictures that are chosen, dropped, pasted or photographed, and what becomes of each."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from recognizer.models import Batch, Picture
from tests.browser.conftest import wait_until
from tests.pictures import png_of
from tests.recognizer.zips import zip_of

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
TRANSFER = """([kind, files]) => {
  const transfer = new DataTransfer();
  for (const [name, bytes] of files) {
    transfer.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png", lastModified: 7 }));
  }
  const place = document.querySelector(".drop-zone");
  const event = kind === "drop"
    ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true });
  place.dispatchEvent(event);
}"""


def file(name: str, data: bytes, mime_type: str = "image/png") -> dict:
    return {"name": name, "mimeType": mime_type, "buffer": data}


def choose(page: Page, *files: dict, field: str = "#id_image") -> None:
    page.locator(field).set_input_files(list(files))


def expect_chosen(page: Page, names: list[str]) -> None:
    expect(page.locator(".chosen-name")).to_have_text(names)


def read_all(page: Page) -> None:
    page.get_by_role("button", name="Read it").click()
    page.wait_for_url("**/batch/**")


def rows_of(page: Page) -> dict[str, str]:
    """Return what the page of a batch says of each file."""
    rows = page.locator(".batch-row").all()
    return {
        row.locator(".batch-name").inner_text(): row.locator(".cell-reading, .cell-problem").inner_text()
        for row in rows
    }


def test_of_several_files_each_has_its_result_and_a_bad_one_its_sentence(open_page):
    page = open_page("/upload/")

    choose(page, file("four.png", png_of("4")), file("notes.png", b"no picture"), file("27.png", png_of("27")))
    expect(page.locator(".chosen-one")).to_have_count(3)
    expect(page.locator(".chosen-one").nth(1)).to_contain_text("perhaps no picture")
    read_all(page)

    told = rows_of(page)
    assert (told["four.png"], told["27.png"]) == ("4", "27")
    assert told["notes.png"].startswith("This file is not a PNG, JPEG, WebP, GIF or BMP picture.")
    page.get_by_role("link", name="Not read 1").click()
    expect(page.locator(".batch-name")).to_have_text(["notes.png"])


def test_a_zip_is_sent_like_any_file(open_page):
    page = open_page("/upload/")

    choose(page, file("all.zip", zip_of({"a/5.png": png_of("5"), "a/6.png": png_of("6")}), "application/zip"))
    read_all(page)

    assert rows_of(page) == {"5.png": "5", "6.png": "6"}


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_files_are_dropped_or_pasted_to_those_chosen_before(open_page, kind):
    page = open_page("/upload/")
    choose(page, file("four.png", png_of("4")))

    page.evaluate(TRANSFER, [kind, [["five.png", list(png_of("5"))], ["six.png", list(png_of("6"))]]])
    expect_chosen(page, ["four.png", "five.png", "six.png"])
    read_all(page)

    assert rows_of(page) == {"four.png": "4", "five.png": "5", "six.png": "6"}


def test_a_file_is_removed_again_by_keyboard(open_page):
    page = open_page("/upload/")
    choose(page, file("four.png", png_of("4")), file("five.png", png_of("5")))

    page.get_by_role("button", name="Remove four.png").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove five.png")).to_be_focused()
    expect_chosen(page, ["five.png"])
    page.get_by_role("button", name="Read it").click()

    page.wait_for_url("**/p/**")
    assert Picture.objects.get().name == "five.png"


def test_the_same_file_chosen_twice_is_there_once(open_page):
    page = open_page("/upload/")
    four = ["four.png", list(png_of("4"))]

    for _ in range(2):
        page.evaluate(TRANSFER, ["drop", [four]])

    expect_chosen(page, ["four.png"])


def test_files_that_look_alike_and_come_together_are_all_taken(open_page):
    page = open_page("/upload/")

    page.evaluate(TRANSFER, ["drop", [["1.png", list(png_of("4"))], ["1.png", list(png_of("4"))]]])

    expect_chosen(page, ["1.png", "1.png"])


def test_a_file_that_cannot_be_sent_stays_behind(open_page):
    page = open_page("/upload/")

    choose(page, file("four.png", png_of("4")), file("empty.png", b""), file("five.png", png_of("5")))
    expect(page.locator(".chosen-one").nth(1)).to_contain_text("empty: stays behind")
    read_all(page)

    assert rows_of(page) == {"four.png": "4", "five.png": "5"}


def test_files_none_of_which_can_be_sent_are_not_sent(open_page):
    page = open_page("/upload/")
    choose(page, file("one.png", b""), file("two.png", b""))

    page.get_by_role("button", name="Read it").click()

    expect(page.get_by_role("status").filter(has_text="None of these files can be sent.")).to_be_visible()
    assert not Batch.objects.exists()


def test_each_file_has_a_bar_of_its_own_while_it_is_sent(open_page):
    page = open_page("/upload/")
    choose(page, file("four.png", png_of("4")), file("five.png", png_of("5")))
    waiting = []
    page.route("**/upload/", lambda route: waiting.append(route))

    page.get_by_role("button", name="Read it").click()

    expect(page.get_by_role("button", name="Reading…")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Sent of four.png")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Sent of five.png")).to_be_visible()
    wait_until(page, lambda: waiting)
    waiting[0].continue_()
    page.wait_for_url("**/batch/**")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"status": 200, "body": "<p>Something in between answers.</p>"}, "it is not known whether your files"),
        (
            {
                "status": 200,
                "body": json.dumps({"error": {"message": "Too much."}}),
                "content_type": "application/json",
            },
            "Too much.",
        ),
    ],
)
def test_what_went_wrong_is_said_and_the_files_are_still_there(open_page, answer, sentence):
    page = open_page("/upload/")
    choose(page, file("four.png", png_of("4")), file("five.png", png_of("5")))
    page.route("**/upload/", lambda route: route.fulfill(**answer))

    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    page.unroute("**/upload/")
    read_all(page)

    assert rows_of(page) == {"four.png": "4", "five.png": "5"}


def test_on_a_phone_a_photo_is_taken_and_added(open_page):
    page = open_page("/upload/", **PHONE)
    expect(page.get_by_text("Take a photo")).to_be_visible()
    assert page.locator("#id_camera").get_attribute("capture") == "environment"

    choose(page, file("IMG_1.png", png_of("4")), field="#id_camera")
    choose(page, file("IMG_2.png", png_of("5")), field="#id_camera")
    expect_chosen(page, ["IMG_1.png", "IMG_2.png"])
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Read it").tap()
    page.wait_for_url("**/batch/**")

    assert rows_of(page) == {"IMG_1.png": "4", "IMG_2.png": "5"}
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_on_a_phone_what_is_chosen_can_be_read_without_scrolling(open_page):
    page = open_page("/upload/", **PHONE)
    button = page.get_by_role("button", name="Read it")
    expect(button).not_to_be_in_viewport()

    choose(page, file("7.png", png_of("7")))

    expect(button).to_be_in_viewport(ratio=1)


def test_where_there_is_a_mouse_no_camera_is_offered(open_page):
    expect(open_page("/upload/").get_by_text("Take a photo")).to_be_hidden()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_without_javascript_several_files_are_sent_and_their_batch_deleted(open_page, options):
    page = open_page("/upload/", java_script_enabled=False, **options)

    choose(page, file("four.png", png_of("4")), file("notes.png", b"no picture"))
    read_all(page)

    assert rows_of(page)["four.png"] == "4"
    page.wait_for_load_state("networkidle")  # its pictures are loaded
    page.locator("summary").filter(has_text="Delete this batch").click()
    page.get_by_role("button", name=re.compile("Delete for good")).click()
    expect(page.get_by_text("The batch is deleted")).to_be_visible()
    assert not Picture.objects.exists()
