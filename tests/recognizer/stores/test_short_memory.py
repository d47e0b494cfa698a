"""What is kept for a little while, and no longer."""

from unittest.mock import Mock

import pytest

from recognizer.stores.short_memory import ShortMemory
from tests.own_site import wait_for


def test_what_is_kept_is_made_once():
    memory, make = ShortMemory(seconds=60, most=2), Mock(return_value=7)

    assert [memory.kept_or_made("a", make) for _ in range(3)] == [7, 7, 7]
    assert make.call_count == 1


def test_that_there_is_nothing_is_kept_too():
    memory, make = ShortMemory(seconds=60, most=2), Mock(return_value=None)

    assert [memory.kept_or_made("a", make) for _ in range(2)] == [None, None]
    assert make.call_count == 1


def test_the_oldest_goes_when_there_are_too_many():
    memory = ShortMemory(seconds=60, most=2)
    for key in "abc":
        memory.kept_or_made(key, lambda: 1)

    assert len(memory) == 2
    assert memory.kept_or_made("a", lambda: 2) == 2


def test_it_goes_by_itself_when_its_time_is_over():
    memory = ShortMemory(seconds=0.05, most=100)
    for key in range(10):
        memory.kept_or_made(str(key), lambda: 1)

    wait_for(lambda: not len(memory), 20)
    assert memory.kept_or_made("0", lambda: 2) == 2
    wait_for(lambda: not len(memory), 20)


def test_what_could_not_be_made_is_not_kept():
    memory, make = ShortMemory(seconds=60, most=2), Mock(side_effect=[RuntimeError, 7])

    with pytest.raises(RuntimeError):
        memory.kept_or_made("a", make)

    assert len(memory) == 0
    assert memory.kept_or_made("a", make) == 7
