"""The review queue: its order, its leases, answers and their undoing."""

import random
import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recognizer.labels import NOT_A_DIGIT
from recognizer.learning import review
from recognizer.learning.review import LEASE, hold, take, undo, write
from recognizer.models import Glyph, LabelConflictError, LabelEvent, Picture, Prediction, ReviewLease
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version


@pytest.fixture
def version(db):
    return make_version()


@pytest.fixture
def rita(db) -> User:
    return User.objects.create_user("rita")


@pytest.fixture
def bob(db) -> User:
    return User.objects.create_user("bob")


@pytest.fixture(autouse=True)
def _no_sample_is_due(monkeypatch):
    """Let no chance come into the order; what is drawn at random has tests of its own."""
    monkeypatch.setattr(review, "is_sample_due", lambda: False)


@pytest.fixture
def sample_is_due(monkeypatch):
    monkeypatch.setattr(review, "is_sample_due", lambda: True)


def make_glyph(version, margin: float = 0.5, *, is_sample: bool = False, digit: int = 7, **prediction) -> Glyph:
    """Store a picture with one glyph that waits in the queue."""
    glyph = make_picture(version, digits=str(digit)).glyphs.get()
    Glyph.objects.filter(pk=glyph.pk).update(margin=margin, is_sample=is_sample)
    Prediction.objects.filter(glyph=glyph).update(**prediction)
    return Glyph.objects.get(pk=glyph.pk)


def pass_time(by: timedelta = LEASE) -> None:
    """Let every lease be older than it is."""
    for lease in ReviewLease.objects.all():
        ReviewLease.objects.filter(pk=lease.pk).update(until=lease.until - by)


def order_for(user, count: int) -> list[Glyph]:
    """Return the glyphs in the order in which a reviewer who skips all of them gets them."""
    seen = []
    for _ in range(count):
        seen += hold(user, skipped=[glyph.pk for glyph in seen])
    return seen


def events_of(glyph: Glyph) -> list[tuple]:
    return list(glyph.label_events.order_by("id").values_list("what", "old", "new", "user__username", "where"))


# Which glyph is next


def test_the_least_sure_comes_first(version, rita):
    sure, unsure, middling = (make_glyph(version, margin) for margin in (0.9, 0.1, 0.5))

    assert order_for(rita, 4) == [unsure, middling, sure]


def test_of_the_random_sample_the_oldest_comes_first_however_sure(version, rita, sample_is_due):
    samples = [make_glyph(version, margin, is_sample=True) for margin in (0.9, 0.1, 0.5)]
    make_glyph(version, 0.0)

    assert order_for(rita, 3) == samples


