"""Promoting a candidate, and rolling back, by a click."""

import pytest
from django.contrib.auth.context_processors import PermWrapper
from django.contrib.auth.models import Permission, User
from django.template import Context, Template
from django.test import Client, RequestFactory
from django_tasks_db.models import DBTaskResult

from recognizer.models import Comparison, ModelVersion, Promotion, TrainingRun


@pytest.fixture
def active(stored) -> ModelVersion:
    return stored("1", "active")


@pytest.fixture
def candidate(stored, active) -> ModelVersion:
    return stored("2")


@pytest.fixture
def user(db) -> User:
    user = User.objects.create_user("grace")
    user.user_permissions.set(Permission.objects.filter(codename="promote_modelversion"))
    return user


@pytest.fixture
def promoter(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def compared(candidate: ModelVersion, base: ModelVersion, *, is_passed: bool = True) -> Comparison:
    gates = [{"name": "held_out", "asked": "No fewer.", "found": "19 of 25.", "is_passed": is_passed}]
    return Comparison.objects.create(candidate=candidate, base=base, figures={}, gates=gates, is_passed=is_passed)


def panel_of(version: ModelVersion, user: User) -> str:
    """Return the panel as a page includes it."""
    request = RequestFactory().get("/")
    request.user = user
    page = Template('{% include "recognizer/includes/promotion_panel.html" %}')
    context = Context({"version": version, "user": user, "perms": PermWrapper(user), "request": request})
    return " ".join(page.render(context).split())


def states() -> dict[str, str]:
    return dict(ModelVersion.objects.values_list("version", "state"))


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_a_click_promotes(promoter, candidate, active):
    compared(candidate, active)

    answer = promoter.post(f"/promotions/{candidate.pk}/", follow=True)

    assert states() == {"1": "retired", "2": "active"}
    assert answer.redirect_chain == [("/models/cnn/2/", 302)]
    assert "cnn 2 now reads new pictures" in text_of(answer)


def test_a_refusal_says_why(promoter, candidate, active):
    compared(candidate, active, is_passed=False)

    answer = promoter.post(f"/promotions/{candidate.pk}/", follow=True)

    assert states() == {"1": "active", "2": "candidate"}
    assert "cnn 2 did not pass every gate: 19 of 25. Give a reason" in text_of(answer)


def test_a_reason_overrides(promoter, candidate, active):
    compared(candidate, active, is_passed=False)

    promoter.post(f"/promotions/{candidate.pk}/", {"reason": "Ours are all 7s."})

    assert states() == {"1": "retired", "2": "active"}
    assert Promotion.objects.get().reason == "Ours are all 7s."


@pytest.mark.parametrize("reason", ["because\x00", "because " * 500])
def test_a_reason_that_cannot_be_kept_is_refused(promoter, candidate, active, reason):
    compared(candidate, active, is_passed=False)

    answer = promoter.post(f"/promotions/{candidate.pk}/", {"reason": reason}, follow=True)

    assert "The reason cannot be kept" in text_of(answer)
    assert states() == {"1": "active", "2": "candidate"}


def test_a_click_rolls_back(promoter, candidate, active):
    promoter.post(f"/promotions/{candidate.pk}/", {"reason": "at once"})

    answer = promoter.post("/promotions/cnn/rollback/", follow=True)

    assert states() == {"1": "active", "2": "retired"}
    assert "cnn 1 reads new pictures again; cnn 2 is retired." in text_of(answer)


def test_nothing_to_go_back_to_is_told(promoter, active):
    assert "no earlier version" in text_of(promoter.post("/promotions/cnn/rollback/", follow=True))
    assert promoter.post("/promotions/oracle/rollback/").status_code == 404


def test_a_comparison_is_left_to_the_worker(promoter, candidate):
    promoter.post(f"/promotions/{candidate.pk}/compare/")

    assert DBTaskResult.objects.get().args_kwargs["args"] == [candidate.pk]


def test_without_the_permission_nothing_moves(candidate, active, client):
    compared(candidate, active)
    client.force_login(User.objects.create_user("stranger"))

    for address in (
        f"/promotions/{candidate.pk}/",
        f"/promotions/{candidate.pk}/compare/",
        "/promotions/cnn/rollback/",
    ):
        assert client.post(address, {"reason": "please"}).status_code == 403

    assert states() == {"1": "active", "2": "candidate"}


@pytest.mark.parametrize("address", ["/promotions/{}/", "/promotions/cnn/rollback/"])
def test_looking_moves_nothing(promoter, candidate, address):
    assert promoter.get(address.format(candidate.pk)).status_code == 405


def test_the_panel_offers_what_passed(candidate, active, user):
    compared(candidate, active)

    panel = panel_of(candidate, user)

    assert "It passed every gate beside Convolutional network 1" in panel
    assert "<textarea" not in panel
    assert "Promote Convolutional network 2</button>" in panel


def test_the_panel_asks_for_a_reason_where_a_gate_failed(candidate, active, user):
    compared(candidate, active, is_passed=False)

    panel = panel_of(candidate, user)

    assert "19 of 25." in panel
    assert "<textarea" in panel
    assert "all the same</button>" in panel
    assert "Compare again" in panel


def test_the_panel_offers_a_comparison_where_there_is_none(candidate, user):
    assert "Compare with the active version" in panel_of(candidate, user)


def test_the_panel_tells_who_started_the_training_to_leave_it_to_another(candidate, active, user):
    compared(candidate, active)
    TrainingRun.objects.create(kind="cnn", epochs=1, state="done", candidate=candidate, user=user)

    panel = panel_of(candidate, user)

    assert "You started the training of this version." in panel
    assert "<form" not in panel


def test_the_panel_of_the_active_version_offers_the_way_back_and_tells_who_did_what(promoter, candidate, active, user):
    promoter.post(f"/promotions/{candidate.pk}/", {"reason": "Ours are all 7s."})
    candidate.refresh_from_db()

    panel = panel_of(candidate, user)

    assert "Roll back to Convolutional network 1" in panel
    assert "promoted against a gate, in place of Convolutional network 1" in panel
    assert "by grace" in panel
    assert "Ours are all 7s." in panel


def test_the_panel_is_not_there_for_others(candidate):
    assert panel_of(candidate, User.objects.create_user("stranger")) == ""
