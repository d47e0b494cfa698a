"""One request that means no good, and the forms in which it is sent."""

import json
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

BOUNDARY = "a-boundary"
CRLF = b"\r\n"


@dataclass
class Hostile:
    """One request, and what it is for the report."""

    kind: str
    method: str
    path: str
    """May hold OWN, in whose place its sender puts the number of something it has stored."""
    query: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""
    """All that goes over the line, where no client would send it that way; the rest then only tells what it is."""

    def target(self, own: str = "") -> str:
        """Return path and query string as they stand in a request's first line."""
        path = quote(self.path.replace(OWN, own), safe="/%", errors="replace")
        return path + ("?" + urlencode(self.query, errors="replace") if self.query else "")


OWN = "{own}"


@dataclass
class Part:
    """A part of a form, with whatever stands in its head."""

    content: bytes
    name: bytes = b"image"
    file_name: bytes | None = b"7.png"
    kind: bytes = b"image/png"
    more: bytes = b""

    def encoded(self) -> bytes:
        file_name = b"" if self.file_name is None else b'; filename="' + self.file_name + b'"'
        head = b'Content-Disposition: form-data; name="' + self.name + b'"' + file_name + self.more
        return CRLF.join((head, b"Content-Type: " + self.kind, b"", self.content))


def form(kind: str, path: str, *parts: Part, fields: dict[str, str] | None = None) -> Hostile:
    """Return the request that a browser makes of a form with files."""
    texts = [
        Part(text.encode(errors="replace"), name.encode(), None, b"text/plain") for name, text in (fields or {}).items()
    ]
    dashes = b"--" + BOUNDARY.encode()
    body = b"".join(dashes + CRLF + part.encoded() + CRLF for part in (*texts, *parts)) + dashes + b"--" + CRLF
    return Hostile(kind, "POST", path, body=body, headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def json_body(kind: str, method: str, path: str, value: object) -> Hostile:
    """Return a request whose body is a value as JSON, or these bytes as if they were."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Hostile(kind, method, path, body=body, headers={"Content-Type": "application/json"})
