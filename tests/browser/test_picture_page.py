"""One picture's page in a real browser: the threshold, why it was read so, and what a person says of it."""

import uuid

import pytest
from django.core import signing
from playwright.sync_api import Locator, Page, expect

from recognizer.models import Glyph, Picture, Prediction
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.browser.axe import complaints_about
from tests.pictures import png_of

VISITOR = Owner(visitor=uuid.UUID(int=7))
PHONE = {"viewport": {"width": 320, "height": 700}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def open_picture(open_page):
    """Return a function that stores a picture of these digits and opens its page as the visitor that it belongs to."""

    def open_picture(text: str = "4", *, kind: str = "cnn", answer: dict | None = None, **options) -> Page:
        picture = recognize(png_of(text), owner=VISITOR, source="draw", kind=kind)
        if answer:
            Prediction.objects.update(**answer)
        value = signing.get_cookie_signer(salt="visitor").sign(str(VISITOR.visitor))
        cookie = {"name": "visitor", "value": value, "domain": "localhost", "path": "/"}
        return open_page(f"/p/{picture.pk}/", storage_state={"cookies": [cookie]}, **options)

    return open_picture


def requests_of(page: Page) -> list[str]:
    """Return a list that every further request of the page is added to; for its icon a browser asks when it likes."""
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: None if request.url.endswith("icon.svg") else asked.append(request.url))
    return asked


def slider_of(page: Page) -> Locator:
    return page.get_by_role("slider", name="Mark as unsure below")


def chip_of(page: Page) -> Locator:
    return page.locator(".glyph .verdict").first


def wait_for_explanation(page: Page) -> None:
    """Wait until it is there; the first one of all loads its network."""
    expect(page.get_by_role("heading", name="Where the network looked")).to_be_visible(timeout=30_000)


def answer_with(certainty: float, verdict: str) -> dict:
    rest = 1 - certainty
    return {
        "probabilities": [0, 0, 0, 0, certainty, 0, 0, 0, 0, rest],
        "confidence": certainty,
        "none_probability": 0,
        "digit": 4,
        "runner_up": 9,
        "verdict": verdict,
    }


def test_the_threshold_tells_all_verdicts_anew_without_a_request(open_picture):
    page = open_picture("4", answer=answer_with(0.93, "digit"))
    expect(slider_of(page)).to_have_attribute("aria-valuetext", "75 % (the network’s own)")
    asked = requests_of(page)

    slider_of(page).press("End")

    expect(chip_of(page)).to_have_text("4 or 9?")
    expect(page.locator(".mark")).to_have_attribute("data-shown", "unsure")
    expect(page.locator(".answer")).to_contain_text("Rather 4 (93.0 %) than 9 (7.0 %).")
    expect(page.locator(".answer")).not_to_contain_text("Surely", use_inner_text=True)
    expect(slider_of(page)).to_have_attribute("aria-valuetext", "99.9 %")

    page.get_by_role("button", name="Reset").click()

    expect(chip_of(page)).to_have_text("4")
    expect(page.locator(".mark")).to_have_attribute("data-shown", "digit")
    assert asked == []


def test_the_threshold_is_remembered_on_the_next_page_and_told_to_other_tabs(open_picture):
    page = open_picture("4", answer=answer_with(0.93, "digit"))
    other = page.context.new_page()
    other.goto(page.url)

    slider_of(page).press("End")

    expect(chip_of(other)).to_have_text("4 or 9?")
    page.reload()
    expect(chip_of(page)).to_have_text("4 or 9?")
    expect(slider_of(page)).to_have_attribute("aria-valuetext", "99.9 %")


@pytest.mark.parametrize(("certainty", "text"), [(0.65, "4"), (0.9, "4 or 9?")])
def test_a_lower_threshold_makes_sure_what_was_merely_below_it(open_picture, certainty, text):
    """What was unsure although the network was certain can be taken another way, and stays unsure."""
    page = open_picture("4", answer=answer_with(certainty, "unsure"))
    expect(chip_of(page)).to_have_text("4 or 9?")

    slider_of(page).press("Home")

    expect(chip_of(page)).to_have_text(text)


