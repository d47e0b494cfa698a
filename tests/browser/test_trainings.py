"""A training watched in a real browser: the bar moves, and the page turns when the training has ended."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from recognizer.models import TrainingRun
from tests.recognizer.learning.corrections import label_glyphs


@pytest.fixture
def login(live_server) -> dict[str, str]:
    """Return the cookie of a trainer who is logged in."""
    trainer = User.objects.create_user("trainer")
    trainer.user_permissions.set(Permission.objects.filter(codename__in=["view_trainingrun", "start_trainingrun"]))
    client = Client()
    client.force_login(trainer)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": live_server.url}


@pytest.fixture
def run(real_network) -> TrainingRun:
    label_glyphs(real_network, 1)  # what there is to learn from
    return TrainingRun.objects.create(kind="cnn", epochs=3)


def open_run(open_page, login: dict[str, str], run: TrainingRun, **options) -> Page:
    page = open_page("/about/", **options)
    page.context.add_cookies([login])
    page.goto(f"/trainings/{run.pk}/")
    return page


def tell(run: TrainingRun, **values) -> None:
    TrainingRun.objects.filter(pk=run.pk).update(heartbeat=timezone.now(), **values)


def test_a_training_is_watched_to_its_end(open_page, login, run):
    page = open_run(open_page, login, run)
    expect(page.get_by_text("Waiting", exact=True)).to_be_visible()

    tell(run, state="running", step="epoch 1 of 3", progress=0.25, log="loss 0.3")
    expect(page.get_by_role("progressbar", name="Epoch 1 of 3 25 %")).to_have_js_property("value", 0.25)
    tell(run, step="epoch 2 of 3", progress=0.5, log="loss 0.2")
    expect(page.get_by_role("progressbar", name="Epoch 2 of 3 50 %")).to_have_js_property("value", 0.5)
    page.get_by_text("What the training said last").click()
    expect(page.get_by_text("loss 0.2")).to_be_visible()

    tell(run, state="failed", problem="MNIST is not there.")
    expect(page.get_by_role("alert")).to_contain_text("MNIST is not there.")
    page.get_by_role("button", name="Start again with the same choices").click()
    expect(page.get_by_text("Waiting", exact=True)).to_be_visible()
    assert TrainingRun.objects.count() == 2


def test_a_training_is_cancelled_without_a_script(open_page, login, run):
    page = open_run(open_page, login, run, java_script_enabled=False)

    page.get_by_role("button", name="Cancel the training").click()

    expect(page.get_by_text("It was cancelled")).to_be_visible()
    run.refresh_from_db()
    assert run.state == "cancelled"
