"""What is done to many glyphs at once in the admin."""

import pytest
from django.contrib.auth.models import Permission, User

from recognizer.admin import actions
from recognizer.labels import NOT_A_DIGIT
from recognizer.models import Glyph, LabelEvent, ModelVersion, Prediction
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version

LIST = "/admin/recognizer/glyph/"


def run(client, action: str, *glyphs: Glyph, query: str = "", **more: str) -> list[str]:
    """Run the action on the glyphs and return what the list says then."""
    form = {"action": action, "_selected_action": [glyph.pk for glyph in glyphs], **more}
    return [str(message) for message in client.post(LIST + query, form, follow=True).context["messages"]]


def stored(glyph: Glyph) -> tuple[int | None, bool, bool]:
    return Glyph.objects.values_list("label", "is_usable", "is_excluded").get(pk=glyph.pk)


def events() -> list[tuple]:
    return list(LabelEvent.objects.order_by("id").values_list("glyph", "what", "old", "new", "user", "where"))


@pytest.fixture
def glyphs(db) -> list[Glyph]:
    """Store four glyphs, read as 4, 5, 6 and 7 by the MLP, on a picture each."""
    version = make_version("mlp")
    return [make_picture(version, digits=digit).glyphs.get() for digit in "4567"]


@pytest.fixture
def owner(admin_user) -> Owner:
    return Owner(user=admin_user)


def test_predictions_are_accepted(admin_client, admin_user, network, db):
    version = make_version("mlp")
    digit, nothing, other = (
        make_picture(version, digits=digit, verdict=verdict).glyphs.get()
        for digit, verdict in [("4", "digit"), ("9", "not_a_digit"), ("5", "digit")]
    )

    said = run(admin_client, "confirm_prediction", digit, nothing)

    assert said == ["2 labels written."]
    assert [stored(glyph)[0] for glyph in (digit, nothing, other)] == [4, NOT_A_DIGIT, None]
    assert {(event.user, event.where) for event in LabelEvent.objects.all()} == {(admin_user, "admin")}
    assert network.calls == 0


def test_accepting_overrules_nobody_and_says_so(admin_client, owner, glyphs):
    right, wrong, unusable, new = glyphs
    right.set_label(4, owner=owner, where="page")
    wrong.set_label(3, owner=owner, where="page")
    unusable.set_usable(False, owner=owner, where="page")
    LabelEvent.objects.all().delete()

    said = run(admin_client, "confirm_prediction", *glyphs)

    assert said == [
        "1 label written. 1 glyph was so already. 1 glyph has another label, which stays. "
        "1 glyph is unusable: mark it usable first."
    ]
    assert [stored(glyph)[:2] for glyph in glyphs] == [(4, True), (3, True), (None, False), (7, True)]
    assert [event[0] for event in events()] == [new.pk]


def test_accepting_does_not_overrule_a_label_that_comes_meanwhile(admin_client, owner, glyphs, monkeypatch):
    set_label = Glyph.set_label

    def be_second(glyph: Glyph, label, **said) -> bool:
        set_label(Glyph.objects.get(pk=glyph.pk), 1, owner=owner, where="review")
        return set_label(glyph, label, **said)

    monkeypatch.setattr(Glyph, "set_label", be_second)

    assert run(admin_client, "confirm_prediction", glyphs[0]) == [
        "0 labels written. 1 glyph has another label, which stays."
    ]
    assert stored(glyphs[0])[0] == 1


@pytest.mark.usefixtures("vanishing_pictures")
def test_a_glyph_that_is_deleted_meanwhile_is_told_of(admin_client, glyphs):
    said = run(admin_client, "confirm_prediction", *glyphs[:2])

    assert said == ["0 labels written. 2 glyphs were changed or deleted meanwhile."]
    assert Glyph.objects.count() == 2


def test_accepting_twice_writes_one_event(admin_client, glyphs):
    run(admin_client, "confirm_prediction", glyphs[0])
    said = run(admin_client, "confirm_prediction", glyphs[0])

    assert said == ["0 labels written. 1 glyph was so already."]
    assert len(events()) == 1


def test_what_is_marked_unusable_loses_its_label(admin_client, admin_user, owner, glyphs):
    labelled, plain, marked = glyphs[:3]
    labelled.set_label(4, owner=owner, where="page")
    marked.set_usable(False, owner=owner, where="page")
    LabelEvent.objects.all().delete()

    said = run(admin_client, "mark_unusable", labelled, plain, marked)

    assert said == ["2 glyphs are marked unusable. 1 of them had a label, which is taken back. 1 glyph was so already."]
    assert [stored(glyph)[:2] for glyph in (labelled, plain, marked)] == [(None, False)] * 3
    assert sorted(events(), key=lambda event: (event[0], event[1])) == [
        (labelled.pk, "label", 4, None, admin_user.pk, "admin"),
        (labelled.pk, "unusable", None, None, admin_user.pk, "admin"),
        (plain.pk, "unusable", None, None, admin_user.pk, "admin"),
    ]


