"""A picture that is dropped on the drawing page, or pasted there."""

import pytest
from playwright.sync_api import Page, expect

from recognizer.models import Picture
from tests.browser.conftest import draw
from tests.pictures import png_of

TRANSFER = """([kind, files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, bytes] of files) transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
  const event = kind === "drop"
    ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true });
  document.querySelector("main").dispatchEvent(event);
  return event.defaultPrevented;
}"""


def bring(page: Page, kind: str, *files: tuple[str, str, bytes]) -> bool:
    """Drop or paste files on the page; return whether it took them, instead of the browser."""
    return page.evaluate(TRANSFER, [kind, [(name, media_type, list(data)) for name, media_type, data in files]])


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_it_is_read_as_an_uploaded_one_and_the_drawing_stays(open_page, kind):
    page = open_page("/")
    draw(page, "1")

    with page.expect_navigation(url="**/p/**"):
        assert bring(page, kind, ("four.png", "image/png", png_of("4")))

    picture = Picture.objects.get()
    assert (picture.reading, picture.source, picture.name) == ("4", "upload", "four.png")
    page.goto("/")
    assert page.evaluate("document.querySelector('drawing-pad').strokes.length") == 1


@pytest.mark.parametrize(
    "files",
    [
        [("a.png", "image/png", png_of("4")), ("b.png", "image/png", png_of("7"))],
        [("all.zip", "application/zip", b"PK")],
        [("notes.txt", "text/plain", b"427")],
    ],
)
def test_what_is_no_single_picture_is_sent_to_the_upload_page(open_page, files):
    page = open_page("/")

    assert bring(page, "drop", *files)

    expect(page.locator(".pad-note")).to_contain_text("one picture at a time")
    page.get_by_role("link", name="Upload takes several, or a zip.").click()
    page.wait_for_url("**/upload/")
    assert not Picture.objects.exists()


def test_a_drawing_after_a_step_back_is_sent_as_a_drawing(open_page):
    page = open_page("/")
    with page.expect_navigation(url="**/p/**"):
        bring(page, "drop", ("four.png", "image/png", png_of("4")))
    page.go_back()

    draw(page, "7")
    page.get_by_role("button", name="Read it").click()

    page.wait_for_url("**/p/**")
    assert Picture.objects.latest("created").source == "draw"
    assert Picture.objects.latest("created").reading == "7"
