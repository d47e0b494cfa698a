"""The review queue as a reviewer works it: `/review/`, by forms alone and as a script does."""

import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recognizer.labels import NOT_A_DIGIT
from recognizer.learning import review
from recognizer.models import Glyph, LabelEvent, Picture, Prediction, ReviewLease
from recognizer.owners import Owner
from recognizer.recognition import recognize
from recognizer.views import review as view
from tests.pictures import png_of
from tests.recognizer.rows import make_picture, make_version

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _no_sample_is_due(monkeypatch):
    monkeypatch.setattr(review, "is_sample_due", lambda: False)


@pytest.fixture
def version(db):
    return make_version()


def make_reviewer(name: str) -> User:
    user = User.objects.create_user(name)
    user.user_permissions.add(Permission.objects.get(codename="review_glyph"))
    return user


@pytest.fixture
def rita(client, db) -> User:
    """Log the test client in as a reviewer."""
    user = make_reviewer("rita")
    client.force_login(user)
    return user


@pytest.fixture
def bob(db) -> User:
    return make_reviewer("bob")


@pytest.fixture
def bobs_client(bob) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def make_glyph(version, margin: float = 0.5, *, is_sample: bool = False, verdict: str = "digit", **fields) -> Glyph:
    """Store a picture with one glyph, read as a 7, that waits in the queue."""
    glyph = make_picture(version, verdict=verdict, **fields).glyphs.get()
    Glyph.objects.filter(pk=glyph.pk).update(margin=margin, is_sample=is_sample)
    return Glyph.objects.get(pk=glyph.pk)


def shown_in(html: str) -> int | None:
    """Return the id of the glyph that a page or an item shows."""
    found = re.search(r'data-glyph="(\d+)"', html)
    return int(found[1]) if found else None


def page_of(client) -> str:
    return client.get("/review/").content.decode()


def fields_of(html: str) -> dict[str, str]:
    """Return the hidden fields of the form, as a browser sends them."""
    form = html[html.index('action="/review/answer/"') : html.index("</form>", html.index('action="/review/answer/"'))]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)"', form))


def give(client, answer: str, page: str | None = None, **fields):
    """Press a button of the page and return the answer."""
    page = page_of(client) if page is None else page
    return client.post("/review/answer/", fields_of(page) | {"answer": answer} | fields)


def tell(client, answer: str, shown: int | str = "", page: str | None = None) -> dict:
    """Answer as the script does, which shows another item meanwhile."""
    data = fields_of(page or page_of(client)) | {"answer": answer, "shown": shown}
    return client.post("/review/answer/", data, headers=JSON).json()


# Who may


ADDRESSES = [("get", "/review/"), ("get", "/review/next/"), ("post", "/review/answer/"), ("post", "/review/undo/")]
ADDRESSES += [("post", "/review/hide/"), ("post", "/review/unskip/")]


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_only_reviewers_come_in(client, db, method, address):
    ask = getattr(client, method)
    assert ask(address).url == f"/account/login/?next={address}"

    client.force_login(User.objects.create_user("nobody", is_staff=True))
    answer = ask(address)

    assert answer.status_code == 403
    assert "right to it" in answer.content.decode()


@pytest.mark.parametrize("address", ["/review/answer/", "/review/undo/", "/review/hide/", "/review/unskip/"])
def test_what_changes_something_refuses_to_be_got(client, rita, address):
    assert client.get(address).status_code == 405


def test_a_form_without_its_token_is_refused(version, rita):
    glyph, client = make_glyph(version), Client(enforce_csrf_checks=True)
    client.force_login(rita)

    assert client.post("/review/answer/", {"glyph": glyph.pk, "answer": "3"}).status_code == 403
    assert Glyph.objects.get().label is None


def test_a_superuser_comes_in(admin_client, version):
    assert shown_in(page_of(admin_client)) is None
    make_glyph(version)
    assert shown_in(page_of(admin_client)) is not None


# The page


def test_it_shows_the_least_sure_with_where_it_comes_from(client, version, rita):
    make_glyph(version, 0.9)
    glyph = make_glyph(version, 0.1, verdict="unsure", source="upload", name="bill.png")

    page = page_of(client)

    assert shown_in(page) == glyph.pk
    assert f'href="/review/p/{glyph.picture_id}/image/"' in page
    assert "7?" in page
    assert "uploaded, bill.png" in page
    assert "Convolutional network 1" in page
    assert page.count("<meter") == 11
    assert re.search(r"<strong>2</strong> left, <strong>0</strong> done today", page)
    assert "Drawn at random" not in page


