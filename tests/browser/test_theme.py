"""Light, dark or automatic: chosen in the header, kept in the browser, shared with the admin."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

GROUND = "getComputedStyle(document.body).backgroundColor"


def toggle_of(page: Page):
    return page.get_by_role("button", name="Theme:")


def expect_scheme(page: Page, scheme: str) -> None:
    expect(page.locator("html")).to_have_css("color-scheme", scheme)


def frame_color(page: Page) -> str:
    """Return what colour the browser's own frame is told to be."""
    return page.evaluate(
        """[...document.querySelectorAll("meta[name=theme-color]")]
            .find((color) => matchMedia(color.media).matches).content"""
    )


def test_it_follows_the_system_until_one_is_chosen(open_page):
    page = open_page("/about/", color_scheme="dark")
    dark = page.evaluate(GROUND)

    page.emulate_media(color_scheme="light")

    assert toggle_of(page).get_attribute("title")
    expect(toggle_of(page)).to_have_accessible_name("Theme: automatic")
    expect(page.locator("body")).not_to_have_css("background-color", dark)


@pytest.mark.parametrize(("system", "others"), [("light", ["dark", "light"]), ("dark", ["light", "dark"])])
def test_the_toggle_goes_round_by_keyboard_and_tells_its_state(open_page, system, others):
    page = open_page("/about/", color_scheme=system)
    toggle_of(page).focus()

    for theme in others:
        page.keyboard.press("Enter")
        expect(toggle_of(page)).to_have_accessible_name(f"Theme: {theme}")
        expect_scheme(page, theme)

    page.keyboard.press("Space")
    expect(toggle_of(page)).to_have_accessible_name("Theme: automatic")
    expect_scheme(page, "light dark")


def test_what_was_chosen_stays_and_is_there_before_anything_is_painted(open_page):
    page = open_page("/about/", color_scheme="light")
    light = frame_color(page)
    toggle_of(page).click()

    page.context.add_init_script(
        """new MutationObserver((changes, observer) => {
            if (!document.body) return;
            window.themeAtFirstElement = document.documentElement.dataset.theme;
            observer.disconnect();
        }).observe(document, { childList: true, subtree: true });"""
    )
    page.goto("/privacy/")

    assert page.evaluate("window.themeAtFirstElement") == "dark"
    expect_scheme(page, "dark")
    assert frame_color(page) != light


def test_paper_keeps_its_light_in_the_dark(open_page):
    page = open_page("/", color_scheme="light")
    sheet = page.locator(".pad-sheet > *").first
    ink = sheet.evaluate("(element) => getComputedStyle(element).colorScheme")

    toggle_of(page).click()

    assert ink == sheet.evaluate("(element) => getComputedStyle(element).colorScheme") == "light"


def test_the_admin_and_the_site_keep_the_same_choice(open_page, transactional_db):
    User.objects.create_superuser("ada", password="lovelace-1815")
    page = open_page("/about/", color_scheme="light")
    toggle_of(page).click()

    page.goto("/admin/")
    expect_scheme(page, "dark")
    page.locator(".theme-toggle").click()
    expect_scheme(page, "light")

    page.goto("/about/")
    expect(toggle_of(page)).to_have_accessible_name("Theme: light")


def test_it_changes_in_other_tabs_as_well(open_page):
    page = open_page("/about/", color_scheme="light")
    other = page.context.new_page()
    other.goto("/privacy/")

    toggle_of(page).click()

    expect(toggle_of(other)).to_have_accessible_name("Theme: dark")


def test_the_api_docs_are_dark_with_the_rest(open_page):
    page = open_page("/api/v1/docs/", color_scheme="light")
    name = page.locator(".opblock-summary-path").first
    light = name.evaluate("(element) => getComputedStyle(element).color")

    toggle_of(page).click()

    expect(name).not_to_have_css("color", light)


def test_without_scripts_the_system_decides(open_page):
    page = open_page("/about/", color_scheme="dark", java_script_enabled=False)

    expect(page.locator(".theme-toggle")).to_be_hidden()
    expect_scheme(page, "light dark")


def test_a_browser_that_keeps_nothing_still_changes_the_page(browser, live_server, real_network):
    context = browser.new_context(base_url=live_server.url, color_scheme="light")
    context.add_init_script(
        """Object.defineProperty(window, "localStorage", { get() { throw new DOMException("", "SecurityError"); } });"""
    )
    page = context.new_page()
    page.goto("/about/")

    toggle_of(page).click()

    expect(toggle_of(page)).to_have_accessible_name("Theme: dark")
    context.close()