def test_no_threshold_makes_a_digit_of_what_is_none(open_picture):
    page = open_picture("4", answer=answer_with(0.93, "not_a_digit"))

    for key in ("Home", "End"):
        slider_of(page).press(key)
        expect(chip_of(page)).to_have_text("not a digit")


def test_the_threshold_needs_no_storage(open_picture):
    page = open_picture("4", answer=answer_with(0.93, "digit"))
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied') } })")
    page.reload()

    slider_of(page).press("End")

    expect(chip_of(page)).to_have_text("4 or 9?")


def test_why_is_asked_for_when_it_is_opened_and_only_once(open_picture):
    page = open_picture("4")
    asked = requests_of(page)
    summary = page.get_by_text("Why did it say that?")
    expect(summary).to_be_visible()
    assert asked == []

    summary.click()

    wait_for_explanation(page)
    expect(page.locator(".heat figcaption").first).to_contain_text("What speaks most for 4")
    asked_once = [address for address in asked if "/why/" in address]
    summary.click()
    summary.click()
    expect(page.locator(".explanation")).to_be_visible()
    assert asked_once == [address for address in asked if "/why/" in address]
    assert len(asked_once) == 1


def test_the_strength_of_the_colours_is_set_without_a_request(open_picture):
    page = open_picture("4")
    page.get_by_text("Why did it say that?").click()
    wait_for_explanation(page)
    slider = page.get_by_role("slider", name="Strength of the colours")
    expect(page.locator(".heat-map").first).to_have_css("opacity", "0.6")
    asked = requests_of(page)

    slider.press("Home")
    expect(page.locator(".heat-map").first).to_have_css("opacity", "0")
    slider.press("End")
    expect(page.locator(".heat-map").last).to_have_css("opacity", "1")

    assert [address for address in asked if not address.startswith("data:")] == []


def test_escape_closes_the_explanation_and_the_focus_stays_with_it(open_picture):
    page = open_picture("4")
    summary = page.locator(".why summary")
    summary.focus()
    page.keyboard.press("Enter")
    wait_for_explanation(page)
    page.get_by_role("slider", name="Strength of the colours").focus()

    page.keyboard.press("Escape")

    expect(page.locator(".explanation")).to_be_hidden()
    expect(summary).to_be_focused()


def test_an_explanation_that_does_not_come_is_told_and_can_be_asked_for_again(open_picture):
    page = open_picture("4")
    page.evaluate(
        """() => {
            const { fetch } = window;
            window.fetch = () => ((window.fetch = fetch), Promise.reject());
        }"""
    )
    summary = page.get_by_text("Why did it say that?")

    summary.click()
    expect(page.get_by_role("status").filter(has_text="That did not work.")).to_be_visible()
    summary.click()
    summary.click()

    wait_for_explanation(page)