def test_about_one_in_ten_is_drawn_from_the_sample(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(review, "random", random.Random(7))

    assert 900 < sum(review.is_sample_due() for _ in range(10_000)) < 1100


@pytest.mark.parametrize("is_sample", [True, False])
@pytest.mark.parametrize("is_due", [True, False])
def test_where_one_kind_is_used_up_the_other_comes(version, rita, monkeypatch, is_sample, is_due):
    monkeypatch.setattr(review, "is_sample_due", lambda: is_due)
    only = make_glyph(version, is_sample=is_sample)

    assert hold(rita) == [only]


def test_what_is_labelled_or_unusable_does_not_come(version, rita, bob):
    labelled, unusable = make_glyph(version), make_glyph(version, is_sample=True)
    labelled.set_label(3, owner=Owner(user=bob), where="admin")
    unusable.set_usable(False, owner=Owner(user=bob), where="admin")

    assert hold(rita) == []


def test_a_skipped_glyph_is_passed_over_and_left_to_others(version, rita, bob):
    first, second = make_glyph(version, 0.1), make_glyph(version, 0.2)
    hold(rita)

    assert hold(rita, skipped=[first.pk]) == [second]
    assert hold(bob) == [first]


@pytest.mark.parametrize(("is_sample", "index"), [(False, "glyph_review_least_sure"), (True, "glyph_review_sample")])
def test_the_next_one_is_found_by_its_index_without_sorting(version, is_sample, index):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by how many rows there are.")

    next_plan = review._free(is_sample, [5, 6]).values_list("pk")[:1].explain()
    count_plan = review._waiting(is_sample).values_list("pk").explain()

    assert f"INDEX {index}" in next_plan
    assert "TEMP B-TREE" not in next_plan
    assert f"INDEX {index}" in count_plan


def test_it_asks_the_same_number_of_questions_however_many_wait(version, rita, bob):
    def count_queries() -> int:
        ReviewLease.objects.filter(user=rita).delete()
        with CaptureQueriesContext(connection) as queries:
            assert len(hold(rita, 2)) == 2
        return len(queries)

    for margin in (0.1, 0.2, 0.3, 0.4):
        make_glyph(version, margin)
    few = count_queries()
    picture = make_picture(version, digits="7" * 40)
    Glyph.objects.filter(picture=picture).update(margin=0.05)
    hold(bob, 10)

    assert count_queries() == few <= 20


# Leases


def test_a_reviewer_who_reloads_gets_the_same_again(version, rita, monkeypatch):
    first = make_glyph(version, 0.5)
    assert hold(rita) == [first]
    make_glyph(version, 0.1)

    assert hold(rita) == [first]
    monkeypatch.setattr(review, "is_sample_due", lambda: True)
    assert hold(rita) == [first]


def test_another_reviewer_gets_neither_what_is_shown_nor_what_is_loaded(version, rita, bob):
    glyphs = [make_glyph(version, margin) for margin in (0.1, 0.2, 0.3)]

    assert hold(rita, 2) == glyphs[:2]
    assert hold(bob) == [glyphs[2]]
    assert hold(bob, 2) == [glyphs[2]]


def test_the_order_of_what_a_reviewer_has_lasts(version, rita):
    first, second, third = (make_glyph(version, margin) for margin in (0.1, 0.2, 0.3))

    assert hold(rita, 3) == [first, second, third]
    assert hold(rita, 2, first=second.pk) == [second, first]
    assert hold(rita, 3) == [second, first, third]
    assert hold(rita) == [second]


def test_a_lease_lasts_two_minutes_from_when_it_was_last_shown(version, rita, bob):
    make_glyph(version)
    before = timezone.now()
    hold(rita)
    pass_time(timedelta(minutes=1))

    hold(rita)

    assert ReviewLease.objects.get().until - before >= LEASE == timedelta(minutes=2)
    pass_time(timedelta(minutes=1, seconds=50))
    assert hold(bob) == []


def test_an_expired_lease_is_taken_over(version, rita, bob):
    glyph = make_glyph(version)
    hold(rita)
    pass_time()

    assert hold(bob) == [glyph]
    assert hold(rita) == []
    assert ReviewLease.objects.get().user == bob


def test_what_was_labelled_elsewhere_is_given_up(version, rita, bob):
    first, second = make_glyph(version, 0.1), make_glyph(version, 0.2)
    hold(rita)
    first.set_label(1, owner=Owner(user=bob), where="admin")

    assert hold(rita) == [second]
    assert ReviewLease.objects.get().glyph == second


def test_what_is_answered_in_the_moment_of_being_given_is_passed_over(version, rita, bob, monkeypatch):
    first, second = make_glyph(version, 0.1), make_glyph(version, 0.2)

    def take_late(user, pk):
        if pk == first.pk:
            first.set_label(1, owner=Owner(user=bob), where="page")
        return take(user, pk)

    monkeypatch.setattr(review, "take", take_late)

    assert hold(rita) == [second]


def test_the_loser_of_a_race_takes_the_next(version, rita, bob, monkeypatch):
    first, second = make_glyph(version, 0.1), make_glyph(version, 0.2)

    def take_second(user, pk):
        if pk == first.pk:
            take(bob, pk)  # between the question and the lease
        return take(user, pk)

    monkeypatch.setattr(review, "take", take_second)

    assert hold(rita) == [second]
    assert ReviewLease.objects.get(glyph=first).user == bob


@pytest.mark.django_db(transaction=True)
def test_what_is_deleted_in_the_moment_of_being_given_is_not_leased():
    rita, glyph = User.objects.create_user("rita"), make_glyph(make_version())
    Picture.objects.all().delete()

    assert not take(rita, glyph.pk)
    assert not ReviewLease.objects.exists()


@pytest.fixture
def database_file(transactional_db, tmp_path):
    """Put a database in a file, as a site has it, in the place of the tests' own in memory."""
    if connection.vendor != "sqlite":
        yield
        return
    memory, name, path = connection.connection, connection.settings_dict["NAME"], tmp_path / "db.sqlite3"
    connection.connection.execute("VACUUM INTO ?", [str(path)])
    connection.connection = None
    connection.settings_dict["NAME"] = str(path)
    yield
    connection.close()
    connection.settings_dict["NAME"] = name
    connection.connection = memory


@pytest.mark.parametrize("is_expired", [False, True])
def test_many_reviewers_at_once_never_get_the_same(database_file, is_expired):
    version = make_version()
    glyphs = [make_glyph(version, place / 100) for place in range(8)]
    reviewers = [User.objects.create_user(f"reviewer-{place}") for place in range(8)]
    if is_expired:
        hold(User.objects.create_user("gone"), 8)
        pass_time(2 * LEASE)
    barrier, held, errors = threading.Barrier(8), [], []

    def work(user):
        try:
            barrier.wait(10)
            held.extend(hold(user))
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(user,)) for user in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert errors == []
    assert sorted(glyph.pk for glyph in held) == [glyph.pk for glyph in glyphs]
    assert {lease.user for lease in ReviewLease.objects.select_related("user")} == set(reviewers)


