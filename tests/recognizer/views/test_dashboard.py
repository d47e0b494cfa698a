"""How well the site reads, for staff: `/dashboard/`, `/dashboard/confusion/<label>/<answer>/`."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recognizer.models import Glyph, LabelEvent, ModelVersion, Picture, Prediction
from tests.recognizer.rows import glyph_fields, make_version, prediction_fields

PAGES = ["/dashboard/", "/dashboard/confusion/7/1/"]


@pytest.fixture
def version(db) -> ModelVersion:
    return make_version()


@pytest.fixture
def staff(db, client) -> User:
    user = User.objects.create_user("owner", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_glyph"))
    client.force_login(user)
    return user


def add_marks(
    version, n: int, answer: int = 7, label: int | None = None, *, where: str = "page", **fields
) -> list[Glyph]:
    """Store n marks, each on a picture of its own, that the version took for `answer`; all in a few queries."""
    now = timezone.now()
    said = prediction_fields(answer % 10, verdict="not_a_digit" if answer == 10 else "digit") | fields
    is_sample = said.pop("is_sample", False)
    visitor = "00000000-0000-4000-8000-000000000000"
    pictures = Picture.objects.bulk_create(
        Picture(visitor=visitor, source="draw", thumbnail=b"", width=9, height=9, model_version=version)
        for _ in range(n)
    )
    labelled_at = now if label is not None else None
    given = glyph_fields(is_sample=is_sample, label=label, labelled_at=labelled_at, position=0)
    glyphs = Glyph.objects.bulk_create(Glyph(picture=picture, **given) for picture in pictures)
    Prediction.objects.bulk_create(Prediction(glyph=glyph, model_version=version, **said) for glyph in glyphs)
    if label is not None:
        LabelEvent.objects.bulk_create(LabelEvent(glyph=glyph, new=label, where=where) for glyph in glyphs)
    return glyphs


def words_of(answer) -> str:
    """Return what a page says, without its markup and with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


# Who may see it


@pytest.mark.parametrize("address", PAGES)
def test_who_is_not_logged_in_is_asked_to(client, version, address):
    answer = client.get(address)

    assert answer.status_code == 302
    assert answer["Location"] == f"/account/login/?next={address}"


@pytest.mark.parametrize("address", PAGES)
def test_everybody_but_staff_is_refused(client, version, address):
    client.force_login(User.objects.create_user("somebody"))

    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", PAGES)
