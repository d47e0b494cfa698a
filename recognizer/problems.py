"""Every way a request can fail: its status, its code, and one sentence that page and API both say."""

import errno
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from recognizer.imaging import errors as imaging
from recognizer.recognition import StorageUnavailableError
from recognizer.registry import ModelUnavailableError, UnknownModelError
from recognizer.throttling import RateLimitedError

RETRY_AFTER_SECONDS = 5
API_ROOT = "/api/"
UNUSABLE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}
"""Full, over quota, read-only or not ours."""

PICTURE_STATUS = {
    imaging.UnsupportedFormatError: 415,
    imaging.TooManyBytesError: 413,
    imaging.TooManyPixelsError: 413,
    imaging.NoInkError: 422,
    imaging.TooManyMarksError: 422,
}
"""Any other PictureError is a 400."""


@dataclass(frozen=True)
class Problem:
    """What went wrong, for a person and for a program."""

    status: int
    code: str
    message: str
    remedy: str
    retry_after_seconds: int | None = None

    @property
    def sentence(self) -> str:
        return f"{self.message} {self.remedy}"

    @property
    def json(self) -> dict:
        return {"error": {"code": self.code, "message": self.sentence}}


CSRF_FAILED = Problem(
    403, "csrf", "This form has expired or did not come from this site.", "Go back, reload the page and send it again."
)
METHOD_NOT_ALLOWED = Problem(
    405, "method_not_allowed", "This address cannot be asked for in that way.",
    "Go back and use the links and buttons of the page.",
)  # fmt: skip
MODEL_UNAVAILABLE = Problem(
    503, "model_unavailable", "The network that reads digits is not available.",
    "Try again in a little while; your picture was not stored.", RETRY_AFTER_SECONDS,
)  # fmt: skip
NOT_FOUND = Problem(
    404, "not_found", "There is nothing here, or it is not yours.", "Your own pictures are in the history."
)
STORAGE_UNAVAILABLE = Problem(
    503, "storage_unavailable", "Readings cannot be stored at the moment.",
    "Try again in a little while; nothing was stored.", RETRY_AFTER_SECONDS,
)  # fmt: skip

REFUSALS = (
    imaging.PictureError,
    UnknownModelError,
    ModelUnavailableError,
    StorageUnavailableError,
    RateLimitedError,
)
"""What problem_of knows."""


def problem_of(error: Exception) -> Problem:
    """Return the problem that one of the REFUSALS stands for."""
    match error:
        case imaging.PictureError():
            return Problem(PICTURE_STATUS.get(type(error), 400), error.code, error.message, error.remedy)
        case UnknownModelError():
            return Problem(400, "unknown_model", str(error), "Leave the field “model” out for the default.")
        case ModelUnavailableError():
            return MODEL_UNAVAILABLE
        case StorageUnavailableError():
            return STORAGE_UNAVAILABLE
        case RateLimitedError():
            seconds = error.retry_after_seconds
            return Problem(
                429, "rate_limited", "You have sent many pictures in a short time.",
                f"Wait {seconds} seconds and send this one again.", seconds,
            )  # fmt: skip
    raise TypeError(f"{error!r} is no refusal.")


def is_outage(error: BaseException | None) -> bool:
    """Say whether the database or the disk cannot be used at the moment."""
    if isinstance(error, OSError):
        return error.errno in UNUSABLE_DISK
    return isinstance(error, OperationalError | InterfaceError)


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the error page of this status, under the API's addresses its JSON."""
    if request.path_info.startswith(API_ROOT):
        response = JsonResponse(problem.json, status=problem.status)
    else:
        response = render(request, f"{problem.status}.html", {"problem": problem}, status=problem.status)
    return with_retry_after(response, problem)


def with_retry_after(response: HttpResponse, problem: Problem) -> HttpResponse:
    """Return the response with the time after which another try makes sense."""
    if problem.retry_after_seconds is not None:
        response["Retry-After"] = str(problem.retry_after_seconds)
    return response
