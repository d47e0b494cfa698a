"""The history: narrowed, laid out, selected by mouse, key and finger, deleted, taken along."""

import io
import re
import uuid
import zipfile
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from playwright.sync_api import Locator, Page, expect

from recognizer.history.deletion import Deleted
from recognizer.models import ModelVersion, Picture
from recognizer.owners import Owner
from recognizer.recognition import recognize
from recognizer.views import whole_history
from recognizer.views.history import PAGE_SIZE
from tests.pictures import png_of
from tests.recognizer.rows import make_picture

NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def open_history(open_page, live_server):
    """Return a function that opens the history of a visitor who gave these digits, one picture each."""

    def open_history(*readings: str, query: str = "", **options) -> Page:
        owner = Owner(visitor=uuid.uuid4())
        version = ModelVersion.objects.get(kind="cnn", state="active")
        for n, reading in enumerate(readings):
            png = png_of(reading)
            file = {"image": default_storage.save(f"pictures/{n}.png", ContentFile(png)), "thumbnail": png}
            make_picture(version, owner, reading, created=NOON - timedelta(minutes=n), **file)
        page = open_page("/about/", **options)
        cookie = signing.get_cookie_signer(salt="visitor").sign(str(owner.visitor))
        page.context.add_cookies([{"name": "visitor", "value": cookie, "url": live_server.url}])
        page.goto(f"/history/{query}")
        return page

    return open_history


def expect_readings(page: Page, readings: list[str]) -> None:
    """Expect that this was read on the pictures of the page, in their order."""
    last_words = [re.compile(rf"(^|\s){reading}\s*$") for reading in readings]
    expect(page.locator(".pick .tile-reading")).to_have_text(last_words)


def tile(page: Page, reading: str) -> Locator:
    return page.locator(".pick").filter(has=page.get_by_role("link", name=re.compile(rf"(^|\s){reading}$")))


def box(page: Page, reading: str) -> Locator:
    return tile(page, reading).get_by_role("checkbox")


def has_focus(page: Page, reading: str) -> None:
    expect(tile(page, reading).get_by_role("link")).to_be_focused()


def told_selected(page: Page, count: int) -> None:
    """Expect that the count is told to eye and ear."""
    expect(page.locator(".selection-count")).to_have_text(f"{count} selected")
    expect(page.get_by_role("status").filter(has_text=f"{count} selected")).to_be_attached()


def deleting_button(page: Page, name: str) -> Locator:
    """Return the button of the page that asks, once its pictures are loaded: then they are no longer asked for."""
    button = page.get_by_role("button", name=name)
    button.wait_for()
    page.wait_for_load_state("networkidle")
    return button


def stored() -> list[str]:
    return list(Picture.objects.values_list("reading", flat=True))


def test_a_filter_is_set_told_taken_off_and_the_back_button_works(open_history):
    page = open_history("4", "7", "77", "1")

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Digit").select_option("7")
    page.get_by_role("button", name="Show these").click()
    expect_readings(page, ["7", "77"])

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("From", exact=True).fill("2026-05-06")
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()

    page.get_by_role("list", name="Active filters").get_by_role("link", name=re.compile("^From")).click()
    expect_readings(page, ["7", "77"])

    page.get_by_role("link", name="Clear the filters").click()
    expect_readings(page, ["4", "7", "77", "1"])
    page.go_back()
    expect_readings(page, ["7", "77"])
    page.go_back()
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()


def test_an_older_page_is_there_again_after_a_picture_was_looked_at(open_history):
    newer, older = [str(n) for n in range(PAGE_SIZE)], [str(PAGE_SIZE), str(PAGE_SIZE + 1)]
    page = open_history(*newer, *older)

    page.get_by_role("link", name="Older").click()
    expect_readings(page, older)
    tile(page, older[1]).get_by_role("link").click()
    page.wait_for_url("**/p/**")
    page.go_back()

    expect_readings(page, older)
    page.get_by_role("link", name="Newer").click()
    expect_readings(page, newer)


def test_keys_move_select_and_open(open_history):
    page = open_history(*(str(n) for n in range(9)), viewport={"width": 1280, "height": 900})
    tile(page, "0").get_by_role("link").focus()

    page.keyboard.press("ArrowRight")
    has_focus(page, "1")
    page.keyboard.press("ArrowDown")  # seven stand in a row
    has_focus(page, "8")
    page.keyboard.press("ArrowUp")
    has_focus(page, "1")
    page.keyboard.press("End")
    has_focus(page, "8")
    page.keyboard.press("ArrowRight")
    has_focus(page, "8")
    page.keyboard.press("Home")
    has_focus(page, "0")
    page.keyboard.press("ArrowLeft")
    has_focus(page, "0")

    page.keyboard.press("Space")
    expect(box(page, "0")).to_be_checked()
    told_selected(page, 1)
    page.keyboard.press("Escape")
    expect(box(page, "0")).not_to_be_checked()

    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")