# Answers


@pytest.mark.parametrize(("answer", "label"), [("0", 0), ("9", 9), ("not_a_digit", NOT_A_DIGIT), ("accept", 7)])
def test_an_answer_is_a_label_with_its_event(version, rita, answer, label):
    glyph = make_glyph(version)

    write(glyph, answer, user=rita)

    stored = Glyph.objects.get()
    assert (stored.label, stored.is_usable, stored.labelled_by) == (label, True, rita)
    assert events_of(stored) == [("label", None, label, "rita", "review")]


def test_accepting_what_is_no_digit_says_so(version, rita):
    glyph = make_glyph(version, verdict="not_a_digit")

    write(glyph, "accept", user=rita, read=NOT_A_DIGIT)

    assert Glyph.objects.get().label == NOT_A_DIGIT


def test_what_nobody_can_tell_is_unusable(version, rita):
    glyph = make_glyph(version)

    write(glyph, "unusable", user=rita)

    assert (Glyph.objects.get().label, Glyph.objects.get().is_usable) == (None, False)
    assert events_of(glyph) == [("unusable", None, None, "rita", "review")]


def test_a_reading_that_is_no_longer_the_one_shown_is_not_accepted(version, rita):
    glyph = make_glyph(version, digit=7)

    with pytest.raises(review.ReadAnewError):
        write(glyph, "accept", user=rita, read=1)

    assert Glyph.objects.get().label is None


@pytest.mark.parametrize("lost_to", ["3", "unusable"])
def test_a_lost_update_is_told_and_changes_nothing(version, rita, bob, lost_to):
    glyph = make_glyph(version)
    write(Glyph.objects.get(), lost_to, user=bob)
    before = Glyph.objects.values().get()

    with pytest.raises(LabelConflictError):
        write(glyph, "5", user=rita)

    assert Glyph.objects.values().get() == before
    assert (glyph.label, glyph.is_usable) == (before["label"], before["is_usable"])
    assert LabelEvent.objects.count() == 1


def test_the_same_from_someone_else_is_told_too(version, rita, bob):
    glyph = make_glyph(version)
    write(Glyph.objects.get(), "5", user=bob)

    with pytest.raises(LabelConflictError):
        write(glyph, "5", user=rita)


@pytest.mark.parametrize("answer", ["5", "unusable"])
def test_an_answer_that_is_sent_again_is_no_conflict(version, rita, answer):
    glyph = make_glyph(version)
    write(glyph, answer, user=rita)

    write(Glyph.objects.get(), answer, user=rita)

    assert LabelEvent.objects.count() == 1


