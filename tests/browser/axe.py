"""Whether a page can be used by everyone: what axe-core finds, and measurements of what it cannot tell."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = Path(__file__).with_name("contrast.js").read_text()
WIDTH = """() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} of ${clientWidth}`] : [];
}"""
MOTION = """() => [...document.querySelectorAll("*")].flatMap((element) => {
    const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
    const lasts = (durations) => durations.split(",").some((duration) => parseFloat(duration) > 0);
    const moves = lasts(transitionDuration) || (animationName !== "none" && lasts(animationDuration));
    if (!moves || !element.checkVisibility()) return [];
    return [`moves: <${element.localName} class="${element.getAttribute("class") ?? ""}">`];
})"""


def complaints_about(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """Return what is wrong with a page that was opened with reduced motion, as it stands, a line each.

    axe-core cannot tell how text stands out from a gradient: contrast.js measures it at all of its ends.
    `without` names rules of axe-core that do not count.
    """
    let_off = {rule: {"enabled": False} for rule in without}
    options = {"runOnly": TAGS, "rules": let_off, "resultTypes": ["violations"], "preload": False}
    results = Axe().run(page, options=options).response
    violations = [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]
    return [*violations, *page.evaluate(CONTRAST), *page.evaluate(WIDTH), *page.evaluate(MOTION)]
