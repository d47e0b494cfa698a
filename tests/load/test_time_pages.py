"""What the timing of pages makes of its measurements."""

import pytest

from tests.load.time_pages import Result, fault_of, p95, result_of
from tests.load.timed_site import Timed


@pytest.mark.parametrize(("n", "found"), [(1, 1), (19, 19), (20, 19), (100, 95)])
def test_95_of_100_values_are_not_above_the_p95(n, found):
    assert p95(range(n, 0, -1)) == found


def test_the_quietest_round_counts():
    quiet, loud = Timed(5, [1.0, 2.0, 4.0], [0.5, 1.0, 3.0]), Timed(5, [9.0, 9.0, 9.0], [0.25, 2.0, 8.0])

    assert result_of([loud, quiet]) == Result(5, p50=2.0, p95=4.0, cpu_p50=1.0, cpu_p95=3.0)


@pytest.mark.parametrize(
    ("first", "last", "fault"), [(20, 15, ""), (20, 40, ""), (20, 40.1, "grows"), (5, 25, ""), (5, 25.1, "grows")]
)
def test_more_than_twice_as_long_and_a_full_page_more_is_growth(first, last, fault):
    assert fault_of(5, 5, first, last) == fault


def test_asking_more_often_is_a_fault_however_quick():
    assert fault_of(5, 6, 10, 10) == "asks 5, 6"
    assert fault_of(6, 5, 10, 10) == ""
