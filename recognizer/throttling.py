"""How many pictures one address or one user may send; counted in the cache that all workers share."""

import logging
import math

from django.conf import settings
from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle

from recognizer.recognition import StorageUnavailableError

logger = logging.getLogger(__name__)

TOKEN_FACTOR = 10
"""Someone who is signed in, by token or session, may send this many times as much."""
GUESS_FACTOR = 10
"""Guesses are not stored and come by themselves while someone draws."""


class RateLimitedError(Exception):
    """Too many pictures in too short a time."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Wait {retry_after_seconds} seconds.")
        self.retry_after_seconds = retry_after_seconds


class PictureThrottle(SimpleRateThrottle):
    """Counts the pictures that are sent to be stored, by page and API alike."""

    scope = "pictures"
    factor = 1

    def get_rate(self) -> str | None:
        return None if settings.RATE_LIMIT.lower() == "off" else settings.RATE_LIMIT

    def get_cache_key(self, request: HttpRequest, view: object) -> str:
        ident = f"user-{request.user.pk}" if request.user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}

    def allow_request(self, request: HttpRequest, view: object) -> bool:
        """Count the request and say whether it may go on. Raises StorageUnavailableError where it cannot be counted."""
        if self.num_requests is not None:
            self.num_requests *= self.factor * (TOKEN_FACTOR if request.user.is_authenticated else 1)
        try:
            return super().allow_request(request, view)
        except OSError as error:  # the cache may be a folder, on a disk that is full
            logger.exception("A request could not be counted.")
            raise StorageUnavailableError from error


class GuessThrottle(PictureThrottle):
    """Counts the guesses."""

    scope = "guesses"
    factor = GUESS_FACTOR


def check_rate(request: HttpRequest) -> None:
    """Count one picture sent by a page. Raises RateLimitedError for one too many, and as allow_request does."""
    throttle = PictureThrottle()
    if not throttle.allow_request(request, None):
        raise RateLimitedError(math.ceil(throttle.wait() or 1))