def test_many_are_selected_and_deleted_by_key_alone(open_history):
    page = open_history("1", "2", "3", "4")
    tile(page, "1").get_by_role("link").focus()

    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("Delete")
    expect(page.get_by_role("heading", name="Delete these 2 pictures?")).to_be_visible()
    assert sorted(stored()) == ["1", "2", "3", "4"]

    deleting_button(page, "Delete all 2 for good").press("Enter")
    expect(page.get_by_role("status").filter(has_text="2 pictures are deleted for good.")).to_be_visible()
    expect_readings(page, ["2", "4"])


def test_delete_asks_about_the_picture_that_has_focus_when_none_is_selected(open_history):
    page = open_history("1", "2")
    tile(page, "2").get_by_role("link").focus()

    page.keyboard.press("Delete")
    expect(page.get_by_role("heading", name="Delete this picture?")).to_be_visible()
    page.get_by_role("link", name="Keep it").click()

    expect_readings(page, ["1", "2"])


def test_no_key_does_anything_outside_of_the_pictures(open_history):
    page = open_history("1", "2")
    page.get_by_role("link", name="Table").focus()

    for key in ("Space", "Delete", "ArrowRight", "Escape"):
        page.keyboard.press(key)

    expect(page.get_by_role("link", name="Table")).to_be_focused()
    assert page.locator(".pick :checked").count() == 0
    assert urlsplit(page.url).path == "/history/"


def test_tab_alone_reaches_every_picture_and_its_box(open_history):
    page = open_history("1", "2")
    page.get_by_role("checkbox", name="Select all on this page").focus()

    for reading in ("1", "2"):
        page.keyboard.press("Tab")
        has_focus(page, reading)
        page.keyboard.press("Tab")
        expect(box(page, reading)).to_be_focused()
        page.keyboard.press("Space")
    told_selected(page, 2)

    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Download")).to_be_focused()


def test_what_has_focus_is_never_under_the_bar(open_history):
    page = open_history(*(str(n) for n in range(PAGE_SIZE)), viewport={"width": 1280, "height": 600})
    tile(page, "0").get_by_role("link").focus()
    page.keyboard.press("Space")

    for _ in range(3):
        page.keyboard.press("ArrowDown")
        focused, bar = page.locator(":focus").bounding_box(), page.locator(".selection-bar").bounding_box()
        assert focused["y"] + focused["height"] <= bar["y"]


def test_all_on_the_page_are_selected_at_once_and_a_range_by_shift(open_history):
    page = open_history("1", "2", "3", "4")
    everything = page.get_by_role("checkbox", name="Select all on this page")

    everything.check()
    told_selected(page, 4)
    box(page, "2").uncheck()
    expect(everything).to_be_checked(indeterminate=True)
    everything.check()
    everything.uncheck()
    expect(page.locator(".selection-bar")).to_be_hidden()

    box(page, "4").click()
    box(page, "2").click(modifiers=["Shift"])
    told_selected(page, 3)
    expect(box(page, "1")).not_to_be_checked()


def test_the_selected_are_kept_for_training_on_the_page_that_one_was_on(open_history):
    page = open_history("1", "2", "3", query="?source=draw&view=table")

    box(page, "2").check()
    page.get_by_role("button", name="Allow training").click()

    expect(page.get_by_role("status").filter(has_text="1 picture may be used for training.")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"source": ["draw"], "view": ["table"]}
    assert Picture.objects.get(may_train=True).reading == "2"


def test_the_selected_are_downloaded_and_stay_selected(open_history):
    page = open_history("1", "2")
    owner = Owner(visitor=Picture.objects.first().visitor)
    picture = recognize(png_of("7"), owner=owner, source="draw")
    page.reload()

    box(page, "7").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()

    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert download.value.suggested_filename.endswith(".zip")
    assert [name for name in archive.namelist() if name.endswith(f"{picture.pk}.png")]
    assert len(archive.read("pictures.csv").decode().splitlines()) == 2
    told_selected(page, 1)


def test_everything_is_downloaded_by_a_link(open_history):
    page = open_history("1", "2")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download all").click()

    table = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())).read("pictures.csv").decode()
    assert len(table.splitlines()) == 3