def test_an_answer_counts_though_its_lease_is_lost(version, rita, bob):
    glyph = make_glyph(version)
    hold(rita)
    pass_time()
    hold(bob)

    write(glyph, "5", user=rita)

    assert Glyph.objects.get().label == 5
    assert hold(bob) == []


# Undo


@pytest.mark.parametrize(
    ("answer", "undone"),
    [("5", ("label", 5, None, "rita", "review")), ("unusable", ("usable", None, None, "rita", "review"))],
)
def test_undo_takes_an_answer_back_by_an_event_of_its_own(version, rita, answer, undone):
    glyph = make_glyph(version)
    write(glyph, answer, user=rita)

    assert undo(rita) == glyph

    stored = Glyph.objects.get()
    assert (stored.label, stored.is_usable) == (None, True)
    assert len(events_of(stored)) == 2
    assert events_of(stored)[1] == undone


@pytest.mark.parametrize(
    ("earlier", "shown", "answer"),
    [("3", (3, True), "5"), ("3", (3, True), "unusable"), ("unusable", (None, False), "5")],
)
def test_undo_brings_back_what_was_said_before(version, rita, bob, earlier, shown, answer):
    glyph = make_glyph(version)
    write(glyph, earlier, user=bob)
    write(glyph, answer, user=rita, expected=shown)

    undo(rita)

    assert (Glyph.objects.get().label, Glyph.objects.get().is_usable) == shown


def test_undo_again_goes_further_back(version, rita):
    first, second = make_glyph(version), make_glyph(version)
    write(first, "1", user=rita)
    write(second, "unusable", user=rita)

    assert [undo(rita), undo(rita)] == [second, first]
    with pytest.raises(review.NothingToUndoError):
        undo(rita)


def test_an_answer_after_undo_can_be_undone(version, rita):
    glyph = make_glyph(version)
    write(glyph, "1", user=rita)
    undo(rita)
    write(glyph, "2", user=rita)

    assert undo(rita) == glyph
    assert Glyph.objects.get().label is None
    assert [event[1:3] for event in events_of(glyph)] == [(None, 1), (1, None), (None, 2), (2, None)]


def test_undo_takes_back_only_ones_own_answers_in_the_queue(version, rita, bob):
    write(make_glyph(version), "1", user=bob)
    make_glyph(version).set_label(2, owner=Owner(user=rita), where="admin")

    with pytest.raises(review.NothingToUndoError):
        undo(rita)


def test_undo_leaves_what_someone_else_has_changed_since(version, rita, bob):
    glyph = make_glyph(version)
    write(glyph, "1", user=rita)
    glyph.set_label(2, owner=Owner(user=bob), where="admin")

    with pytest.raises(LabelConflictError):
        undo(rita)

    assert Glyph.objects.get().label == 2


# How far


def test_it_counts_what_is_left_and_what_a_reviewer_has_done(version, rita, bob):
    glyphs = [make_glyph(version, is_sample=is_sample) for is_sample in (True, False, False, False, True)]
    today = timezone.now() - timedelta(hours=1)
    write(glyphs[0], "1", user=rita)
    write(glyphs[1], "unusable", user=rita)
    write(glyphs[2], "1", user=rita)
    undo(rita)
    write(glyphs[3], "1", user=bob)
    LabelEvent.objects.filter(glyph=glyphs[0]).update(created=today - timedelta(days=1))

    assert review.count_left() == 2
    assert review.count_done(rita, today) == 1
    assert review.count_done(rita, today - timedelta(days=2)) == 2
    assert review.count_done(bob, today) == 1


def test_what_is_left_is_counted_only_as_far_as_it_tells(version, monkeypatch):
    monkeypatch.setattr(review, "COUNTED_UP_TO", 3)
    for is_sample in (True, False, False):
        make_glyph(version, is_sample=is_sample)
    assert str(review.count_left()) == "3"

    make_glyph(version, is_sample=True)

    assert str(review.count_left()) == "3+"
