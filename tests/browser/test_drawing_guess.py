"""The guess that follows the pen: what it shows, what it tells, when it asks and when it lets it be."""

import re
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, Request, Response, Route, expect

from recognizer.models import Glyph, Picture, Prediction
from tests.browser.conftest import draw, sheet_of, wait_until
from tests.browser.test_drawing import line
from tests.browser.touch import PHONE, swipe

GUESSES = "**/api/v1/guess/"
A_MARK = {"id": None, "position": 0, "label": None, "probabilities": [0.02] * 4 + [0.6, 0, 0, 0, 0, 0.32]}
A_MARK |= {"verdict": "unsure", "digit": 4, "runner_up": 9, "confidence": 0.6, "none_probability": 0.1}


def answer(*glyphs: dict, reading: str) -> dict:
    return {"json": {"reading": reading, "glyphs": list(glyphs)}}


def part(page: Page, name: str):
    return page.locator(f"live-guess [data-part={name}]")


def share_of(page: Page, value: int) -> float:
    """Return how high a digit's bar is, in [0, 1]; 10 is the one of no digit."""
    return page.evaluate(
        "value => Number(document.querySelectorAll('.guess-bars li')[value].style.getPropertyValue('--share'))", value
    )


def open_still(page: Page) -> None:
    """Open the drawing page on a clock that stands still, with the script there that guesses."""
    page.clock.install(time=0)
    page.goto("/")
    page.clock.pause_at(60)
    sheet_of(page).hover()
    page.locator("live-guess:defined").wait_for(state="attached")


@pytest.fixture
def visit(browser: Browser, live_server, loaded_network):
    """Return a function that opens the drawing page and the list of what the browser complains of."""
    contexts = []

    def visit(**options) -> tuple[Page, list[str]]:
        contexts.append(browser.new_context(base_url=live_server.url, **options))
        page, complaints = contexts[-1].new_page(), []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page, complaints

    yield visit
    for context in contexts:
        context.close()


def requests_of(page: Page, event: str = "request") -> list[Request]:
    """Return a list that grows with each guess that is asked for, or that ended in this way."""
    seen = []
    page.on(event, lambda request: seen.append(request) if "/guess/" in request.url else None)
    return seen


def test_the_bars_move_while_the_pen_is_down_and_nothing_is_stored(open_page, settings):
    page = open_page("/")
    sheet = sheet_of(page).bounding_box()
    x, y = sheet["x"] + sheet["width"] / 2, sheet["y"] + 0.2 * sheet["height"]

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 0.6 * sheet["height"], steps=10)
    expect(part(page, "reading")).to_have_text("1")
    assert share_of(page, 1) > 0.9
    page.mouse.up()

    draw(page, "7")
    expect(part(page, "reading")).not_to_have_text("1")
    assert [model.objects.count() for model in (Picture, Glyph, Prediction)] == [0, 0, 0]
    assert not list(settings.MEDIA_ROOT.rglob("*"))
    assert "visitor" not in {cookie["name"] for cookie in page.context.cookies()}


def test_a_number_is_read_mark_by_mark_by_touch(open_page):
    page = open_page("/", **PHONE)
    sheet = sheet_of(page).bounding_box()
    left, top, width, height = sheet["x"], sheet["y"], sheet["width"], sheet["height"]

    swipe(page, *[(left + 0.3 * width, top + (0.2 + 0.06 * step) * height) for step in range(11)])
    swipe(page, *[(left + 0.6 * width, top + (0.2 + 0.06 * step) * height) for step in range(11)])

    expect(part(page, "reading")).to_have_text("11")
    expect(part(page, "marks").locator("li")).to_have_text(["1", "1"])
    expect(part(page, "marks").locator("li").nth(1).locator("[aria-pressed=true]")).to_have_count(1)


def test_the_bars_are_of_the_mark_under_the_pen_and_a_doubt_is_put_as_a_question(open_page):
    page = open_page("/about/")
    sure = A_MARK | {"box": [60, 60, 100, 200], "verdict": "digit", "digit": 7, "confidence": 0.99}
    doubtful = A_MARK | {"box": [360, 60, 100, 200], "position": 1}
    page.route(GUESSES, lambda route: route.fulfill(**answer(sure, doubtful, reading="74")))
    open_still(page)

    line(page, (100, 100), (100, 200))
    page.clock.run_for(200)
    chosen = part(page, "marks").locator("[aria-pressed=true]")
    expect(chosen).to_have_text("7")
    line(page, (400, 100), (400, 200))
    page.clock.run_for(200)

    expect(chosen).to_have_text("4 or 9?")
    expect(page.locator(".guess-bars .is-answer")).to_contain_text("60 %")
    assert (share_of(page, 4), share_of(page, 9), share_of(page, 10)) == (0.6, 0.32, 0.1)

    page.get_by_role("button", name="7", exact=True).click()
    expect(chosen).to_have_text("7")
    expect(page.locator(".guess-bars .is-answer")).to_contain_text("7")


def test_an_empty_sheet_puts_the_panel_to_rest(open_page):
    page = open_page("/")
    invitation = page.get_by_text("It is read while you draw")
    expect(invitation).to_be_visible()

    draw(page, "4")
    expect(part(page, "reading")).to_have_text("4")
    expect(invitation).to_be_hidden()

    page.get_by_role("button", name="Clear").click()
    expect(invitation).to_be_visible()
    expect(part(page, "reading")).to_be_hidden()
    assert share_of(page, 4) == 0

    page.get_by_role("button", name="Undo").click()
    expect(part(page, "reading")).to_have_text("4")


