"""What a step takes by itself."""

import threading
import time

import pytest

from tests.load.stopwatch import Stopwatch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a clock of one hand that stands still until it is moved."""
    hand = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: hand[0])
    monkeypatch.setattr(time, "process_time", lambda: hand[0] / 2)
    return hand


def inner(clock: list[float]) -> str:
    clock[0] += 3
    return "done"


def outer(clock: list[float]) -> str:
    clock[0] += 1
    done = inner(clock)
    clock[0] += 1
    return done


def test_a_step_is_not_charged_with_the_steps_within_it(clock):
    watch = Stopwatch()

    with watch.watching({f"{__name__}.inner": "inner", f"{__name__}.outer": "outer"}):
        outer(clock)
        done = outer(clock)

    assert done == "done"
    assert {name: taken.seconds for name, taken in watch.taken.items()} == {"outer": 4, "inner": 6}
    assert watch.taken["inner"].cpu_seconds == 3
    assert watch.seconds == 10


def test_what_lies_between_two_steps_belongs_to_neither(clock):
    watch = Stopwatch()

    for _ in range(2):
        with watch.step("one"):
            clock[0] += 1
        clock[0] += 10

    assert watch.seconds == 2


def test_what_another_thread_does_is_no_step(clock):
    watch = Stopwatch()

    with watch.watching({f"{__name__}.inner": "inner"}), watch.step("waiting"):
        other = threading.Thread(target=inner, args=(clock,))
        other.start()
        other.join()

    assert {name: taken.seconds for name, taken in watch.taken.items()} == {"waiting": 3}


def test_a_step_that_fails_has_ended(clock):
    watch = Stopwatch()

    with watch.step("whole"):
        with pytest.raises(ZeroDivisionError), watch.step("part"):
            raise ZeroDivisionError
        clock[0] += 1

    assert watch.taken["whole"].seconds == 1


def test_the_functions_are_as_before_when_nobody_watches_any_more(clock):
    watch, before = Stopwatch(), inner

    with watch.watching({f"{__name__}.inner": "inner"}):
        assert inner is not before

    assert inner is before
