"""Saying what a glyph is: `PUT /api/v1/glyphs/<id>/label/`."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from recognizer.labels import NOT_A_DIGIT
from recognizer.models import LabelEvent, Prediction


def put(client, glyph_id: int, body: object):
    return client.put(f"/api/v1/glyphs/{glyph_id}/label/", body, content_type="application/json")


@pytest.mark.parametrize(("label", "kept"), [*((digit, digit) for digit in range(10)), ("not_a_digit", NOT_A_DIGIT)])
def test_it_keeps_a_label_with_its_event(client, picture, visitor, label, kept):
    glyph = picture.glyphs.get()

    answer = put(client, glyph.pk, {"label": label})

    glyph.refresh_from_db()
    event = LabelEvent.objects.get()
    assert answer.status_code == 200
    assert answer.json() == {"label": "not_a_digit" if kept == NOT_A_DIGIT else kept}
    assert glyph.label == kept
    assert (event.old, event.new, event.where, event.visitor) == (None, kept, "api", visitor.visitor)


def test_null_takes_the_label_back(client, picture):
    glyph = picture.glyphs.get()
    put(client, glyph.pk, {"label": 3})

    answer = put(client, glyph.pk, {"label": None})

    glyph.refresh_from_db()
    assert answer.json() == {"label": None}
    assert (glyph.label, glyph.labelled_at) == (None, None)
    assert LabelEvent.objects.count() == 2


NO_LABELS = [
    *({"label": label} for label in (10, -1, 7.0, True, "seven", "10", "7", "", [7], {"digit": 7})),
    *({}, {"digit": 7}, [7], 7, None, "7", '{"label": 7', '{"label": NaN}'),
    *("9" * 5000, "[" * 100_000, '{"label":' * 5000),
]


@pytest.mark.parametrize("body", NO_LABELS, ids=lambda body: str(body)[:20])
def test_what_is_no_label_is_refused_in_the_error_form(client, picture, body):
    glyph = picture.glyphs.get()

    answer = put(client, glyph.pk, body)

    glyph.refresh_from_db()
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"code", "message"}
    assert glyph.label is None
    assert not LabelEvent.objects.exists()


def test_a_reviewer_labels_the_glyphs_of_others(client, other_picture):
    reviewer = User.objects.create_user("rita")
    reviewer.user_permissions.add(Permission.objects.get(codename="review_glyph"))
    client.force_login(reviewer)
    glyph = other_picture.glyphs.get()

    answer = put(client, glyph.pk, {"label": 1})

    glyph.refresh_from_db()
    assert answer.status_code == 200
    assert (glyph.label, glyph.labelled_by) == (1, reviewer)
    assert LabelEvent.objects.get().user == reviewer


@pytest.mark.parametrize("who", ["visitor", "anonymous", "user"])
def test_for_others_the_glyph_is_not_there(request, client, other_picture, who):
    if who == "visitor":
        request.getfixturevalue("visitor")
    if who == "user":
        client.force_login(User.objects.create_user("eve"))
    glyph = other_picture.glyphs.get()

    answer = put(client, glyph.pk, {"label": 1})

    glyph.refresh_from_db()
    assert answer.status_code == 404
    assert glyph.label is None


@pytest.mark.parametrize("glyph_id", [0, 10**30])
def test_a_glyph_that_is_none_is_no_fault(client, picture, glyph_id):
    assert put(client, glyph_id, {"label": 1}).status_code == 404


@pytest.mark.usefixtures("vanishing_pictures")
def test_a_picture_that_is_deleted_meanwhile_is_not_there(client, picture):
    answer = put(client, picture.glyphs.get().pk, {"label": 1})

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_the_prediction_stays_and_nothing_is_predicted_again(client, network, picture):
    before, calls = Prediction.objects.values().get(), network.calls

    put(client, picture.glyphs.get().pk, {"label": 1})

    assert Prediction.objects.values().get() == before
    assert network.calls == calls


def test_a_session_needs_the_csrf_token(admin_picture, admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    glyph = admin_picture.glyphs.get()

    answer = put(client, glyph.pk, {"label": 1})

    glyph.refresh_from_db()
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "csrf"
    assert glyph.label is None
