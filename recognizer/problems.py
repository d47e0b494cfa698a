"""Every way a request can fail: its status, its code, and one sentence that page and API both say."""

import errno
import math
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from recognizer.batches import errors as batches
from recognizer.imaging import errors as imaging
from recognizer.recognition import StorageUnavailableError
from recognizer.registry import ModelUnavailableError, UnknownModelError
from recognizer.throttling import RateLimitedError

RETRY_AFTER_SECONDS = 5
RETRY_AFTER_A_BATCH_SECONDS = 60
API_ROOT = "/api/"
UNUSABLE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO}
"""Full, over quota, read-only, not ours, or broken; a bucket that cannot be used is told as the last."""

PICTURE_STATUS = {
    imaging.UnsupportedFormatError: 415,
    imaging.TooManyBytesError: 413,
    imaging.TooManyPixelsError: 413,
    imaging.NoInkError: 422,
    imaging.TooManyMarksError: 422,
    batches.TooMuchAtOnceError: 413,
    batches.TooManyFilesError: 413,
    batches.TooManyBatchesError: 429,
    batches.SwollenArchiveError: 413,
}
"""Any other PictureError is a 400."""


@dataclass(frozen=True)
class Problem:
    """What went wrong, for a person and for a program."""

    status: int
    code: str
    message: str | Promise
    remedy: str | Promise
    retry_after_seconds: int | None = None

    @property
    def sentence(self) -> str:
        return f"{self.message} {self.remedy}"

    @property
    def json(self) -> dict:
        return {"error": {"code": self.code, "message": self.sentence}}


CSRF_FAILED = Problem(
    403, "csrf", gettext_lazy("This form has expired or did not come from this site."),
    gettext_lazy("Go back, reload the page and send it again."),
)  # fmt: skip
METHOD_NOT_ALLOWED = Problem(
    405, "method_not_allowed", gettext_lazy("This address cannot be asked for in that way."),
    gettext_lazy("Go back and use the links and buttons of the page."),
)  # fmt: skip
MODEL_UNAVAILABLE = Problem(
    503, "model_unavailable", gettext_lazy("The network that reads digits is not available."),
    gettext_lazy("Try again in a little while; your picture was not stored."), RETRY_AFTER_SECONDS,
)  # fmt: skip
NOT_FOUND = Problem(
    404, "not_found", gettext_lazy("There is nothing here, or it is not yours."),
    gettext_lazy("Check the address, and that you are signed in as the owner."),
)  # fmt: skip
STORAGE_UNAVAILABLE = Problem(
    503, "storage_unavailable", gettext_lazy("Readings cannot be stored at the moment."),
    gettext_lazy("Try again in a little while; nothing was stored."), RETRY_AFTER_SECONDS,
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
            status = PICTURE_STATUS.get(type(error), 400)
            wait = RETRY_AFTER_A_BATCH_SECONDS if status == 429 else None
            return Problem(status, error.code, _(error.message), _(error.remedy), wait)
        case UnknownModelError():
            return Problem(400, "unknown_model", str(error), _("Leave the field “model” out for the default."))
        case ModelUnavailableError():
            return MODEL_UNAVAILABLE
        case StorageUnavailableError():
            return STORAGE_UNAVAILABLE
        case RateLimitedError():
            seconds = error.retry_after_seconds
            return Problem(
                429, "rate_limited", _("You have sent many pictures in a short time."),
                ngettext(
                    "Wait %(seconds)s second and send this one again.",
                    "Wait %(seconds)s seconds and send this one again.", seconds,
                ) % {"seconds": seconds},
                seconds,
            )  # fmt: skip
    raise TypeError(f"{error!r} is no refusal.")


def too_many_explanations(seconds: int) -> Problem:
    """Return the problem of asking why too often."""
    return Problem(
        429, "rate_limited", _("You have asked for many explanations in a short time."),
        ngettext(
            "Wait %(seconds)s second and ask again.", "Wait %(seconds)s seconds and ask again.", seconds,
        ) % {"seconds": seconds},
        seconds,
    )  # fmt: skip


def too_many_logins(seconds: int) -> Problem:
    """Return the problem of naming too many wrong passwords."""
    minutes = math.ceil(seconds / 60)
    return Problem(
        429, "too_many_logins", _("There were too many tries to log in to this account."),
        ngettext(
            "Wait %(minutes)s minute and try again.", "Wait %(minutes)s minutes and try again.", minutes,
        ) % {"minutes": minutes},
        seconds,
    )  # fmt: skip


def is_outage(error: BaseException | None) -> bool:
    """Say whether the database, the disk or the cache cannot be used at the moment."""
    if isinstance(error, OSError):
        return error.errno in UNUSABLE_DISK
    return isinstance(error, OperationalError | InterfaceError | StorageUnavailableError)


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the error page of this status; under the API's addresses, and to a script of ours, its JSON."""
    if request.path_info.startswith(API_ROOT) or is_from_script(request):
        response = JsonResponse(problem.json, status=problem.status)
    else:
        templates = [f"{problem.status}.html", "error.html"]
        response = render(request, templates, {"problem": problem}, status=problem.status)
    return with_retry_after(response, problem)


def is_from_script(request: HttpRequest) -> bool:
    """Say whether a page's own script asks, which shows what it is told itself."""
    return request.headers.get("Accept") == "application/json"


def with_retry_after(response: HttpResponse, problem: Problem) -> HttpResponse:
    """Return the response with the time after which another try makes sense."""
    if problem.retry_after_seconds is not None:
        response["Retry-After"] = str(problem.retry_after_seconds)
    return response
