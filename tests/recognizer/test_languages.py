"""Two languages: how one is chosen, and what is written otherwise in each: sentences, dates and numbers."""

import re
from html.parser import HTMLParser
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from recognizer.models import Batch
from recognizer.numbers import decimal, grouped, percentage, shortest
from tests.recognizer.crawling import crawled, view_of

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
MACHINE_READ = re.compile(r"[\d.,\s+-]+|[MLHVZ\d.,\s-]+|[\dT:.+-]+")
"""Numbers, the path of a line in an SVG, and a time: what a script or the browser itself reads in an attribute."""


def language_of(answer) -> str:
    return re.search(r'<html lang="(\w+)"', answer.content.decode())[1]


def choose(client: Client, language: str, **fields):
    return client.post("/i18n/setlang/", {"language": language, **fields})


def test_the_browser_says_which_language_until_one_is_chosen(client, db):
    assert language_of(client.get("/about/")) == "en"
    assert language_of(client.get("/about/", headers={"Accept-Language": "fr"})) == "en"
    answer = client.get("/about/", headers=GERMAN)
    assert language_of(answer) == answer["Content-Language"] == "de"
    assert "Accept-Language" in answer["Vary"]
    assert "no-store" in answer["Cache-Control"]


def test_a_chosen_language_stays(client, db):
    answer = choose(client, "de", next="/about/?x=1")

    assert (answer.status_code, answer["Location"]) == (302, "/about/?x=1")
    assert language_of(client.get("/about/")) == "de"
    assert language_of(client.get("/about/", headers={"Accept-Language": "en"})) == "de"
    choose(client, "en")
    assert language_of(client.get("/about/", headers=GERMAN)) == "en"


def test_the_choice_is_kept_in_a_cookie_for_this_site_alone(client, db, settings):
    settings.LANGUAGE_COOKIE_SECURE = True

    cookie = choose(client, "de").cookies["language"]

    assert (cookie["samesite"], cookie["secure"], cookie["httponly"]) == ("Lax", True, True)
    assert cookie["max-age"] == 365 * 24 * 3600


@pytest.mark.parametrize("language", ["", "de'", "../de", "\0"])
def test_a_language_that_there_is_not_changes_nothing(client, db, language):
    choose(client, "de")

    assert choose(client, language).status_code == 302
    assert language_of(client.get("/about/")) == "de"


def test_nobody_is_sent_to_another_site(client, db):
    assert choose(client, "de", next="https://elsewhere.example/")["Location"] == "/"


@pytest.mark.parametrize("address", ["/", "/about/", "/account/login/", "/nowhere/"])
def test_every_page_lets_its_language_be_chosen_and_comes_back(client, db, address):
    page = client.get(address).content.decode()

    form = re.search(r'<form class="language-choice".*?</form>', page, re.DOTALL)[0]
    assert re.findall(r'<button name="language" value="(\w+)" lang="(\w+)"( aria-current="true")?>(\w+)', form) == [
        ("en", "en", ' aria-current="true"', "English"),
        ("de", "de", "", "Deutsch"),
    ]
    assert f'<input type="hidden" name="next" value="{address}">' in form
    assert "csrfmiddlewaretoken" in form


def test_on_a_page_that_a_form_was_answered_with_the_language_leads_to_one_that_can_be_asked_for(client, picture):
    selected = {"picture": str(picture.pk), "back": "digit=7"}
    answers = {
        "/history/?digit=7": client.post("/history/delete/", selected),
        "/account/login/": client.post("/account/login/", {"username": "ada"}),
        "/upload/": client.post("/upload/", {}),
    }

    for address, answer in answers.items():
        assert f'<input type="hidden" name="next" value="{address}">' in answer.content.decode()
        assert client.get(choose(client, "de", next=address)["Location"]).status_code == 200


def test_an_error_page_that_answers_a_form_leads_to_the_start(client, picture):
    page = client.put("/history/delete/").content.decode()

    assert '<input type="hidden" name="next" value="/">' in page


def test_page_and_api_say_the_same_sentence_in_both_languages(client, network):
    for headers in ({}, GERMAN):
        page = client.post("/upload/", {"image": SimpleUploadedFile("7.png", b"")}, headers=headers).content.decode()
        error = client.post("/api/v1/pictures/", {"image": SimpleUploadedFile("7.png", b"")}, headers=headers).json()[
            "error"
        ]

        assert error["code"] == "empty_file"
        assert (
            " ".join(re.findall(r'role="alert">\s*<strong>(.*?)</strong>\s*<span>(.*?)</span>', page)[0])
            == error["message"]
        )
    assert error["message"].startswith("Diese Datei ist leer.")


def test_a_wrong_method_is_told_in_the_language_of_who_asks(client, db):
    assert "So geht es nicht" in client.put("/about/", headers=GERMAN).content.decode()


def test_one_visitors_language_is_not_the_next_ones(client, db):
    client.get("/about/", headers=GERMAN)

    assert language_of(client.get("/about/")) == "en"


def test_dates_are_written_as_in_the_language(client, network, picture, django_user_model):
    picture.created = picture.created.replace(year=2026, month=3, day=1, hour=9, minute=5)
    picture.save(update_fields=["created"])
    address = picture.get_absolute_url()

    assert "1 March 2026, 09:05" in client.get(address).content.decode()
    assert "1. März 2026, 09:05" in client.get(address, headers=GERMAN).content.decode()


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", ["1,234,567", "0.30", "99.65 %", "0.5"]), ("de", ["1.234.567", "0,30", "99,65 %", "0,5"])],
)
def test_numbers_are_written_as_in_the_language(language, expected):
    with translation.override(language):
        assert [grouped(1234567), decimal(0.2999, 2), percentage(0.99654, 2), shortest(0.5)] == expected


class Attributes(HTMLParser):
    """Gathers the attributes that machines read, in the order of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value) for name, value in attrs if value and MACHINE_READ.fullmatch(value)]


def attributes_of(page: str) -> list[tuple[str, str, str]]:
    parser = Attributes()
    parser.feed(page)
    return parser.found


def in_both(client: Client, address: str) -> tuple[bytes, bytes]:
    english, german = (client.get(address, headers={"Accept-Language": language}) for language in ("en", "de"))
    return english.getvalue(), german.getvalue()


def test_numbers_that_machines_read_are_the_same_in_both_languages(full_site):
    pages = crawled(full_site, "/", leaving_out=("admin:index",), most=2)

    own = {address: view_of(address) for address in pages if not address.startswith("/admin/")}
    assert {"batch", "glyph-why", "history", "picture", "model", "dashboard", "trainings"} <= set(own.values())
    for address in own:
        english, german = (attributes_of(page.decode()) for page in in_both(full_site, address))
        assert (address, german) == (address, english)


def test_what_programs_read_is_the_same_in_both_languages(full_site):
    batch = Batch.objects.exclude(finished=None).get()
    csv = f"/batch/{batch.pk}/results.csv"

    for address in (csv, f"/batch/{batch.pk}/progress/", "/api/v1/pictures/", "/api/v1/models/", "/exports/csv/"):
        english, german = in_both(full_site, address)
        assert (address, german) == (address, english)
    assert b"0.991" in in_both(full_site, csv)[1]


def test_a_downloaded_table_is_the_same_in_both_languages(full_site):
    tables = [
        archive.read(next(name for name in archive.namelist() if name.endswith(".csv")))
        for archive in (ZipFile(BytesIO(file)) for file in in_both(full_site, "/history/download/?source=upload"))
    ]

    assert tables[0] == tables[1]
    assert b"42" in tables[1]
