"""Glyphs in the admin: seen, found and corrected."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recognizer.labels import NOT_A_DIGIT
from recognizer.models import Glyph, LabelEvent, ModelVersion, Picture, Prediction
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.pictures import png_of
from tests.recognizer.rows import make_picture, make_version

LIST = "/admin/recognizer/glyph/"


def shown(client, query: str = "") -> set[int]:
    """Return the ids of the glyphs in the list."""
    answer = client.get(LIST + query)
    assert answer.status_code == 200
    return {glyph.pk for glyph in answer.context["cl"].result_list}


def open_list(client, query: str = "") -> dict[str, str]:
    """Open the list and return its form as a browser would send it unchanged."""
    formset = client.get(LIST + query).context["cl"].formset
    form = {f"form-{name}": value for name, value in formset.management_form.initial.items()} | {"_save": "Save"}
    for row in formset.forms:
        label = "" if row.instance.label is None else row.instance.label
        assert f'name="{row["label"].html_initial_name}"' in str(row["label"])
        form |= {row["id"].html_name: row.instance.pk}
        form |= {row["label"].html_name: label, row["label"].html_initial_name: label}
    return form


def change(form: dict[str, str], labels: dict[int, str]) -> dict[str, str]:
    """Return the form with these labels chosen in it, by the ids of the glyphs."""
    rows = {pk: name.removesuffix("-id") for name, pk in form.items() if name.endswith("-id")}
    return form | {f"{rows[pk]}-label": label for pk, label in labels.items()}


def save_list(client, labels: dict[int, str], query: str = ""):
    """Open the list, choose these labels and save it."""
    return client.post(LIST + query, change(open_list(client, query), labels))


def label_of(glyph: Glyph) -> int | None:
    return Glyph.objects.get(pk=glyph.pk).label


def test_the_list_shows_what_is_needed_to_judge(admin_client, network, visitor):
    network.says(4, runner_up=9)
    picture = recognize(png_of("4"), owner=visitor, source="draw")
    Picture.objects.update(created=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    answer = picture.glyphs.get().answer

    page = admin_client.get(LIST).content.decode()

    cells = dict(re.findall(r'<t[dh][^>]* class="field-(\w+)[^"]*"[^>]*>(.*?)</t[dh]>', page, re.DOTALL))
    assert 'src="data:image/png;base64,' in cells["thumbnail"]
    assert "4 or 9?" in cells["predicted"]
    assert f"{answer.confidence:.1%}".replace("%", " %") in cells["confidence"]
    assert f"9 ({answer.probabilities[9]:.1%}".replace("%", " %") in cells["runner_up"]
    assert '<select name="form-0-label"' in cells["label"]
    assert [cells["usable"], cells["excluded"]] == ["yes", "-"]
    assert "cnn stub" in cells["answered_by"]
    assert "2 January 2026, 03:04" in cells["when"]
    assert f'href="/admin/recognizer/picture/{picture.pk}/change/"' in cells["picture_link"]


def test_correcting_in_the_list_keeps_label_and_event_and_never_predicts(admin_client, admin_user, network, picture):
    glyph, before, calls = picture.glyphs.get(), list(Prediction.objects.values()), network.calls

    answer = save_list(admin_client, {glyph.pk: "1"})

    event = LabelEvent.objects.get()
    assert answer.status_code == 302
    assert label_of(glyph) == 1
    assert Glyph.objects.get().labelled_by == admin_user
    assert (event.glyph, event.old, event.new, event.user, event.where) == (glyph, None, 1, admin_user, "admin")
    assert list(Prediction.objects.values()) == before
    assert network.calls == calls
    assert Picture.objects.get().reading == "7"


def test_the_visitor_sees_the_correction(admin_client, client, picture):
    save_list(admin_client, {picture.glyphs.get().pk: "1"})

    page = client.get(f"/p/{picture.pk}/").content.decode()

    assert "Corrected by hand. The network read 7." in page


def test_only_what_was_changed_in_the_list_is_written(admin_client, db):
    version = make_version()
    one, two = (make_picture(version).glyphs.get() for _ in range(2))
    one.set_label(3, owner=Owner(visitor=one.picture.visitor), where="page")

    save_list(admin_client, {two.pk: "10", one.pk: "3"})

    assert (label_of(one), label_of(two)) == (3, NOT_A_DIGIT)
    assert list(LabelEvent.objects.order_by("id").values_list("glyph", "new")) == [(one.pk, 3), (two.pk, NOT_A_DIGIT)]


def test_a_list_that_was_open_for_long_overwrites_no_newer_label(admin_client, client, picture, other_picture):
    glyph, other = picture.glyphs.get(), other_picture.glyphs.get()
    form = open_list(admin_client)
    client.post(f"/p/{picture.pk}/label/", {"glyph": glyph.pk, "label": "1"})

    answer = admin_client.post(LIST, change(form, {other.pk: "3"}))

    assert answer.status_code == 302
    assert (label_of(glyph), label_of(other)) == (1, 3)
    assert list(LabelEvent.objects.order_by("id").values_list("glyph", "new")) == [(glyph.pk, 1), (other.pk, 3)]


def test_a_glyphs_page_that_was_open_for_long_overwrites_no_newer_label(admin_client, client, picture):
    glyph = picture.glyphs.get()
    page = admin_client.get(f"{LIST}{glyph.pk}/change/").content.decode()
    client.post(f"/p/{picture.pk}/label/", {"glyph": glyph.pk, "label": "1"})

    admin_client.post(f"{LIST}{glyph.pk}/change/", {"label": "", "initial-label": ""})

    assert 'name="initial-label"' in page
    assert label_of(glyph) == 1
    assert LabelEvent.objects.count() == 1


@pytest.mark.usefixtures("vanishing_pictures")
def test_a_glyph_that_is_deleted_meanwhile_is_told_of(admin_client, picture):
    save_list(admin_client, {picture.glyphs.get().pk: "1"})

    page = admin_client.get(LIST).content.decode()
    assert "was deleted meanwhile; its label is not kept." in page


def test_a_label_is_taken_back_in_the_list(admin_client, admin_user, db):
    glyph = make_picture(make_version()).glyphs.get()
    glyph.set_label(3, owner=Owner(user=admin_user), where="page")

    save_list(admin_client, {glyph.pk: ""})

    assert (label_of(glyph), Glyph.objects.get().labelled_at) == (None, None)
    assert LabelEvent.objects.first().new is None


@pytest.mark.parametrize("label", ["11", "-1", "seven"])
def test_what_is_no_label_is_refused_in_the_list(admin_client, db, label):
    glyph = make_picture(make_version()).glyphs.get()

    answer = save_list(admin_client, {glyph.pk: label})

    assert answer.status_code == 200
    assert label_of(glyph) is None
    assert not LabelEvent.objects.exists()


def test_the_glyphs_page_shows_prediction_and_changes(admin_client, admin_user, db):
    glyph = make_picture(make_version()).glyphs.get()
    glyph.set_label(3, owner=Owner(user=admin_user), where="page")

    page = admin_client.get(f"{LIST}{glyph.pk}/change/").content.decode()

    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", page, re.DOTALL)
    assert "99.1 %" in cells
    assert cells[-3:] == ["admin", "picture page", "no label → 3"]


def test_saving_the_glyphs_page_keeps_label_and_event_and_never_predicts(admin_client, network, picture):
    glyph, before, calls = picture.glyphs.get(), list(Prediction.objects.values()), network.calls

    answer = admin_client.post(f"{LIST}{glyph.pk}/change/", {"label": "2"})

    assert answer.status_code == 302
    assert label_of(glyph) == 2
    assert LabelEvent.objects.get().where == "admin"
    assert list(Prediction.objects.values()) == before
    assert network.calls == calls


def test_saving_the_glyphs_page_unchanged_writes_no_event(admin_client, picture):
    admin_client.post(f"{LIST}{picture.glyphs.get().pk}/change/", {"label": ""})

    assert not LabelEvent.objects.exists()


def test_nothing_but_the_label_can_be_changed(admin_client, picture):
    glyph = picture.glyphs.get()
    before = Glyph.objects.values().get()

    admin_client.post(f"{LIST}{glyph.pk}/change/", {"label": "", "x": 99, "position": 5, "pixels": "", "picture": ""})

    assert Glyph.objects.values().get() == before


@pytest.fixture
def various(db) -> dict[str, int]:
    """Store glyphs that differ in everything a filter asks for."""
    cnn, mlp, owner = make_version(), make_version("mlp"), Owner(user=User.objects.create_user("rita"))
    unlabelled = make_picture(cnn, digits="4").glyphs.get()
    right = make_picture(cnn, digits="5", source="upload").glyphs.get()
    wrong = make_picture(cnn, digits="6", verdict="unsure").glyphs.get()
    nothing = make_picture(mlp, digits="7", verdict="not_a_digit", source="api").glyphs.get()
    missed = make_picture(mlp, digits="8", verdict="not_a_digit").glyphs.get()
    for glyph, label in ((right, 5), (wrong, 0), (nothing, NOT_A_DIGIT), (missed, 8)):
        glyph.set_label(label, owner=owner, where="page")
    wrong.set_excluded(True, owner=owner, where="page")
    Glyph.objects.filter(pk=missed.pk).update(is_sample=True)
    Picture.objects.filter(glyphs=missed).update(created=datetime(2020, 1, 1, tzinfo=UTC))
    glyphs = {"unlabelled": unlabelled, "right": right, "wrong": wrong, "nothing": nothing, "missed": missed}
    # A second opinion, which is not what the reading was made of, is not what is filtered by.
    second = ModelVersion.objects.create(kind="numpy_mlp", version="1", folder="n", sha256="0" * 64)
    for glyph in glyphs.values():
        fields = Prediction.objects.filter(glyph=glyph).values().get()
        fields |= {"id": None, "model_version_id": second.pk, "is_primary": False, "digit": 1, "verdict": "digit"}
        Prediction.objects.create(**fields | {"runner_up": 2})
    return {name: glyph.pk for name, glyph in glyphs.items()}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"unlabelled", "right", "wrong", "nothing", "missed"}),
        ("?labelled=no", {"unlabelled"}),
        ("?labelled=right", {"right", "nothing"}),
        ("?labelled=wrong", {"wrong", "missed"}),
        ("?verdict=unsure", {"wrong"}),
        ("?verdict=digit", {"unlabelled", "right"}),
        ("?verdict=not_a_digit", {"nothing", "missed"}),
        ("?digit=4", {"unlabelled"}),
        ("?digit=1", set()),
        ("?is_usable__exact=0", set()),
        ("?is_usable__exact=1&is_excluded__exact=1", {"wrong"}),
        ("?is_sample__exact=1", {"missed"}),
        ("?model=mlp", {"nothing", "missed"}),
        ("?model=numpy_mlp", set()),
        ("?source=upload", {"right"}),
        ("?source=api", {"nothing"}),
        ("?picture__created__gte=2025-01-01T00:00Z", {"unlabelled", "right", "wrong", "nothing"}),
        ("?picture__created__lt=2025-01-01T00:00Z", {"missed"}),
        ("?labelled=wrong&verdict=unsure&model=cnn&digit=6&source=draw", {"wrong"}),
        ("?labelled=wrong&o=2", {"wrong", "missed"}),
        ("?o=3", {"unlabelled", "right", "wrong", "nothing", "missed"}),
    ],
)
def test_the_list_is_narrowed_by(admin_client, various, query, expected):
    assert shown(admin_client, query) == {various[name] for name in expected}


@pytest.mark.parametrize(
    "query",
    ["?labelled=maybe", "?verdict=sure", "?digit=99", "?digit=x", "?model=oracle", "?nothing=1", "?o=99", "?p=99"],
)
def test_garbage_in_the_query_string_is_no_fault(admin_client, various, query):
    assert admin_client.get(LIST + query).status_code in (200, 302)


def test_a_narrowed_list_can_be_corrected(admin_client, various):
    answer = save_list(admin_client, {various["unlabelled"]: "1"}, "?labelled=no&verdict=digit&digit=4")

    assert answer.status_code == 302
    assert Glyph.objects.get(pk=various["unlabelled"]).label == 1


def test_the_list_is_ordered_by_how_sure_the_reading_was_when_asked(admin_client, db):
    version = make_version()
    sure, unsure = (make_picture(version).glyphs.get() for _ in range(2))
    Glyph.objects.filter(pk=unsure.pk).update(margin=0.1)

    ascending = admin_client.get(LIST + "?o=3").context["cl"].result_list
    descending = admin_client.get(LIST + "?o=-3").context["cl"].result_list

    assert [glyph.pk for glyph in ascending] == [unsure.pk, sure.pk]
    assert [glyph.pk for glyph in descending] == [sure.pk, unsure.pk]


def test_it_asks_the_database_as_often_for_20_glyphs_as_for_3(admin_client, django_assert_num_queries):
    version = make_version()
    for _ in range(3):
        make_picture(version)
    with CaptureQueriesContext(connection) as few:
        assert len(shown(admin_client)) == 3

    for _ in range(17):
        make_picture(version)
    with django_assert_num_queries(len(few)):
        assert len(shown(admin_client)) == 20


def test_glyphs_are_neither_added_nor_deleted_by_hand(admin_client, picture):
    glyph = picture.glyphs.get()

    add, delete = admin_client.get(f"{LIST}add/"), admin_client.post(f"{LIST}{glyph.pk}/delete/", {"post": "yes"})
    action = {"action": "delete_selected", "_selected_action": [glyph.pk], "post": "yes"}
    admin_client.post(LIST, action)

    assert (add.status_code, delete.status_code) == (403, 403)
    assert Glyph.objects.get() == glyph


def test_staff_who_may_only_look_correct_nothing(client, db):
    glyph = make_picture(make_version()).glyphs.get()
    viewer = User.objects.create_user("vera", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_glyph"))
    client.force_login(viewer)

    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": glyph.pk, "form-0-label": "1", "_save": "Save"}
    client.post(LIST, form)
    client.post(f"{LIST}{glyph.pk}/change/", {"label": "1"})
    client.post(LIST, {"action": "confirm_prediction", "_selected_action": [glyph.pk]})

    assert shown(client) == {glyph.pk}
    assert label_of(glyph) is None
