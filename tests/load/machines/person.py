"""Somebody who visits the site, with cookies and an address of their own."""

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter

from tests.pictures import png_of

_numbers = itertools.count(2)


class _FromAddress(HTTPAdapter):
    """Connects from one of this machine's loopback addresses, by which nginx tells visitors apart."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs) -> None:
        super().init_poolmanager(*args, source_address=(self.address, 0), **kwargs)


class Person:
    """A visitor; addresses of pages are whole, so that they may be one machine's or that of all."""

    def __init__(self, certificate: Path) -> None:
        number = next(_numbers)
        self.session = requests.Session()
        self.session.trust_env = False  # a bundle named there would take the certificate's place
        self.session.verify = str(certificate)
        self.session.mount("https://", _FromAddress(f"127.0.{number // 250}.{number % 250 + 2}"))

    def get(self, address: str) -> requests.Response:
        return self.session.get(address, timeout=60, allow_redirects=False)

    def post(self, address: str, **options) -> requests.Response:
        if "csrftoken" not in self.session.cookies:
            self.get(f"{base_of(address)}/account/login/")
        headers = {"Referer": address, "X-CSRFToken": self.session.cookies.get("csrftoken", "")}
        return self.session.post(address, headers=headers, timeout=60, allow_redirects=False, **options)

    def log_in(self, base: str, name: str, password: str) -> requests.Response:
        return self.post(f"{base}/account/login/", data={"username": name, "password": password})

    def give(self, base: str) -> requests.Response:
        """Give a picture by the API."""
        return self.post(f"{base}/api/v1/pictures/", files={"image": ("7.png", SEVEN, "image/png")})

    def guess(self, base: str) -> requests.Response:
        return self.post(f"{base}/api/v1/guess/", files={"image": ("7.png", SEVEN, "image/png")})

    def give_batch(self, base: str, count: int) -> str:
        """Give so many pictures in a zip; return the path of their batch."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for number in range(count):
                archive.writestr(f"{number}.png", SEVEN)
        files = {"image": ("pictures.zip", packed.getvalue(), "application/zip")}
        answer = self.post(f"{base}/upload/", files=files)
        assert answer.status_code == 302, answer.text
        return re.search(r"/batch/[0-9a-f-]+/", answer.headers["Location"])[0]

    def visit(self, base: str) -> Iterator[requests.Response]:
        """Yield the answers of a visit: pages, a guess, a picture given, seen, put right and deleted, a batch."""
        yield self.get(f"{base}/")
        yield self.guess(base)
        given = self.give(base)
        yield given
        if given.status_code == 201:
            told = given.json()
            path = f"{base}/p/{told['id']}/"
            yield self.get(path)
            yield self.get(f"{path}image/")
            yield self.post(f"{path}label/", data={"glyph": told["glyphs"][0]["id"], "label": "1"})
            yield self.post(f"{path}delete/")
        files = [("image", (f"{number}.png", SEVEN, "image/png")) for number in range(2)]
        yield self.post(f"{base}/upload/", files=files)
        yield self.get(f"{base}/history/")


SEVEN = png_of("7")


def base_of(address: str) -> str:
    """Return the scheme, host and port of an address."""
    return "/".join(address.split("/")[:3])
