"""The review queue in a real browser: by keyboard alone, with a lost connection, by touch, and without JavaScript."""

import re
import uuid

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.test import Client
from playwright.sync_api import Page, expect

from recognizer.labels import NOT_A_DIGIT
from recognizer.learning import review
from recognizer.models import Glyph, LabelEvent, ReviewLease
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.browser.conftest import wait_until
from tests.pictures import png_of

DIGITS = "4", "7", "1", "3", "2", "9"


@pytest.fixture
def glyphs(real_network, monkeypatch) -> list[Glyph]:
    """Store six digits, which come in this order."""
    monkeypatch.setattr(review, "is_sample_due", lambda: False)
    for place, digit in enumerate(DIGITS):
        picture = recognize(png_of(digit), owner=Owner(visitor=uuid.uuid4()), source="draw")
        picture.glyphs.update(margin=place / 100, is_sample=False)
    return list(Glyph.objects.order_by("margin"))


@pytest.fixture
def login(glyphs, live_server) -> dict[str, str]:
    """Return the cookie of a reviewer who is logged in."""
    rita = User.objects.create_user("rita", password="lovelace-1815")
    rita.user_permissions.add(Permission.objects.get(codename="review_glyph"))
    client = Client()
    client.force_login(rita)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": live_server.url}


@pytest.fixture
def open_queue(open_page, login):
    """Return a function that opens the queue as a reviewer."""

    def open_queue(**options) -> Page:
        page = open_page("/about/", **options)
        page.context.add_cookies([login])
        page.goto("/review/", wait_until="networkidle")  # the next item is loaded
        return page

    return open_queue


@pytest.fixture
def unreliable_page(browser, live_server, login):
    """Open the queue in a browser that may complain of failed requests."""
    context = browser.new_context(base_url=live_server.url)
    context.add_cookies([login])
    page = context.new_page()
    page.goto("/review/", wait_until="networkidle")
    yield page
    context.close()


def item_of(page: Page):
    return page.locator("[data-glyph]")


def expect_item(page: Page, glyph: Glyph) -> None:
    expect(item_of(page)).to_have_attribute("data-glyph", str(glyph.pk))


def expect_said(page: Page, text: str) -> None:
    expect(page.locator("[data-part=said]")).to_contain_text(text)
    expect(page.locator("review-queue")).not_to_have_attribute("busy", "")


def expect_notice(page: Page, text: str) -> None:
    expect(page.locator("[data-part=notices]")).to_contain_text(text)


def test_the_queue_is_worked_by_keyboard_alone(open_queue, glyphs):
    page = open_queue()
    press = page.keyboard.press
    expect_item(page, glyphs[0])

    press("5")
    expect_said(page, "Written: 5.")
    expect_item(page, glyphs[1])
    press("Space")
    expect_said(page, "Written: 7.")
    press("x")
    expect_said(page, "Written: not a digit.")
    press("u")
    expect_said(page, "Written: unusable.")
    press("s")
    expect_said(page, "Skipped.")
    expect_item(page, glyphs[5])
    expect(page.locator("[data-part=progress]")).to_have_text(re.compile("2 left, 4 done today"))

    press("z")
    expect_said(page, "Taken back")
    expect_item(page, glyphs[4])
    press("z")
    expect_item(page, glyphs[3])
    expect_said(page, "Taken back")
    press("8")
    expect_said(page, "Written: 8.")
    expect_item(page, glyphs[4])

    keys = page.get_by_role("dialog", name="Keys")
    press("?")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Not a digit")
    press("3")  # nothing is answered behind the list
    press("?")
    expect(keys).to_be_hidden()
    expect_item(page, glyphs[4])

    assert list(Glyph.objects.order_by("margin").values_list("label", "is_usable")) == [
        (5, True),
        (7, True),
        (NOT_A_DIGIT, True),
        (8, True),
        (None, True),
        (None, True),
    ]
    assert list(LabelEvent.objects.order_by("id").values_list("glyph", "what", "new")) == [
        (glyphs[0].pk, "label", 5),
        (glyphs[1].pk, "label", 7),
        (glyphs[2].pk, "label", NOT_A_DIGIT),
        (glyphs[3].pk, "unusable", None),
        (glyphs[3].pk, "usable", None),
        (glyphs[3].pk, "label", 8),
    ]
    assert set(LabelEvent.objects.values_list("user__username", "where")) == {("rita", "review")}


