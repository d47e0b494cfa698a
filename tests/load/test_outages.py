"""What `python -m tests.load.outages` makes of the answers."""

import pytest

from tests.load.outages import faults_of
from tests.load.probe import PAGES as ALL_PAGES
from tests.load.probe import WITHOUT_CACHE, WITHOUT_DATABASE, WITHOUT_NETWORK, Answer, Answers

KEPT = {"by page": Answer(302), "by API": Answer(201), "guess": Answer(200)}
AWAY = dict.fromkeys(KEPT, Answer(503, "5"))
PAGES = {"/": Answer(200), "/healthz": Answer(200)}


@pytest.mark.parametrize(
    ("readings", "pages", "is_refused", "faults"),
    [
        (KEPT, PAGES, False, 0),
        (AWAY, PAGES, True, 0),
        (AWAY | {"guess": Answer(200)}, PAGES, True, 0),
        (KEPT, PAGES, True, 2),  # both were acknowledged though nothing can be kept
        (AWAY, PAGES, False, 3),
        (KEPT, PAGES | {"/": Answer(503, "5")}, False, 1),
        (AWAY | {"by API": Answer(503)}, PAGES, True, 1),  # without Retry-After
        (AWAY | {"by page": Answer(500)}, PAGES, True, 1),
        (AWAY, PAGES | {"/": Answer(503, "5")}, True, 1),
        (AWAY, PAGES | {"/healthz": Answer(503, "5")}, True, 1),
    ],
)
def test_what_does_not_hold_during_an_outage_is_told(readings, pages, is_refused, faults):
    assert len(list(faults_of(Answers(readings, pages), is_refused=is_refused))) == faults


@pytest.mark.parametrize(
    ("page", "answer", "faults"),
    [
        ("/", Answer(200), 0),
        ("/", Answer(503, "5"), 0),
        ("/", Answer(503), 1),  # without Retry-After
        ("/", Answer(500), 1),
        ("/", Answer(), 1),  # nothing came back
        ("/healthz", Answer(503, "5"), 1),
    ],
)
def test_only_a_page_that_needs_what_is_away_may_tell_to_come_again(page, answer, faults):
    answers = Answers(AWAY, PAGES | {page: answer})

    assert len(list(faults_of(answers, is_refused=True, works=("/healthz",)))) == faults


@pytest.mark.parametrize("works", [WITHOUT_CACHE, WITHOUT_DATABASE, WITHOUT_NETWORK])
def test_what_has_to_work_is_some_of_what_is_asked_for(works):
    assert set(works) < set(ALL_PAGES)
    assert "/healthz" in works


def test_all_is_well_when_every_picture_is_kept_and_every_page_there():
    assert Answers(KEPT, PAGES).are_well
    assert not Answers(KEPT | {"by API": Answer(200)}, PAGES).are_well
    assert not Answers(KEPT | {"guess": Answer(503, "5")}, PAGES).are_well
    assert not Answers(KEPT, PAGES | {"/": Answer(503, "5")}).are_well


def test_the_slowest_answer_is_of_a_reading_or_of_a_page():
    slow = Answer(200, seconds=3.0)

    assert Answers(KEPT | {"guess": slow}, PAGES).slowest_seconds == 3.0
    assert Answers(KEPT, PAGES | {"/": slow}).slowest_seconds == 3.0