def test_a_glyph_of_the_random_sample_is_marked_so(client, version, rita):
    make_glyph(version, is_sample=True)

    page = page_of(client)

    assert "Drawn at random" in page
    assert "the figures hold for all" in page[: page.index('id="review-keys"')]


def test_every_button_tells_its_key(client, version, rita):
    make_glyph(version)

    page = page_of(client)

    keys = re.findall(r'<button class="review-button[^>]*aria-keyshortcuts="(\w+)"', page)
    assert keys == [*"0123456789", "Space", "X", "U", "S", "Z"]
    for key in ("Space", "X", "U", "S", "Z"):
        assert page.count(f"<kbd>{key}</kbd>") == 2  # on the button and in the list of keys


def test_it_asks_the_same_number_of_questions_however_many_wait(client, version, rita, bob):
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/review/").status_code == 200
        return len(queries)

    make_glyph(version)
    page_of(client)
    few = count_queries()
    Glyph.objects.filter(picture=make_picture(version, digits="7" * 50)).update(margin=0.01)
    review.hold(bob, 20)
    for _ in range(10):
        give(client, "3")
    page_of(client)

    assert count_queries() == few <= 20


def test_nothing_left_is_said(client, rita):
    page = page_of(client)

    assert "Nothing is left" in page
    assert "<strong>0</strong> left" in page


def test_what_others_have_before_them_is_told_from_nothing(client, version, rita, bob):
    make_glyph(version)
    review.hold(bob)

    page = page_of(client)

    assert "Nothing for you now" in page
    assert "1 mark still waits" in page


# Answers


@pytest.mark.parametrize(
    ("answer", "state", "said"),
    [
        ("0", (0, True), "Written: 0."),
        ("9", (9, True), "Written: 9."),
        ("accept", (7, True), "Written: 7."),
        ("not_a_digit", (NOT_A_DIGIT, True), "Written: not a digit."),
        ("unusable", (None, False), "Written: unusable."),
    ],
)
def test_a_button_writes_and_the_next_one_comes(client, version, rita, answer, state, said):
    first, second = make_glyph(version, 0.1), make_glyph(version, 0.2)

    reply = give(client, answer)

    assert (reply.status_code, reply.url) == (302, "/review/")
    page = page_of(client)
    assert said in page
    assert shown_in(page) == second.pk
    assert "<strong>1</strong> left, <strong>1</strong> done today" in page
    first.refresh_from_db()
    assert (first.label, first.is_usable) == state
    assert list(LabelEvent.objects.values_list("user__username", "where")) == [("rita", "review")]


def test_what_was_answered_yesterday_does_not_count_today(client, version, rita):
    make_glyph(version)
    give(client, "1")
    LabelEvent.objects.update(created=timezone.now() - timedelta(days=1))

    assert "<strong>0</strong> done today" in page_of(client)


def test_a_skipped_one_does_not_come_back_but_goes_to_others(client, version, rita, bobs_client):
    first, second = make_glyph(version, 0.1), make_glyph(version, 0.2)

    give(client, "skip")

    assert shown_in(page_of(bobs_client)) == first.pk
    assert shown_in(page_of(client)) == second.pk
    assert not LabelEvent.objects.exists()
    give(client, "skip")
    assert "you skipped" in page_of(client)


def test_a_skipped_one_comes_back_after_an_hour_or_when_asked_for(client, version, rita, monkeypatch):
    glyph = make_glyph(version)
    give(client, "skip")
    assert shown_in(page_of(client)) is None

    client.post("/review/unskip/")
    assert shown_in(page_of(client)) == glyph.pk

    give(client, "skip")
    monkeypatch.setattr(view, "SKIPPED_FOR_SECONDS", 0)
    assert shown_in(page_of(client)) == glyph.pk


def test_what_is_remembered_of_skips_is_bounded(client, version, rita, monkeypatch):
    monkeypatch.setattr(view, "MOST_SKIPPED", 2)
    glyphs = [make_glyph(version, margin) for margin in (0.1, 0.2, 0.3)]

    for _ in glyphs:
        give(client, "skip")

    assert shown_in(page_of(client)) == glyphs[0].pk


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [("3", "labelled it 3"), ("not_a_digit", "labelled it not a digit"), ("unusable", "unusable")],
)
def test_a_lost_update_is_told_and_not_swallowed(client, version, rita, bob, meanwhile, told):
    make_glyph(version, 0.1)
    next_one, page = make_glyph(version, 0.2), page_of(client)
    review.write(Glyph.objects.get(margin=0.1), meanwhile, user=bob)

    give(client, "5", page)

    page = page_of(client)
    assert "Your answer to the mark before was not written" in page
    assert told in page
    assert shown_in(page) == next_one.pk
    assert not Glyph.objects.filter(label=5).exists()


