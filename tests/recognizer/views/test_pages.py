"""Every page under the site's own security policy: `/about/`, `/privacy/` and the rest."""

import re

import pytest
from django.conf import settings
from PIL import Image

PAGES = ("/", "/upload/", "/history/", "/models/", "/about/", "/privacy/", "/account/login/", "/account/signup/")


@pytest.mark.parametrize("address", PAGES)
def test_it_answers_with_a_heading(client, network, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert len(re.findall(r"<h1\b", answer.content.decode())) == 1


@pytest.mark.parametrize("address", PAGES)
def test_its_policy_allows_own_files_only(client, network, address):
    answer = client.get(address)

    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["/about/", "/privacy/"])
def test_a_page_that_only_tells_refuses_to_be_posted_to(client, db, address):
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", PAGES)
def test_looking_makes_nobody_a_visitor(client, network, address):
    client.get(address)

    assert "visitor" not in client.cookies


@pytest.mark.parametrize("address", ["/", "/about/", "/privacy/"])
def test_a_link_to_it_is_shown_with_a_title_and_a_picture_that_is_there(client, network, address):
    page = client.get(address).content.decode()

    told = dict(re.findall(r'<meta property="(og:[^"]+)" content="([^"]+)">', page))
    picture = settings.BASE_DIR / "static" / told["og:image"].removeprefix("http://testserver/static/")
    assert told["og:title"]
    assert told["og:url"] == f"http://testserver{address}"
    assert Image.open(picture).size == (int(told["og:image:width"]), int(told["og:image:height"])) == (1200, 630)
    assert picture.stat().st_size < 100_000


def test_an_error_says_nothing_about_how_a_link_to_it_is_shown(client, db):
    assert "og:" not in client.get("/nothing/").content.decode()


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")])
def test_it_names_its_language_and_direction(client, network, settings, language, direction):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "Arabic")]

    page = client.get("/about/", headers={"Accept-Language": language}).content.decode()

    assert f'<html lang="{language}" dir="{direction}">' in page