def test_the_next_one_is_there_before_the_answer_has_arrived(open_queue, glyphs):
    page = open_queue()
    held = []
    page.route("**/review/answer/", lambda route: route.continue_() if held else held.append(route))

    page.keyboard.press("4")
    expect_item(page, glyphs[1])
    wait_until(page, lambda: held)
    page.keyboard.press("7")  # waits for the one before it
    page.wait_for_timeout(200)
    assert len(held) == 1
    assert not LabelEvent.objects.exists()

    held[0].continue_()
    expect_item(page, glyphs[2])
    expect_said(page, "Written: 7.")
    assert list(Glyph.objects.order_by("margin").values_list("label", flat=True)[:3]) == [4, 7, None]


def test_quick_answers_all_go_to_the_glyph_that_was_shown(open_queue, glyphs):
    page = open_queue()

    for glyph, digit in zip(glyphs, DIGITS, strict=True):
        expect_item(page, glyph)
        page.keyboard.press(digit)
    expect(page.get_by_role("heading", name="Nothing is left")).to_be_visible()
    expect_said(page, "Written: 9.")

    assert [str(label) for label in Glyph.objects.order_by("margin").values_list("label", flat=True)] == [*DIGITS]
    page.keyboard.press("z")
    expect_item(page, glyphs[5])
    expect_said(page, "Taken back")


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        ({"status": 403, "body": "no"}, "Reload the page"),
        ({"status": 500, "body": "no"}, "Something broke on the site"),
        ({"status": 503, "body": "no"}, "The site is busy"),
        ({"status": 302, "headers": {"Location": "/account/login/"}}, "You are logged out"),
        ({"status": 200, "body": "<p>no JSON</p>"}, "cannot be reached"),
        (None, "cannot be reached"),
    ],
)
def test_what_cannot_be_sent_comes_back(unreliable_page, glyphs, failure, told):
    page, address = unreliable_page, "**/review/answer/"
    page.route(address, lambda route: route.fulfill(**failure) if failure else route.abort())

    page.keyboard.press("5")

    expect_notice(page, "Your answer was not written")
    expect_notice(page, told)
    expect_item(page, glyphs[0])
    assert not LabelEvent.objects.exists()
    page.unroute(address)
    page.keyboard.press("5")
    expect_said(page, "Written: 5.")
    expect(page.locator("[data-part=notices]")).to_be_empty()
    expect_item(page, glyphs[1])
    assert Glyph.objects.get(label=5) == glyphs[0]


def test_an_answer_whose_reply_was_lost_is_written_once(unreliable_page):
    page = unreliable_page

    def lose_reply(route) -> None:
        route.fetch()
        route.fulfill(status=503, body="")

    page.route("**/review/answer/", lose_reply)
    page.keyboard.press("5")
    expect_notice(page, "not written")
    page.unroute("**/review/answer/")
    page.keyboard.press("5")

    expect_said(page, "Written: 5.")
    assert LabelEvent.objects.count() == 1


def test_a_lost_update_is_told_in_the_place_of_the_answer(open_queue, glyphs):
    page = open_queue()
    review.write(glyphs[0], "3", user=User.objects.create_user("bob"))

    page.keyboard.press("5")

    expect_notice(page, "labelled it 3 meanwhile")
    page.keyboard.press("6")
    expect_said(page, "Written: 6.")
    expect_notice(page, "labelled it 3 meanwhile")
    assert Glyph.objects.get(pk=glyphs[0].pk).label == 3


def test_that_there_is_nothing_to_take_back_is_told_until_the_next_answer(open_queue, glyphs):
    page = open_queue()

    page.keyboard.press("z")
    expect_notice(page, "no answer of yours to take back")
    page.keyboard.press("5")

    expect_said(page, "Written: 5.")
    expect(page.locator("[data-part=notices]")).to_be_empty()


