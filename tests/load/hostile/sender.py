"""Clients that send hostile requests, and what they note of the answers."""

import http.client
import re
import socket
import threading
from collections import Counter
from urllib.parse import urlsplit

import requests

from tests.load.hostile.request import Hostile
from tests.load.hostile.texts import INJECTED, SCRIPT

STORED = re.compile(r"^(?:https?://[^/]+)?/(p|batch)/([0-9a-f-]{36})/$")
LONGEST_SECONDS = 120


class Answer:
    """What came back: status, headers and, of a page, its text."""

    def __init__(self, status: int, headers: dict[str, str], text: str = "") -> None:
        self.status, self.headers, self.text = status, headers, text

    def stored(self, hostile: Hostile) -> tuple[str, str] | None:
        """Return whether a picture or a batch, and which, was stored by the request."""
        is_made = self.status == 201 or (self.status == 302 and hostile.path in ("/", "/upload/"))
        found = STORED.match(self.headers.get("Location", "")) if is_made else None
        return found and ("batch" if found[1] == "batch" else "picture", found[2])


class Sender:
    """One person who keeps cookies, sends the form's token along and knows what is theirs."""

    def __init__(self, address: str, account: tuple[str, str] | None = None) -> None:
        self.address, self.account, self.session, self.own = address, account, requests.Session(), ""
        self.session.get(f"{address}/account/login/", timeout=LONGEST_SECONDS)
        if account:
            fields = dict(zip(("username", "password"), account, strict=True)) | {"csrfmiddlewaretoken": self.token}
            answer = self.session.post(f"{address}/account/login/", fields, timeout=LONGEST_SECONDS)
            assert answer.history, "An account of this run could not log in."

    @property
    def token(self) -> str:
        return self.session.cookies.get("csrftoken", "")

    @property
    def is_logged_in(self) -> bool:
        return "sessionid" in self.session.cookies

    def send(self, hostile: Hostile) -> Answer | None:
        """Return the answer; None for what cannot be sent, and where the line is closed without one.

        An answer that does not come in LONGEST_SECONDS counts as a 504.
        """
        try:
            answer = self._by_line(hostile.raw) if hostile.raw else self._by_client(hostile)
        except (requests.Timeout, TimeoutError):
            return Answer(504, {})
        except (ValueError, OSError, http.client.HTTPException):  # those of requests are OSErrors
            return None
        if stored := answer and answer.stored(hostile):
            self.own = stored[1]
        return answer

    def _by_client(self, hostile: Hostile) -> Answer:
        headers = {"X-CSRFToken": self.token, **hostile.headers}
        url, cookies = self.address + hostile.target(self.own), self.session.cookies.copy()
        answer = self.session.request(
            hostile.method, url, data=hostile.body, headers=headers, allow_redirects=False, timeout=LONGEST_SECONDS
        )
        if "Cookie" in hostile.headers:  # what it is told of those is nothing to the own: they may be taken away
            self.session.cookies = cookies
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        return Answer(answer.status_code, answer.headers, answer.text if is_page else "")

    def _by_line(self, raw: bytes) -> Answer:
        place = urlsplit(self.address)
        with socket.create_connection((place.hostname, place.port), timeout=LONGEST_SECONDS) as line:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            answer = http.client.HTTPResponse(line)
            answer.begin()
            return Answer(answer.status, answer.headers)


class Tally:
    """What came back to all senders together."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.statuses, self.stored, self.kinds = Counter(), Counter(), Counter()
        self.unanswered, self.failures, self.leaks = 0, [], []

    def add(self, hostile: Hostile, answer: Answer | None) -> None:
        with self.lock:
            self.kinds[hostile.kind] += 1
            if answer is None:
                self.unanswered += 1
                return
            self.statuses[answer.status] += 1
            if stored := answer.stored(hostile):
                self.stored[stored[0]] += 1
            if answer.status >= 500:
                self.failures.append((answer.status, hostile))
            if INJECTED in answer.headers or SCRIPT in answer.text:
                self.leaks.append((answer.status, hostile))

    def __str__(self) -> str:
        failed = [f"failed: {status} {repr(hostile)[:900]}" for status, hostile in (self.failures + self.leaks)[:10]]
        counts = {"sent": self.kinds, "answers": self.statuses, "acknowledged": self.stored}
        told = [
            f"{name}: " + ", ".join(f"{what}: {n}" for what, n in sorted(counter.items()))
            for name, counter in counts.items()
        ]
        return "\n".join([*told, f"not sent whole, or not answered: {self.unanswered}", *failed])
