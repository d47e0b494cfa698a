"""One file name that means no good, followed through every place that shows it or hands it on."""

import csv
import io
import zipfile
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils.html import escape

from recognizer.models import Batch, Glyph, Picture
from tests.pictures import png_of
from tests.recognizer.crawling import crawled, view_of

SENT = "../..\\=cmd|' C'!A0\u202e\0\r\nX-Injected: yes\r\n\r\n\"'><img src=x onerror=alert(1)>{{ 7*7 }};.png"
KEPT = "=cmd|' C'!A0X-Injected: yes\"'><img src=x onerror=alert(1)>{{ 7*7 }};.png"
"""What is left as a label: its last part, without what cannot be seen."""
SHOWN_BY = {"picture", "batch", "review", "admin:recognizer_picture_change"}


def give(client: Client, address: str, *, count: int = 1) -> None:
    """Send pictures under the name, written as browsers write one that is not plain."""
    head = f"--b\r\nContent-Disposition: form-data; name=\"image\"; filename*=utf-8''{quote(SENT, safe='')}\r\n\r\n"
    body = (head.encode() + png_of("7") + b"\r\n") * count + b"--b--\r\n"
    answer = client.post(address, body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code in (201, 302)


@pytest.fixture
def given(network, admin_client: Client) -> Client:
    """Return the client of a superuser who gave pictures under that name by page and API, alone and together."""
    give(admin_client, "/upload/")
    give(admin_client, "/api/v1/pictures/")
    give(admin_client, "/upload/", count=2)
    return admin_client


def rows_of(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.decode(), newline="")))


def assert_is_no_formula(tables: list[list[dict[str, str]]]) -> None:
    cells = [cell for rows in tables for row in rows for cell in row.values()]
    assert "'" + KEPT in cells
    assert [cell for cell in cells if cell.startswith("=")] == []


def test_it_is_kept_as_a_label(given):
    assert set(Picture.objects.values_list("name", flat=True)) == {KEPT}
    assert set(Batch.objects.get().items.values_list("name", flat=True)) == {KEPT}
    assert not any("cmd" in picture.image.name for picture in Picture.objects.all())


def test_it_stands_in_pages_as_text(given):
    pages = crawled(given, "/", "/upload/", "/history/?view=table", "/admin/", most=2, leaving_out=("glyph-why",))

    assert [address for address, page in pages.items() if "<img src=x" in page or "49;.png" in page] == []
    assert {view_of(address) for address, page in pages.items() if escape(KEPT) in page} >= SHOWN_BY


def test_no_table_calculates_it(given):
    batch = Batch.objects.get()
    of_batch = b"".join(given.get(f"/batch/{batch.pk}/results.csv").streaming_content)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(given.get("/history/download/").streaming_content)))

    assert_is_no_formula([rows_of(of_batch)])
    assert_is_no_formula([rows_of(archive.read("pictures.csv"))])


def test_no_sheet_of_the_admin_calculates_it(given):
    sheet = rows_of(given.get("/admin/recognizer/glyph/export/").content)

    assert len(sheet) == Glyph.objects.count()
    assert [cell for row in sheet for cell in row.values() if cell.startswith("=")] == []


def test_no_file_is_called_by_it(given):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(given.get("/history/download/").streaming_content)))

    assert [name for name in archive.namelist() if "cmd" in name or ".." in name] == []


def test_no_header_holds_it(given):
    picture, batch = Picture.objects.first(), Batch.objects.get()
    addresses = [
        *(f"/p/{picture.pk}/{end}" for end in ("", "image/", "thumbnail/")),
        *(f"/api/v1/pictures/{picture.pk}/", f"/api/v1/pictures/{picture.pk}/image/"),
        *(f"/batch/{batch.pk}/results.csv", "/history/download/", "/admin/recognizer/glyph/export/"),
    ]

    told = [str(given.get(address).headers) for address in addresses]

    assert [headers for headers in told if "Injected" in headers or "cmd" in headers] == []


def test_the_api_tells_it_to_no_page(given):
    answer = given.get("/api/v1/pictures/", headers={"Accept": "text/html"})

    assert answer["Content-Type"] == "application/json"
    assert answer["X-Content-Type-Options"] == "nosniff"