def test_a_label_that_was_taken_back_again_is_a_lost_update_to_who_saw_it(client, version, rita):
    make_glyph(version)

    give(client, "5", label="3")

    assert "someone else has changed it meanwhile" in page_of(client)
    assert Glyph.objects.get().label is None


def test_an_answer_to_a_deleted_picture_is_told(client, version, rita):
    make_glyph(version)
    page = page_of(client)
    Picture.objects.all().delete()

    give(client, "5", page)

    assert "its picture has been deleted" in page_of(client)


@pytest.mark.usefixtures("vanishing_pictures")
def test_a_picture_that_is_deleted_in_this_moment_is_told(client, version, rita):
    make_glyph(version)

    give(client, "5")

    assert "its picture has been deleted" in page_of(client)


def test_a_reading_that_has_changed_is_not_accepted(client, version, rita):
    glyph = make_glyph(version)
    page = page_of(client)
    Prediction.objects.update(digit=1, runner_up=2)

    give(client, "accept", page)

    page = page_of(client)
    assert "read anew" in page
    assert shown_in(page) == glyph.pk
    assert "Accept 1" in page
    assert Glyph.objects.get().label is None


def test_an_answer_of_a_lost_lease_counts_while_nothing_has_changed(client, version, rita, bobs_client):
    glyph, page = make_glyph(version), page_of(client)
    ReviewLease.objects.update(until=timezone.now())
    assert shown_in(page_of(bobs_client)) == glyph.pk

    give(client, "5", page)

    assert Glyph.objects.get().label == 5
    assert "Written: 5." in page_of(client)


@pytest.mark.parametrize(
    "fields",
    [{"answer": "10"}, {"answer": ""}, {"answer": "seven"}, {"glyph": "x"}, {"label": "11"}, {"is_usable": "maybe"}],
)
def test_what_is_no_answer_changes_nothing_and_is_told(client, version, rita, fields):
    make_glyph(version)

    give(client, **({"answer": "5"} | fields))

    assert "This is no answer." in page_of(client)
    assert not LabelEvent.objects.exists()


@pytest.mark.parametrize("glyph", ["0", "-1", "9" * 30])
def test_a_glyph_that_there_is_not_is_no_fault(client, rita, glyph):
    assert client.post("/review/answer/", {"glyph": glyph, "answer": "5", "shown": "9" * 30}).status_code == 302
    assert client.post("/review/answer/", {"glyph": glyph, "answer": "skip"}).status_code == 302
    assert client.get("/review/next/", {"shown": "9" * 5000}).status_code == 200
    assert client.get("/review/").status_code == 200


# Undo


def test_undo_takes_the_answer_back_and_shows_the_glyph_again(client, version, rita):
    first = make_glyph(version, 0.1)
    make_glyph(version, 0.2)
    give(client, "5")
    page_of(client)

    reply = client.post("/review/undo/")

    page = page_of(client)
    assert reply.url == "/review/"
    assert "Taken back" in page
    assert shown_in(page) == first.pk
    assert "<strong>0</strong> done today" in page
    assert list(LabelEvent.objects.order_by("id").values_list("old", "new", "where")) == [
        (None, 5, "review"),
        (5, None, "review"),
    ]


def test_undo_of_a_skip_shows_it_again_and_the_next_undo_the_one_before(client, version, rita):
    first, second = make_glyph(version, 0.1), make_glyph(version, 0.2)
    make_glyph(version, 0.3)
    give(client, "5")
    give(client, "skip")

    client.post("/review/undo/")
    assert shown_in(page_of(client)) == second.pk
    assert Glyph.objects.get(pk=first.pk).label == 5

    client.post("/review/undo/")
    assert shown_in(page_of(client)) == first.pk
    assert Glyph.objects.get(pk=first.pk).label is None


def test_undo_says_why_not(client, version, rita, bob):
    client.post("/review/undo/")
    assert "no answer of yours" in page_of(client)

    glyph = make_glyph(version)
    give(client, "5")
    glyph.set_label(6, owner=Owner(user=bob), where="admin")
    client.post("/review/undo/")
    assert "someone else has changed the mark since" in page_of(client)
    assert Glyph.objects.get().label == 6


def test_undo_goes_on_before_an_answer_that_cannot_be_taken_back(client, version, rita, bob):
    first, second = make_glyph(version, 0.1), make_glyph(version, 0.2)
    give(client, "5")
    give(client, "5")
    second.set_label(6, owner=Owner(user=bob), where="admin")

    client.post("/review/undo/")
    assert "someone else has changed the mark since" in page_of(client)
    client.post("/review/undo/")

    assert shown_in(page_of(client)) == first.pk
    assert list(Glyph.objects.order_by("pk").values_list("label", flat=True)) == [None, 6]


