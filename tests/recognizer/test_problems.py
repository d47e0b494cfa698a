"""Every way a request can fail."""

import inspect

import pytest

from recognizer.imaging import errors
from recognizer.problems import REFUSALS, problem_of
from recognizer.recognition import StorageUnavailableError
from recognizer.registry import ModelUnavailableError, UnknownModelError
from recognizer.throttling import RateLimitedError

PICTURE_ERRORS = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if cls.__module__ == errors.__name__]
OTHERS = [StorageUnavailableError(), ModelUnavailableError(), UnknownModelError("There is none."), RateLimitedError(9)]


@pytest.mark.parametrize("error", [*(cls() for cls in PICTURE_ERRORS), *OTHERS], ids=lambda error: type(error).__name__)
def test_every_refusal_says_what_is_wrong_and_how_to_mend_it(error):
    problem = problem_of(error)

    assert isinstance(error, REFUSALS)
    assert 400 <= problem.status < 500 or problem.status == 503
    assert problem.code.replace("_", "").isalpha()
    assert problem.message.endswith((".", "”."))
    assert problem.remedy.endswith(".")
    assert problem.json == {"error": {"code": problem.code, "message": f"{problem.message} {problem.remedy}"}}


def test_codes_are_told_apart():
    problems = [problem_of(cls()) for cls in PICTURE_ERRORS if cls is not errors.PictureError]

    assert len({problem.code for problem in problems}) == len(problems)


@pytest.mark.parametrize("error", [OTHERS[0], OTHERS[1], OTHERS[3]])
def test_what_passes_by_itself_says_when_to_try_again(error):
    assert problem_of(error).retry_after_seconds > 0


def test_a_fault_of_ours_is_no_refusal():
    with pytest.raises(TypeError):
        problem_of(RuntimeError("a fault"))