def test_only_a_settled_reading_is_told_to_the_ear(open_page):
    page = open_page("/about/")
    open_still(page)
    draw(page, "4")
    page.clock.run_for(200)
    expect(part(page, "reading")).to_have_text("4")
    expect(part(page, "said")).to_be_empty()

    page.clock.run_for(700)

    expect(part(page, "said")).to_have_text("It reads 4.")
    assert page.locator("main [role=status]:not(:empty), main [aria-live]").count() == 1


def test_a_stale_request_is_aborted_without_a_complaint(open_page):
    page = open_page("/about/")
    held: list[Route] = []
    page.route(GUESSES, lambda route: held.append(route) if len(held) < 1 else route.continue_())
    aborted = requests_of(page, "requestfailed")
    page.goto("/")

    line(page, (200, 100), (200, 300))
    wait_until(page, lambda: held)
    line(page, (400, 100), (400, 300))

    expect(part(page, "reading")).to_have_text("11")
    wait_until(page, lambda: held[0].request in aborted)
    assert {request.failure for request in aborted} == {"net::ERR_ABORTED"}


def test_it_asks_at_most_ten_times_a_second(open_page):
    page = open_page("/about/")
    asked = requests_of(page)
    open_still(page)

    page.mouse.move(300, 250)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(300 + 5 * step, 250 + 5 * step)
        page.clock.run_for(20)

    wait_until(page, lambda: asked)
    assert len(asked) <= 5


def is_guess_of(kind: str, answer: Response) -> bool:
    return "/guess/" in answer.url and answer.json()["model"]["kind"] == kind


def test_the_network_that_was_chosen_is_asked(open_page):
    page = open_page("/")
    draw(page, "4")
    expect(part(page, "said")).to_have_text("It reads 4.")  # and no guess is on its way any more

    for chosen, asked in (("numpy_mlp", "numpy_mlp"), ("all", "cnn")):
        with page.expect_response(partial(is_guess_of, asked)):
            page.get_by_label("Network").select_option(chosen)


def test_someone_who_is_signed_in_is_guessed_for_too(open_page, django_user_model):
    django_user_model.objects.create_user("ada", password="lovelace-1815")
    page = open_page("/account/login/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("lovelace-1815")
    page.locator("main").get_by_role("button").click()
    expect(page).not_to_have_url(re.compile("/login/"))
    page.goto("/")

    draw(page, "4")

    expect(part(page, "reading")).to_have_text("4")


@pytest.mark.parametrize(("status", "after"), [(429, "30"), (503, "Thu, 01 Jan 1970 00:01:30 GMT")])
def test_it_rests_when_it_is_refused_and_asks_again_when_it_may(visit, status, after):
    page, complaints = visit()
    refusal = {"status": status, "headers": {"Retry-After": after}, "json": {"error": {"code": "", "message": ""}}}
    page.route(GUESSES, lambda route: route.fulfill(**refusal))
    asked = requests_of(page)
    open_still(page)

    draw(page, "4")
    page.clock.run_for(200)
    expect(part(page, "resting")).to_be_visible()
    seen = len(asked)
    draw(page, "1")
    page.clock.run_for(20_000)
    page.wait_for_timeout(500)  # of the clock on the wall: a request would have gone out by then
    assert len(asked) == seen
    assert len(complaints) <= seen

    page.unroute(GUESSES)
    page.clock.run_for(15_000)
    expect(part(page, "reading")).not_to_be_empty()
    expect(part(page, "resting")).to_be_hidden()


def test_an_answer_ends_the_count_of_failures(visit):
    page, _ = visit()
    open_still(page)
    failing = {"status": 503, "json": {}}
    for _ in range(5):
        page.route(GUESSES, lambda route: route.fulfill(**failing))
        draw(page, "4")
        page.clock.run_for(200)
        expect(part(page, "resting")).to_be_visible()
        page.unroute(GUESSES)
        page.clock.run_for(30_000)
        expect(part(page, "resting")).to_be_hidden()


def test_a_rest_is_told_to_the_ear(visit):
    page, _ = visit()
    page.route(GUESSES, lambda route: route.abort())
    page.goto("/")

    draw(page, "4")

    expect(part(page, "said")).to_contain_text("The guessing takes a short rest.")


def test_without_a_connection_it_waits_for_one(open_page):
    page = open_page("/")
    draw(page, "4")
    expect(part(page, "said")).to_have_text("It reads 4.")  # and no guess is on its way any more

    page.context.set_offline(True)
    page.get_by_role("button", name="Clear").click()
    draw(page, "7")
    expect(part(page, "resting")).to_be_visible()

    page.context.set_offline(False)
    expect(part(page, "reading")).to_have_text("7")


def test_a_visitors_own_threshold_holds_for_the_guess(open_page):
    page = open_page("/about/")
    page.evaluate("localStorage.setItem('digitsite.threshold', '0.999')")
    mark = A_MARK | {"box": [60, 60, 100, 200], "verdict": "digit", "confidence": 0.93, "none_probability": 0.01}
    page.route(GUESSES, lambda route: route.fulfill(**answer(mark, reading="4")))
    page.goto("/")

    line(page, (100, 100), (100, 200))

    expect(part(page, "marks")).to_have_text("4 or 9?")