def test_staff_who_may_look_at_marks_sees_both_pages(client, staff, version, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_staff_who_may_not_look_at_marks_sees_the_counts_alone(client, staff, version):
    staff.user_permissions.clear()
    add_marks(version, 3, 1, label=7)

    page = client.get("/dashboard/").content.decode()

    assert "/dashboard/confusion/" not in page
    assert client.get("/dashboard/confusion/7/1/").status_code == 403


# The figures


def test_the_unbiased_accuracy_stands_beside_that_of_all_labelled(client, staff, version):
    add_marks(version, 8, label=7, where="review", is_sample=True)
    add_marks(version, 2, label=1, where="review", is_sample=True)
    add_marks(version, 30, label=1)
    add_marks(version, 5, label=1, is_sample=True)  # owners labelled them before the queue came so far

    words = words_of(client.get("/dashboard/"))

    assert "of the random sample 80.0 % The true share lies within 49.0–94.3 %" in words
    assert "8 of 10 marks were right" in words
    assert "of all labelled 17.8 % 8 of 45" in words
    assert "active 80.0 % 49.0–94.3 % 8 of 10 17.8 %" in words


def test_without_labels_there_is_no_accuracy_rather_than_none_right(client, staff, version):
    add_marks(version, 3)

    answer = client.get("/dashboard/")

    words = words_of(answer)
    assert "Read right, of the random sample No labels yet" in words
    assert "active no labels yet no labels yet" in words
    assert "Read right, of all labelled No labels yet" in words
    assert "What was taken for what" not in words
    assert 'aria-labelledby="calibration-title"' not in answer.content.decode()


def test_labels_beside_the_sample_make_no_unbiased_accuracy(client, staff, version):
    add_marks(version, 3, label=7)

    words = words_of(client.get("/dashboard/"))

    assert "Read right, of the random sample No labels yet" in words
    assert "Read right, of all labelled 100.0 % 3 of 3" in words
    assert "active no labels yet 100.0 %" in words


def test_before_anything_was_read_every_part_says_so(client, staff, version):
    words = words_of(client.get("/dashboard/"))

    assert words.count("Nothing read in 30 days") == 3
    assert "No digit read in 30 days." in words
    assert words.count("None in 30 days.") == 2


def test_without_a_model_it_says_how_to_mend_it(client, staff, db):
    words = words_of(client.get("/dashboard/"))

    assert "python manage.py register_models" in words
    assert "Model version" not in words


def test_rates_and_days_are_told_in_tables(client, staff, version):
    add_marks(version, 6)
    add_marks(version, 3, verdict="unsure", confidence=0.6)
    add_marks(version, 1, 10)
    yesterday = timezone.now() - timedelta(days=1)
    add_marks(version, 4, label=7)
    Prediction.objects.filter(glyph__label=7).update(created=yesterday)
    Picture.objects.filter(glyphs__label=7).update(created=yesterday)

    words = words_of(client.get("/dashboard/"))

    today, before = (f"{day.day} {day:%B %Y}" for day in (timezone.now(), yesterday))
    assert "Unsure 21.4 % of 14 marks in 30 days" in words
    assert "Not a digit 7.1 % of 14 marks in 30 days" in words
    assert f"Day Marks Unsure Not a digit {today} 10 30.0 % 10.0 % {before} 4 0.0 % 0.0 %" in words
    assert f"Day Digits Mean confidence {today} 9 86.1 % {before} 4 99.1 %" in words
    assert f"Day Pictures read {today} 10 {before} 4" in words
    assert f"Day Marks labelled {today} 4" in words


def test_charts_are_named_described_and_without_any_style_or_script(client, staff, version):
    add_marks(version, 3, label=7, where="review", is_sample=True)

    content = client.get("/dashboard/").content.decode()

    names = re.findall(r'<svg[^>]* role="img" aria-labelledby="([a-z-]+)" aria-describedby="([a-z-]+)"', content)
    assert len(names) == 5
    for title, description in names:
        assert re.search(rf'<title id="{title}">[^<]+</title>', content)
        assert re.search(rf'<desc id="{description}">[^<]+</desc>', content)
    assert content.count("The same as a table") == 5
    assert " style=" not in content
    assert re.findall(r"<script(?![^>]*theme\.js)", content) == []


# Which version


def test_the_active_cnn_is_shown_unless_another_is_asked_for(client, staff, version):
    other = make_version(kind="mlp", version="old", state="retired")
    add_marks(version, 4, label=7)
    add_marks(other, 5, label=1)

    default, asked = client.get("/dashboard/"), client.get("/dashboard/", {"version": other.pk})

    assert "of all labelled 100.0 % 4 of 4" in words_of(default)
    assert "of all labelled 0.0 % 0 of 5" in words_of(asked)
    assert f'<option value="{other.pk}" selected>' in asked.content.decode()
    for answer in (default, asked):
        assert "Convolutional network 1 active no labels yet 100.0 %" in words_of(answer)
        assert "Keras MLP old retired no labels yet 0.0 %" in words_of(answer)


def test_a_version_that_never_answered_is_not_offered(client, staff, version):
    silent = make_version(kind="mlp", version="silent")
    glyph = add_marks(version, 1)[0]
    Prediction.objects.create(glyph=glyph, model_version=silent, **prediction_fields(is_primary=False))

    assert "silent" not in words_of(client.get("/dashboard/"))
    assert client.get("/dashboard/", {"version": silent.pk}).status_code == 404


@pytest.mark.parametrize("asked", ["999", "cnn", "0x1", "-1", "1;2", "٣"])
def test_an_unknown_version_is_not_found(client, staff, version, asked):
    assert client.get("/dashboard/", {"version": asked}).status_code == 404
    assert client.get("/dashboard/confusion/7/1/", {"version": asked}).status_code == 404


# Behind a number


def test_every_number_of_the_confusion_table_opens_the_marks_behind_it(client, staff, version):
    expected = {(7, 7): 2, (1, 7): 3, (7, 10): 1, (10, 4): 1}
    for (label, answer), n in expected.items():
        add_marks(version, n, answer, label=label)

    content = client.get("/dashboard/").content.decode()

    cells = re.findall(r'<a href="(/dashboard/confusion/(\d+)/(\d+)/\?version=\d+)">([\d,]+)</a>', content)
    assert {(int(label), int(answer)): int(n) for _, label, answer, n in cells} == expected
    for address, label, answer, n in cells:
        assert client.get(address).content.decode().count("<figure>") == expected[int(label), int(answer)] == int(n)


def test_a_mark_is_shown_with_what_was_read_and_what_people_say(client, staff, version):
    add_marks(version, 1, 1, label=7, verdict="unsure", confidence=0.62, runner_up=7)
    add_marks(version, 1, 10, label=7, none_probability=0.83)
    other = make_version(kind="mlp", version="2")
    add_marks(other, 1, 1, label=7)

    as_one, as_none = (client.get(f"/dashboard/confusion/7/{answer}/") for answer in (1, 10))

    assert "1 mark that people labelled 7 and Convolutional network 1 took for 1" in words_of(as_one)
    assert "1 or 7? , 62.0 % sure labelled 7" in words_of(as_one)
    assert "not a digit , 83.0 % sure labelled 7" in words_of(as_none)
    assert as_one.content.decode().count("data:image/png;base64,") == 1


def test_the_picture_in_the_admin_is_a_link_for_who_may_open_it(client, staff, version):
    (glyph,) = add_marks(version, 1, 1, label=7)
    address = f"/admin/recognizer/picture/{glyph.picture_id}/change/"

    before = client.get("/dashboard/confusion/7/1/").content.decode()
    staff.user_permissions.add(Permission.objects.get(codename="view_picture"))
    after = client.get("/dashboard/confusion/7/1/").content.decode()

    assert address not in before
    assert f'href="{address}"' in after
    assert client.get(address).status_code == 200


def test_many_marks_are_paged_the_surest_first(client, staff, version):
    add_marks(version, 50, 1, label=7, confidence=0.9)
    add_marks(version, 1, 1, label=7, confidence=0.8)
    address = f"/dashboard/confusion/7/1/?version={version.pk}"

    first, second, beyond = (client.get(f"{address}&page={page}") for page in (1, 2, 99))

    assert first.content.decode().count("<figure>") == 48
    assert second.content.decode().count("<figure>") == 3
    assert words_of(second).index("90.0 % sure") < words_of(second).index("80.0 % sure")
    assert f'href="?version={version.pk}&amp;page=2"' in first.content.decode()
    assert f'href="?version={version.pk}&amp;page=1"' in second.content.decode()
    assert words_of(beyond) == words_of(second)


def test_an_empty_cell_says_so(client, staff, version):
    assert "took no mark labelled not a digit for 3" in words_of(client.get("/dashboard/confusion/10/3/"))


@pytest.mark.parametrize("cell", ["11/1", "1/11", "a/1", "-1/1"])
def test_a_cell_that_there_is_not_is_not_found(client, staff, version, cell):
    assert client.get(f"/dashboard/confusion/{cell}/").status_code == 404


# What it costs


def test_the_number_of_queries_does_not_grow(client, staff, version):
    others = [make_version(kind="mlp", version=str(number), state="retired") for number in range(3)]
    add_marks(version, 3, 1, label=7, where="review", is_sample=True)
    few = {address: queries_of(client, address) for address in PAGES}

    add_marks(version, 300, 1, label=7, where="review", is_sample=True)
    for row, other in enumerate(others):
        add_marks(other, 30, row, label=row)
    many = {address: queries_of(client, address) for address in PAGES}

    assert few == many == {"/dashboard/": 11, "/dashboard/confusion/7/1/": 9}
