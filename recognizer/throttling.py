"""How many pictures and passwords one address or one user may send; counted in the cache that all workers share."""

import hashlib
import logging
import math
import threading
import time
import unicodedata
from contextlib import AbstractContextManager

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from recognizer.recognition import StorageUnavailableError

logger = logging.getLogger(__name__)

TOKEN_FACTOR = 10
"""Someone who is signed in, by token or session, may send this many times as much."""
GUESS_FACTOR = 10
"""Guesses are not stored and come by themselves while someone draws; so many explanations may be asked for, too."""
FILES_A_COUNT = 10
"""So many files of one batch count as one picture that is sent by itself: together they cost less..."""
SHARE_OF_A_BATCH = 0.5
"""... and however many there are, as no more than this share of what may be sent."""
LOGIN_TRIES = 5
LOGIN_SECONDS = 15 * 60
"""In so much time one address may name that many wrong passwords for one user."""


_alone_in_memory = threading.Lock()


class RateLimitedError(Exception):
    """Too many pictures in too short a time."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Wait {retry_after_seconds} seconds.")
        self.retry_after_seconds = retry_after_seconds


class PictureThrottle(SimpleRateThrottle):
    """Counts the pictures that are sent to be stored, by page and API alike.

    The count is read and written by one at a time: of many sent at once, no more are let through than one by one.
    """

    scope = "pictures"
    factor = 1
    files = 1
    counts = 1

    def get_rate(self) -> str | None:
        return None if settings.RATE_LIMIT.lower() == "off" else settings.RATE_LIMIT

    def get_cache_key(self, request: HttpRequest, view: object) -> str:
        ident = f"user-{request.user.pk}" if request.user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}

    def allow_request(self, request: HttpRequest, view: object) -> bool:
        """Count the request and say whether it may go on. Raises StorageUnavailableError where it cannot be counted."""
        if self.num_requests is None:
            return True
        self.num_requests *= self.factor * (TOKEN_FACTOR if request.user.is_authenticated else 1)
        self.counts = max(1, min(math.ceil(self.files / FILES_A_COUNT), int(SHARE_OF_A_BATCH * self.num_requests)))
        self.num_requests -= self.counts - 1
        try:
            with _alone(self.get_cache_key(request, view)):
                return super().allow_request(request, view)
        except OSError as error:  # the cache may be a folder, on a disk that is full
            logger.exception("A request could not be counted.")
            raise StorageUnavailableError from error

    def throttle_success(self) -> bool:
        self.history[:0] = [self.now] * (self.counts - 1)
        return super().throttle_success()

    def wait(self) -> float:
        """Return the seconds until enough of what was sent is forgotten."""
        to_forget = min(len(self.history) + 1 - self.num_requests, len(self.history))
        return self.history[-to_forget] + self.duration - self.now if to_forget else self.duration


class GuessThrottle(PictureThrottle):
    """Counts the guesses."""

    scope = "guesses"
    factor = GUESS_FACTOR


class ExplanationThrottle(PictureThrottle):
    """Counts the explanations that are asked for."""

    scope = "explanations"
    factor = GUESS_FACTOR


class LoginThrottle(BaseThrottle):
    """Counts the tries to give one user's password from one address, right or wrong; a right one ends the count.

    A try takes one of LOGIN_TRIES places before the password is looked at, and keeps it for LOGIN_SECONDS. A place is
    added to the cache, which lets one alone of many at once have it.
    """

    def __init__(self, request: HttpRequest, username: str) -> None:
        self.request = request
        self.username = _normalized(username)
        who = hashlib.sha256(f"{self.username}\0{self.get_ident(request)}".encode()).hexdigest()
        self.places = [f"login_{who}_{place}" for place in range(LOGIN_TRIES)]

    def seconds_to_wait(self) -> int:
        """Count a try and return 0, or the time until the next may be made. Raises OSError where it cannot count."""
        now = time.time()
        if any(cache.add(place, now + LOGIN_SECONDS, LOGIN_SECONDS) for place in self.places):
            return 0
        free_at = min(cache.get(place, now) for place in self.places)
        return max(1, math.ceil(free_at - now))

    def forget_if_logged_in(self) -> None:
        """End the count when the try was right: the request is then that user's, and not one's who was logged in."""
        if self.request.user.is_authenticated and _normalized(self.request.user.get_username()) == self.username:
            for place in self.places:
                cache.delete(place)


def _alone(key: str) -> AbstractContextManager:
    """Let one at a time, of all who share the cache, count at this key; a cache in memory is this process's own."""
    return cache.alone(key) if hasattr(cache, "alone") else _alone_in_memory


def _normalized(username: str) -> str:
    return unicodedata.normalize("NFKC", username).strip().casefold()


def check_rate(request: HttpRequest, *, files: int = 1) -> None:
    """Count a picture, or the files of a batch, sent by a page.

    Raises RateLimitedError for one too many, and as allow_request does.
    """
    throttle = PictureThrottle()
    throttle.files = files
    _check(throttle, request)


def check_explanation_rate(request: HttpRequest) -> None:
    """Count an explanation that a page asks for. Raises as check_rate does."""
    _check(ExplanationThrottle(), request)


def _check(throttle: PictureThrottle, request: HttpRequest) -> None:
    if not throttle.allow_request(request, None):
        raise RateLimitedError(math.ceil(throttle.wait() or 1))