def test_without_javascript_a_page_says_why(open_picture):
    page = open_picture("4", java_script_enabled=False)
    expect(page.locator("sure-threshold")).to_be_hidden()

    page.get_by_role("link", name="Why did it say that?").click()

    expect(page.get_by_role("heading", level=1, name="Why did it say that?")).to_be_visible()
    wait_for_explanation(page)
    expect(page.locator(".heat-strength").first).to_be_hidden()
    page.get_by_role("link", name="Back to the picture").click()
    page.wait_for_url("**/p/**#glyph-0")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_it_opens_by_touch_and_nothing_is_wider_than_the_screen(open_picture, theme):
    page = open_picture("47", kind="all", color_scheme=theme, **PHONE)

    page.get_by_text("Why did it say that?").first.tap()

    wait_for_explanation(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("width", [320, 1440, 2560])
@pytest.mark.parametrize("text", ["4", "2047381956", "3141592653589793"])
def test_a_number_stays_on_one_line_however_long(open_picture, width, text):
    page = open_picture(text, viewport={"width": width, "height": 800})

    digits = page.locator(".answer-digits")
    size = digits.evaluate("element => [element.scrollHeight, parseFloat(getComputedStyle(element).lineHeight)]")
    box, answer = digits.bounding_box(), page.locator(".answer").bounding_box()
    assert size[0] < 1.5 * size[1]
    assert box["x"] + box["width"] <= answer["x"] + answer["width"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_all_marks_are_confirmed_at_once(open_picture):
    page = open_picture("407")

    page.get_by_role("button", name="All right").click()

    expect(page.get_by_text("3 labels are kept")).to_be_visible()
    assert list(Glyph.objects.values_list("label", flat=True)) == [4, 0, 7]


def test_a_labelled_mark_is_let_be_used_where_it_stands_and_what_was_open_stays_open(open_picture):
    page = open_picture("47")
    card, other = page.locator("#glyph-1"), page.locator("#glyph-0")
    other.get_by_text("Why did it say that?").click()

    card.get_by_role("button", name="3").click()

    expect(card.get_by_text("Labelled as 3")).to_be_in_viewport()
    expect(other.locator(".why")).to_have_attribute("open", "")
    expect(card.locator(".why")).not_to_have_attribute("open", "")
    card.get_by_role("button", name="Let it be used").click()
    expect(card.get_by_text("It helps to improve the reading.")).to_be_in_viewport()
    assert Picture.objects.get().may_train


def test_on_a_phone_the_marks_come_before_the_facts_for_eye_and_keyboard(open_picture):
    page = open_picture("4", **PHONE)

    parts = [page.locator(name) for name in (".answer", ".marked", ".glyph", ".facts", ".delete")]

    tops = [part.bounding_box()["y"] for part in parts]
    assert tops == sorted(tops)
    order = "element => [...document.querySelectorAll('main *')].indexOf(element)"
    places = [part.evaluate(order) for part in parts]
    assert places == sorted(places)


def test_consent_is_given_from_the_page(open_picture):
    page = open_picture("4")

    page.get_by_role("button", name="Let it be used").click()

    expect(page.get_by_role("button", name="Keep it from training")).to_be_visible()
    assert Picture.objects.get().may_train


def test_a_box_leads_to_its_card_by_keyboard(open_picture):
    page = open_picture("47")

    page.get_by_role("link", name="Mark 2", exact=True).focus()
    page.keyboard.press("Enter")

    expect(page.locator("#glyph-1")).to_be_focused()


def test_three_networks_chosen_when_uploading_stand_side_by_side(open_page):
    page = open_page("/upload/")

    page.locator("input[type=file]").first.set_input_files(
        {"name": "4.png", "mimeType": "image/png", "buffer": png_of("4")}
    )
    page.get_by_label("Network").select_option("all")
    page.get_by_role("button", name="Read it").click()

    page.wait_for_url("**/p/**")
    expect(page.locator(".beside-network")).to_have_count(3)


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 320)])
@pytest.mark.parametrize("kind", ["all", "numpy_mlp"])
def test_an_open_explanation_keeps_nobody_out(open_picture, theme, width, kind):
    options = {"color_scheme": theme, "reduced_motion": "reduce", "viewport": {"width": width, "height": 900}}
    page = open_picture("47", kind=kind, **options)

    slider_of(page).press("End")
    page.get_by_text("Why did it say that?").first.click()
    wait_for_explanation(page)
    assert complaints_about(page) == []

    page.goto(f"{page.url}glyphs/1/why/")
    wait_for_explanation(page)
    assert complaints_about(page) == []


def test_that_the_explanation_is_there_is_told_to_the_ear(open_picture):
    page = open_picture()
    told = page.locator(".why [role=status][data-come]")
    expect(told.first).to_be_empty()

    page.locator(".why summary").first.click()
    wait_for_explanation(page)

    expect(told.first).to_have_text("The explanation is there.")


def test_a_page_from_the_back_forward_cache_tells_the_threshold_as_it_is_now(open_picture):
    """Chromium under automation keeps no page there: the event that it would send is sent here."""
    page = open_picture()
    page.evaluate("localStorage.setItem('digitsite.threshold', '0.9999999')")  # surer than the network ever is

    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

    expect(page.locator("[data-verdict][data-certainty]").first).to_have_attribute("data-shown", "unsure")
