"""A batch that a worker reads, watched from its page."""

import re

import pytest
from django.core import signing
from playwright.sync_api import Page, expect

from recognizer.batches import work
from recognizer.batches.work import read_on
from recognizer.models import Batch
from recognizer.owners import Owner
from tests.browser.test_upload import PHONE, rows_of
from tests.pictures import png_of
from tests.recognizer.batches.files import put_aside

VISITOR = "6e1c3a52-8f4b-4a53-9d0c-0f2d8e6f7a11"


@pytest.fixture
def batch(real_network) -> Batch:
    return put_aside(Owner(visitor=VISITOR), png_of("4"), b"no picture", png_of("27"))


@pytest.fixture
def one_at_a_time(monkeypatch):
    monkeypatch.setattr(work, "TAKEN_AT_ONCE", 1)
    monkeypatch.setattr(work, "TURNS", 1)


def open_batch(open_page, live_server, batch: Batch, *, in_step: bool = False, **options) -> Page:
    """Open its page as its visitor.

    in_step: each request is made by this thread, so that none is under way while it plays the worker: the database of
    the tests, which is in memory, does not let one wait for the other.
    """
    page = open_page("/about/", **options)
    if in_step:
        page.route(f"{live_server.url}/**", lambda route: route.fulfill(response=route.fetch()))
    value = signing.get_cookie_signer(salt="visitor").sign(VISITOR)
    page.context.add_cookies([{"name": "visitor", "value": value, "url": live_server.url}])
    page.goto(f"/batch/{batch.pk}/")
    return page


def test_a_batch_is_watched_to_its_end_and_a_reload_keeps_what_is_known(open_page, live_server, batch, one_at_a_time):
    page = open_batch(open_page, live_server, batch, in_step=True)
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_js_property("value", 0)
    assert rows_of(page)["0.png"] == "waiting"

    read_on.call(str(batch.pk))
    expect(bar).to_have_js_property("value", 1)
    expect(page.locator(".batch-row").first.locator(".cell-reading")).to_have_text("4")
    expect(page.locator("[data-part=count]")).to_have_text("1 of 3")

    page.reload()
    expect(bar).to_have_js_property("value", 1)
    assert rows_of(page) == {"0.png": "4", "1.png": "waiting", "2.png": "waiting"}

    for _ in range(2):
        read_on.call(str(batch.pk))
    expect(page.get_by_role("status").filter(has_text="All files are done.")).to_be_attached()
    expect(bar).to_have_count(0)
    assert rows_of(page)["2.png"] == "27"
    expect(page.get_by_text("2 were read.")).to_be_visible()
    expect(page.get_by_role("link", name="Not read 1")).to_be_visible()


def test_what_is_read_meanwhile_is_told_by_the_visitors_own_threshold(open_page, live_server, batch, one_at_a_time):
    read_on.call(str(batch.pk))
    page = open_batch(open_page, live_server, batch, in_step=True)
    verdicts = page.locator(".batch-row .verdict")
    expect(verdicts).to_have_attribute("data-shown", "digit")

    page.evaluate("localStorage.setItem('digitsite.threshold', '0.9999999')")  # surer than the network ever is
    page.reload()
    expect(verdicts).to_have_attribute("data-shown", "unsure")
    for _ in range(2):
        read_on.call(str(batch.pk))

    expect(verdicts).to_have_count(3)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    for number in range(3):
        expect(verdicts.nth(number)).to_have_attribute("data-shown", "unsure")


def test_the_focus_stays_on_its_link_when_the_last_results_come(open_page, live_server, batch):
    page = open_batch(open_page, live_server, batch, in_step=True)
    link = page.get_by_role("link", name="Not read")
    link.focus()

    read_on.call(str(batch.pk))

    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(link).to_have_text(re.compile(r"Not read\s+1"))
    expect(link).to_be_focused()


def test_when_the_batch_is_gone_the_page_is_asked_for_again(open_page, live_server, batch):
    page = open_batch(open_page, live_server, batch)

    with page.expect_event("load"):
        page.evaluate("window.fetch = async () => new Response(null, { status: 404 })")


def test_a_missing_worker_is_told_in_words(open_page, live_server, batch, monkeypatch):
    page = open_batch(open_page, live_server, batch)
    notice = page.get_by_text("No worker is reading")
    expect(notice).to_be_hidden()

    monkeypatch.setattr("recognizer.models.batches.WORKER_EXPECTED_WITHIN", work.TAKEN_FOR * 0)
    expect(notice).to_be_visible()
    expect(page.get_by_text("python manage.py db_worker --queue-name pictures")).to_be_visible()


def test_it_is_stopped_on_a_phone(open_page, live_server, batch):
    page = open_batch(open_page, live_server, batch, **PHONE)

    page.get_by_role("button", name="Stop reading").tap()

    expect(page.get_by_text("The batch is stopped.")).to_be_visible()
    page.wait_for_load_state()
    assert set(rows_of(page)) == {"0.png", "1.png", "2.png"}
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_javascript_the_page_looks_again_by_itself(open_page, live_server, batch):
    page = open_batch(open_page, live_server, batch, java_script_enabled=False)
    expect(page.get_by_role("link", name="Look again")).to_be_visible()

    read_on.call(str(batch.pk))

    expect(page.get_by_text("2 were read.")).to_be_visible(timeout=15_000)


def test_the_table_is_downloaded(open_page, live_server, batch):
    read_on.call(str(batch.pk))
    page = open_batch(open_page, live_server, batch)

    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()

    lines = download.value.path().read_text().splitlines()
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ["1", "0.png", "read", "4"], ["2", "1.png", "failed", ""], ["3", "2.png", "read", "27"],
    ]  # fmt: skip