def test_undo_of_a_skip_that_another_reviewer_has_now_says_so(client, version, rita, bob):
    make_glyph(version)
    give(client, "skip")
    review.hold(bob)

    client.post("/review/undo/")

    assert "before someone else now" in page_of(client)
    assert ReviewLease.objects.get().user == bob


# What the model says can be hidden


def test_what_the_model_says_stays_hidden_once_it_was(client, version, rita):
    make_glyph(version)
    assert re.search(r"<review-queue[^>]* hides", page_of(client)) is None

    assert client.post("/review/hide/", {"hides": "1"}).url == "/review/"
    assert re.search(r"<review-queue[^>]* hides", page_of(client))

    assert client.post("/review/hide/", {"hides": "0"}, headers=JSON).status_code == 204
    assert re.search(r"<review-queue[^>]* hides", page_of(client)) is None


# As the script asks


def test_the_next_item_is_told_and_leased_before_it_is_shown(client, version, rita, bobs_client):
    first, second, third = (make_glyph(version, margin) for margin in (0.1, 0.2, 0.3))
    page_of(client)

    told = client.get("/review/next/", {"shown": first.pk}, headers=JSON).json()

    assert shown_in(told["item"]) == second.pk
    assert fields_of(told["item"])["glyph"] == str(second.pk)
    assert shown_in(page_of(bobs_client)) == third.pk
    assert shown_in(page_of(client)) == first.pk


def test_an_answer_brings_the_item_after_the_one_that_is_shown_meanwhile(client, version, rita):
    first, second, third = (make_glyph(version, margin) for margin in (0.1, 0.2, 0.3))
    page = page_of(client)
    client.get("/review/next/", {"shown": first.pk})

    told = tell(client, "5", shown=second.pk, page=page)

    assert (told["level"], told["message"]) == ("success", "Written: 5.")
    assert "<strong>2</strong> left, <strong>1</strong> done today" in told["progress"]
    assert shown_in(told["item"]) == third.pk
    assert shown_in(page_of(client)) == second.pk


def test_a_script_too_is_told_of_a_lost_update(client, version, rita, bob):
    make_glyph(version)
    page = page_of(client)
    review.write(Glyph.objects.get(), "3", user=bob)

    told = tell(client, "5", page=page)

    assert told["level"] == "warning"
    assert "labelled it 3 meanwhile" in told["message"]
    assert "Nothing is left" in told["item"]


def test_a_script_gets_the_glyph_whose_answer_was_taken_back(client, version, rita):
    first, second = make_glyph(version, 0.1), make_glyph(version, 0.2)
    give(client, "5")
    page_of(client)

    told = client.post("/review/undo/", headers=JSON).json()
    again = client.post("/review/undo/", headers=JSON).json()

    assert shown_in(told["item"]) == first.pk
    assert (told["level"], "item" in again, again["level"]) == ("success", False, "warning")
    assert shown_in(client.get("/review/next/", {"shown": first.pk}).json()["item"]) == second.pk


# The pictures


@pytest.fixture
def others_picture(network):
    return recognize(png_of("7"), owner=Owner(visitor=uuid.uuid4()), source="draw")


@pytest.mark.parametrize("file", ["image", "thumbnail"])
def test_a_reviewer_sees_anybodys_picture_as_its_owner_does(client, others_picture, rita, file):
    address = f"/review/p/{others_picture.pk}/{file}/"

    answer = client.get(address)

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["ETag"] == f'"{others_picture.sha256}"'
    assert b"".join(answer).startswith(b"\x89PNG")
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(f"/p/{others_picture.pk}/{file}/").status_code == 404


@pytest.mark.parametrize("file", ["image", "thumbnail"])
def test_nobody_else_sees_a_picture_by_the_reviewers_address(client, others_picture, file):
    address = f"/review/p/{others_picture.pk}/{file}/"
    headers = {"If-None-Match": f'"{others_picture.sha256}"'}
    assert client.get(address, headers=headers).status_code == 302

    client.force_login(User.objects.create_user("nobody"))

    assert client.get(address, headers=headers).status_code == 403


@pytest.mark.parametrize("file", ["image", "thumbnail"])
def test_a_picture_that_there_is_not_is_not_there(client, rita, file):
    assert client.get(f"/review/p/{uuid.uuid4()}/{file}/").status_code == 404


def test_a_missing_file_is_not_there_rather_than_a_fault(client, others_picture, rita):
    others_picture.image.storage.delete(others_picture.image.name)

    assert client.get(f"/review/p/{others_picture.pk}/image/").status_code == 404
    assert client.get("/review/").status_code == 200