def test_all_are_deleted_after_a_tick_and_a_fresh_start_is_offered(open_history):
    page = open_history("1", "2", "3")

    page.get_by_role("link", name="Delete all").click()
    page.get_by_role("button", name="Delete all for good").click()
    expect(page.get_by_role("checkbox")).to_be_focused()  # the browser asks for the tick
    assert len(stored()) == 3

    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete all for good").click()
    expect(page.get_by_role("status").filter(has_text="3 pictures are deleted for good.")).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing read yet")).to_be_visible()
    assert stored() == []

    with page.expect_navigation(url="**/?sample=4"):  # the sheet takes the sample off its address at once
        page.get_by_role("link", name="Try a 4").click()


def test_a_deletion_that_takes_many_requests_goes_on_by_itself(open_history, monkeypatch):
    page = open_history("1", "2", "3")
    delete_pictures = whole_history.delete_pictures
    monkeypatch.setattr(whole_history, "delete_pictures", lambda pictures, **_: _one_of(delete_pictures, pictures))

    page.clock.install(time=0)
    page.goto("/history/delete-all/")
    page.clock.pause_at(60)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete all for good").click()

    expect(page.get_by_role("heading", name="Deleting")).to_be_visible()
    page.clock.resume()
    expect(page.get_by_role("heading", name="Nothing read yet")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="3 pictures are deleted for good.")).to_be_visible()


def _one_of(delete_pictures, pictures):
    """Delete the oldest of these pictures alone, as if the time were up then."""
    oldest = Picture.objects.filter(pk=pictures.order_by("created").first().pk)
    count = delete_pictures(oldest, within_seconds=9).count
    return Deleted(count, is_all=not pictures.exists())


def test_the_table_and_the_grid_select_alike_and_the_choice_is_remembered(open_history):
    page = open_history("1", "2", "3")

    page.get_by_role("link", name="Table").click()
    expect(page.get_by_role("table")).to_be_visible()
    page.wait_for_load_state()
    tile(page, "1").get_by_role("link").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(box(page, "2")).to_be_checked()

    page.goto("/history/")
    expect(page.get_by_role("table")).to_be_visible()
    page.get_by_role("link", name="Grid").click()
    expect(page).to_have_url(re.compile("view=grid"))
    expect_readings(page, ["1", "2", "3"])
    expect(page.get_by_role("table")).to_be_hidden()


def test_on_a_phone_pictures_are_ticked_and_deleted_by_touch(open_history):
    page = open_history("1", "2", "3", **PHONE)

    box(page, "1").tap()
    box(page, "3").tap()
    bar = page.locator(".selection-bar")
    expect(bar).to_be_in_viewport()
    for button in bar.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44
    bar.get_by_role("button", name="Delete").tap()
    deleting_button(page, "Delete all 2 for good").tap()

    expect(page.get_by_role("status").filter(has_text="2 pictures are deleted for good.")).to_be_visible()
    expect_readings(page, ["2"])


@pytest.mark.parametrize("query", ["?view=grid&digit=1", "?view=table&digit=1", "?digit=77"])
@pytest.mark.parametrize("width", [320, 768, 2560])
def test_it_fits_every_screen(open_history, query, width):
    page = open_history("1", "1234567890", "12", query=query, viewport={"width": width, "height": 800})
    if page.locator(".filters[open]").count() == 0:
        page.get_by_text("Filter", exact=True).click()
    page.locator(".pick input").first.check()

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_pictures_are_selected_and_deleted_too(open_history):
    page = open_history("1", "2", "3", java_script_enabled=False)

    box(page, "1").check()
    box(page, "2").check()
    page.get_by_role("button", name="Delete").click()
    deleting_button(page, "Delete all 2 for good").click()

    expect_readings(page, ["3"])


def test_without_any_picture_it_offers_one_thing_to_do(open_history):
    page = open_history()

    expect(page.get_by_role("heading", name="Nothing read yet")).to_be_visible()
    page.locator("main").get_by_role("link", name="Draw a number").click()
    expect(page).to_have_url("/")


def test_a_visitors_own_threshold_tells_the_tiles_anew(open_history):
    page = open_history("4")
    expect(tile(page, "4")).to_contain_text("99.1 % sure")

    page.get_by_text("Filter", exact=True).click()
    page.get_by_role("slider").press("End")
    expect(tile(page, "4")).to_contain_text("unsure, 99.1 %")
    page.reload()
    expect(tile(page, "4")).to_contain_text("unsure, 99.1 %")

    chip = page.get_by_role("button", name="Unsure below 99.9 %")
    chip.click()
    expect(chip).to_be_hidden()
    expect(tile(page, "4")).to_contain_text("99.1 % sure")
