"""Every page in both themes, wide and narrow, empty and full, right and wrong: nothing that keeps anybody out.

A page is added by a row in STATES: who looks, at which address, and what they do there first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from recognizer.models import Batch, Glyph, LabelEvent, ModelVersion, TrainingRun
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.browser.axe import complaints_about
from tests.browser.conftest import draw
from tests.pictures import png_of

THEMES = {
    "light": {"color_scheme": "light", "viewport": {"width": 1440, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True},
}
SWAGGERS_OWN = (
    "heading-order",
    "landmark-main-is-top-level",
    "landmark-no-duplicate-main",
    "landmark-unique",
    "nested-interactive",
)
"""Rules that the elements of Swagger's page break; their style is ours."""
DJANGOS_OWN = ("empty-table-header", "label-title-only")
"""Rules that the admin breaks: by a heading of its inlines, by a magnifying glass as the label of its search field."""


def draw_a_four(page: Page) -> None:
    draw(page, "4")


def log_in_wrongly(page: Page) -> None:
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.locator("main").get_by_role("button").click()
    expect(page.locator(".errorlist, [role=alert]").first).to_be_visible()


def sign_up_wrongly(page: Page) -> None:
    page.locator("[name=username]").fill("grace")
    page.locator("[name=password1]").fill("1")
    page.locator("[name=password2]").fill("2")
    page.locator("main").get_by_role("button").click()
    expect(page.locator(".errorlist").first).to_be_visible()


def wait_for_swagger(page: Page) -> None:
    page.locator(".opblock").first.wait_for()


@dataclass(frozen=True)
class State:
    """A page as somebody sees it. Names in the address stand for rows of the site."""

    who: str
    address: str
    act: Callable[[Page], None] | None = None
    without: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.address} {self.act.__name__ if self.act else ''}".strip()


STATES = (
    State("nobody", "/"),
    State("nobody", "/", draw_a_four),
    State("nobody", "/upload/"),
    State("nobody", "/history/"),
    State("nobody", "/about/"),
    State("nobody", "/privacy/"),
    State("nobody", "/account/login/"),
    State("nobody", "/account/login/", log_in_wrongly),
    State("nobody", "/account/signup/"),
    State("nobody", "/account/signup/", sign_up_wrongly),
    State("nobody", "/nothing/"),
    State("nobody", "/account/logout/"),
    State("nobody", "/api/v1/docs/", wait_for_swagger, without=SWAGGERS_OWN),
    State("member", "/"),
    State("member", "/history/"),
    State("member", "/history/?view=table"),
    State("member", "/history/delete-all/"),
    State("member", "/p/{picture}/"),
    State("member", "/batch/{batch}/"),
    State("member", "/models/"),
    State("member", "/models/cnn/{version}/"),
    State("member", "/account/"),
    State("member", "/account/password/"),
    State("member", "/account/delete/"),
    State("staff", "/review/"),
    State("staff", "/dashboard/"),
    State("staff", "/dashboard/confusion/4/9/"),
    State("staff", "/trainings/"),
    State("staff", "/trainings/{run}/"),
    State("staff", "/exports/"),
    State("staff", "/models/mlp/{mlp}/"),
    State("staff", "/admin/"),
    State("staff", "/admin/recognizer/"),
    State("staff", "/admin/recognizer/glyph/"),
    State("staff", "/admin/recognizer/glyph/{glyph}/change/"),
    State("staff", "/admin/recognizer/picture/", without=DJANGOS_OWN),
    State("staff", "/admin/recognizer/picture/{picture}/change/", without=DJANGOS_OWN),
    State("staff", "/admin/recognizer/picture/{picture}/delete/"),
    State("staff", "/admin/recognizer/labelevent/"),
    State("staff", "/admin/recognizer/modelversion/"),
    State("staff", "/admin/auth/user/"),
    State("staff", "/admin/password_change/"),
)


@pytest.fixture
def names(real_network) -> dict[str, object]:
    """Fill the site; return what the names in the addresses stand for."""
    member = User.objects.create_user("grace", password="hopper-1906")
    staff = User.objects.create_superuser("ada", password="lovelace-1815")
    pictures = [
        recognize(png_of(text), owner=Owner(user=member), source="upload", name=f"{text}.png", may_train=True)
        for text in ("7", "427", "4")
    ]
    four = Glyph.objects.get(picture=pictures[-1])
    four.set_label(9, owner=Owner(user=staff), where=LabelEvent.Where.ADMIN)
    batch = Batch.objects.create(user=member, came_as="files", kind="cnn", total=2, finished=timezone.now())
    batch.items.create(position=0, name="7.png", state="read", verdict="digit", picture=pictures[0])
    batch.items.create(position=1, name="notes.txt", state="failed", problem="unsupported_format")
    return {
        "batch": batch.pk,
        "picture": pictures[1].pk,
        "glyph": four.pk,
        "version": real_network.version,
        "mlp": ModelVersion.objects.get(kind="mlp").version,
        "run": TrainingRun.objects.create(kind="cnn", epochs=3, base=real_network, user=staff).pk,
    }


@pytest.fixture
def open_as(browser: Browser, live_server, names) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a browser as one of those in STATES."""
    contexts = []

    def open_as(who: str, **options) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="en-GB", reduced_motion="reduce", **options)
        contexts.append(context)
        if who != "nobody":
            client = Client()
            client.force_login(User.objects.get(is_staff=who == "staff"))
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return context.new_page()

    yield open_as
    for context in contexts:
        context.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("who", ["nobody", "member", "staff"])
def test_no_page_keeps_anybody_out(open_as, names, who, theme):
    page = open_as(who, **THEMES[theme])
    wrong = []

    for state in (state for state in STATES if state.who == who):
        page.goto(state.address.format(**names))
        if state.act:
            state.act(page)
            page.wait_for_load_state()
        wrong += [f"{state}: {complaint}" for complaint in complaints_about(page, without=state.without)]

    assert not wrong, "\n".join(wrong)
