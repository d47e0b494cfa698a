"""What goes over the line in a way that no client would send it: bodies in pieces, cut off, or of two lengths."""

import random

from tests.load.hostile.pictures import DOORS, good_pictures, mutated
from tests.load.hostile.request import CRLF, Hostile, Part, form

HEAD = b"Host: 127.0.0.1\r\nConnection: close\r\n"
FIRST_LINES = (
    *(b"GET / HTTP/9.9", b"GET", b"", b"\0\0\0\0", b"GET  /  HTTP/1.1", b"GET / HTTP/1.1 HTTP/1.1", b"POST * HTTP/1.1"),
    *(
        b"GET http://evil.example/ HTTP/1.1",
        b"GET /" + b"a" * 9_000 + b" HTTP/1.1",
        b"\x16\x03\x01\x02\0\x01\0",
        b"G\xffT / HTTP/1.1",
    ),
    *(
        b"CONNECT 127.0.0.1:22 HTTP/1.1",
        b"GET /\xff\xfe HTTP/1.1",
        b"GET / HTTP/0.9",
        b"PRI * HTTP/2.0",
        b"GET /?a=\0 HTTP/1.1",
    ),
)
LINES = (
    *(b"X: " + b"a" * 70_000, b"X" * 9_000 + b": a", b": a", b"X : a", b" X: a", b"X\0: a", b"X: a\0b", b"X: a\n b"),
    *(
        b"Content-Length: -1",
        b"Content-Length: 9e9",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Expect: 100-continue",
    ),
    *(b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked, chunked", b"Upgrade: h2c\r\nConnection: Upgrade"),
    CRLF.join(b"X-%d: a" % number for number in range(300)),
)
SIZES = (b"-1", b"", b"zz", b"f" * 40, b"0x10", b"5;" + b"a" * 9_000)


def in_chunks(data: bytes, rng: random.Random) -> bytes:
    """Return the body in chunks, and now and then one of them of a size that is none."""
    pieces = [data[start : start + 700] for start in range(0, len(data), 700)] + [b""]
    wrong = rng.randrange(3 * len(pieces))
    sizes = [rng.choice(SIZES) if number == wrong else b"%x" % len(piece) for number, piece in enumerate(pieces)]
    return b"".join(size + CRLF + piece + CRLF for size, piece in zip(sizes, pieces, strict=True))


def chunked(rng: random.Random) -> Hostile:
    """A picture in chunks; also told with a length beside them, by which others may take it for two requests."""
    hostile = form("chunked", rng.choice(DOORS), Part(rng.choice(good_pictures())))
    length = rng.choice((b"", b"", b"Content-Length: 5\r\n"))
    hostile.raw = _head(hostile, b"Transfer-Encoding: chunked\r\n" + length) + in_chunks(hostile.body, rng)
    return hostile


def cut_off(rng: random.Random) -> Hostile:
    """A picture whose sender hangs up before it is there whole, or goes on after it."""
    hostile = form("cut off", rng.choice(DOORS), Part(rng.choice(good_pictures())))
    length = len(hostile.body) + rng.choice((1, 900, 10**6, 10**12, -1, -200))
    hostile.raw = _head(hostile, b"Content-Length: %d\r\n" % length) + hostile.body[: rng.choice((None, 0, 60, 400))]
    return hostile


def no_request(rng: random.Random) -> Hostile:
    """Lines that are no request, or hardly one."""
    first = rng.choice((*FIRST_LINES, *[b"GET /about/ HTTP/1.1"] * 15))
    raw = CRLF.join((first, HEAD + rng.choice(LINES), b"", b"")) if rng.random() < 0.9 else rng.randbytes(300)
    return Hostile("no request", "", "", raw=mutated(raw, rng) if rng.random() < 0.3 else raw)


def _head(hostile: Hostile, lines: bytes) -> bytes:
    kind = f"Content-Type: {hostile.headers['Content-Type']}".encode()
    return f"POST {hostile.target()} HTTP/1.1".encode() + CRLF + HEAD + lines + kind + CRLF + CRLF