def test_keys_with_a_modifier_or_held_down_do_nothing(open_queue, glyphs):
    page = open_queue()

    for key in ("Control+5", "Alt+5", "Meta+5", "Control+z", "Shift+X", "Shift+Space", "q", "Enter", "F1"):
        page.keyboard.press(key)
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '5', repeat: true, bubbles: true }))"
    )
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    page.locator("main input:not([type])").press("5")

    expect_item(page, glyphs[0])
    expect(page.locator("main input:not([type])")).to_have_value("5")
    assert not LabelEvent.objects.exists()


def test_keys_mean_something_only_while_the_focus_is_in_the_queue(open_queue, glyphs):
    page = open_queue()
    page.get_by_role("link", name="Models").focus()

    page.keyboard.press("7")
    assert not LabelEvent.objects.exists()
    page.get_by_role("heading", name="Review").click()  # anywhere in the queue
    page.keyboard.press("4")

    expect_said(page, "Written: 4.")
    expect_item(page, glyphs[1])


def test_space_presses_the_button_that_has_the_focus_and_the_focus_stays_on_it(open_queue, glyphs):
    page = open_queue()
    page.get_by_role("button", name="Not a digit").focus()

    page.keyboard.press("Space")

    expect_said(page, "Written: not a digit.")
    expect_item(page, glyphs[1])
    expect(page.get_by_role("button", name="Not a digit")).to_be_focused()


def test_after_a_click_space_accepts(open_queue, glyphs):
    page = open_queue()

    page.get_by_role("button", name="5", exact=True).click()
    expect_said(page, "Written: 5.")
    page.keyboard.press("Space")

    expect_said(page, "Written: 7.")


def test_what_the_model_says_is_hidden_by_key_and_stays_so(open_queue, glyphs):
    page = open_queue()
    says = page.get_by_role("list", name="How likely each digit is")
    expect(says).to_be_visible()

    with page.expect_response("**/review/hide/"):
        page.keyboard.press("h")
    expect(says).to_be_hidden()
    expect(page.get_by_role("button", name="Accept")).to_be_hidden()
    page.keyboard.press("Space")
    expect_notice(page, "before you accept it")
    page.reload()
    expect(says).to_be_hidden()
    assert not LabelEvent.objects.exists()

    page.get_by_role("button", name="Show what the model says").click()
    expect(says).to_be_visible()


def test_a_reload_shows_the_same_with_the_next_one_kept(open_queue, glyphs):
    page = open_queue()

    page.reload()
    page.wait_for_load_state("networkidle")

    expect_item(page, glyphs[0])
    assert set(ReviewLease.objects.values_list("glyph", flat=True)) == {glyphs[0].pk, glyphs[1].pk}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_worked_by_touch_on_a_narrow_phone(open_queue, glyphs, theme):
    options = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "color_scheme": theme}
    page = open_queue(**options)

    page.get_by_role("button", name="Accept 4").tap()
    expect_said(page, "Written: 4.")
    page.get_by_role("button", name="Undo").tap()
    expect_said(page, "Taken back")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    buttons = [button.bounding_box() for button in page.locator(".review-button").all()]
    assert len(buttons) == 15
    assert all(box["height"] >= 48 and box["width"] >= 48 for box in buttons)


def test_it_works_without_javascript(open_queue, glyphs):
    page = open_queue(java_script_enabled=False)

    page.get_by_role("button", name="5", exact=True).click()
    expect(page.get_by_text("Written: 5.")).to_be_visible()
    expect_item(page, glyphs[1])
    page.get_by_role("button", name="Accept 7").click()
    expect(page.get_by_text("Written: 7.")).to_be_visible()
    page.get_by_role("button", name="Skip").click()
    expect_item(page, glyphs[3])
    page.get_by_role("button", name="Undo").click()
    expect_item(page, glyphs[2])
    page.get_by_role("button", name="Undo").click()
    expect_item(page, glyphs[1])
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Hide what the model says").click()
    expect(page.get_by_role("button", name="Show what the model says")).to_be_visible()
    expect(page.get_by_role("list", name="How likely each digit is")).to_be_hidden()

    assert list(Glyph.objects.order_by("margin").values_list("label", flat=True)[:3]) == [5, None, None]