@pytest.mark.parametrize(
    ("undone", "action", "sentence", "what", "expected"),
    [
        ("mark_unusable", "mark_usable", "1 glyph is marked usable.", "usable", (None, True, False)),
        (None, "exclude_from_training", "1 glyph is kept out of training.", "excluded", (None, True, True)),
        ("exclude_from_training", "include_in_training", "1 glyph may be trained on.", "included", (None, True, False)),
    ],
)
def test_it_is_written_with_its_event(admin_client, admin_user, glyphs, undone, action, sentence, what, expected):
    glyph = glyphs[0]
    if undone:
        run(admin_client, undone, glyph)

    first, second = run(admin_client, action, glyph), run(admin_client, action, glyph)

    assert first == [sentence]
    assert "1 glyph was so already." in second[0]
    assert stored(glyph) == expected
    assert [event for event in events() if event[1] == what] == [(glyph.pk, what, None, None, admin_user.pk, "admin")]


def test_all_that_is_listed_can_be_meant_a_few_at_a_time(admin_client, glyphs, monkeypatch, settings):
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    more = [make_picture(glyphs[0].picture.model_version).glyphs.get() for _ in range(3)]

    said = run(admin_client, "confirm_prediction", glyphs[0], query="?digit=7", select_across="1")

    assert said == ["4 labels written."]
    assert [stored(glyph)[0] for glyph in glyphs] == [None, None, None, 7]
    assert [stored(glyph)[0] for glyph in more] == [7, 7, 7]


def test_a_few_at_a_time_are_written_in_one_transaction(admin_client, glyphs, monkeypatch):
    """An outage midway leaves whole transactions, whose labels have their events."""
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    set_label, calls = Glyph.set_label, []

    def fail_at_last(glyph: Glyph, *args, **said) -> bool:
        calls.append(glyph)
        if len(calls) == 4:
            raise RuntimeError
        return set_label(glyph, *args, **said)

    monkeypatch.setattr(Glyph, "set_label", fail_at_last)
    with pytest.raises(RuntimeError):
        run(admin_client, "confirm_prediction", *glyphs)

    assert Glyph.objects.filter(label__isnull=False).count() == LabelEvent.objects.count() == 2


def test_it_is_read_again_with_the_model_chosen(admin_client, network, glyphs):
    network.says(3)
    known, *new = glyphs[:3]
    run(admin_client, "read_with_model", known, kind="cnn")
    before = list(Prediction.objects.filter(is_primary=True).values())

    said = run(admin_client, "read_with_model", known, *new, kind="cnn")

    assert said == ["2 glyphs were read again. 1 glyph was read by this version before, or is deleted."]
    again = Prediction.objects.filter(is_primary=False)
    assert {(p.glyph_id, p.digit, str(p.model_version)) for p in again} == {
        (g.pk, 3, "cnn stub") for g in (known, *new)
    }
    assert list(Prediction.objects.filter(is_primary=True).values()) == before
    assert not LabelEvent.objects.exists()


def test_the_page_of_a_glyph_shows_what_every_version_said(admin_client, network, glyphs):
    network.says(3, runner_up=8)
    run(admin_client, "read_with_model", glyphs[0], kind="cnn")

    page = admin_client.get(f"{LIST}{glyphs[0].pk}/change/").content.decode()

    assert page.index("mlp 1") < page.index("cnn stub")
    assert "3 or 8?" in page


@pytest.mark.parametrize("kind", ["", "mlp", "oracle"])
def test_without_that_model_nothing_is_read_again(admin_client, network, glyphs, kind):
    ModelVersion.objects.filter(version="1").update(state="retired")

    said = run(admin_client, "read_with_model", glyphs[0], kind=kind)

    assert len(said) == 1
    assert network.calls == 0
    assert not Prediction.objects.filter(is_primary=False).exists()


def test_the_models_to_choose_from_are_the_active_ones(admin_client, glyphs):
    make_version("cnn")
    make_version("numpy_mlp", state="retired")

    form = admin_client.get(LIST).context["action_form"]

    assert form.fields["kind"].choices == [("cnn", "Convolutional network"), ("mlp", "Keras MLP")]


def test_a_training_is_queued_where_trainings_are(admin_client, glyphs):
    form = {"action": "queue_training", "_selected_action": [glyphs[0].pk]}

    assert admin_client.post(LIST, form).url == "/trainings/"


@pytest.mark.parametrize(
    "action",
    [
        "confirm_prediction",
        "mark_unusable",
        "mark_usable",
        "exclude_from_training",
        "include_in_training",
        "read_with_model",
        "queue_training",
        "export_admin_action",
    ],
)
def test_whoever_may_only_look_does_none_of_it(client, network, glyphs, action):
    vera = User.objects.create_user("vera", is_staff=True)
    vera.user_permissions.add(Permission.objects.get(codename="view_glyph"))
    client.force_login(vera)
    before = list(Glyph.objects.values())

    answer = client.post(LIST, {"action": action, "_selected_action": [glyphs[0].pk], "kind": "cnn"}, follow=True)

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")
    assert list(Glyph.objects.values()) == before
    assert Prediction.objects.count() == 4


def test_reviewing_needs_no_right_to_change(client, glyphs):
    rita = User.objects.create_user("rita", is_staff=True)
    rita.user_permissions.add(*Permission.objects.filter(codename__in=["view_glyph", "review_glyph"]))
    client.force_login(rita)

    assert run(client, "confirm_prediction", glyphs[0]) == ["1 label written."]
