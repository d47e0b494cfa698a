"""Every page under the site's own security policy: `/about/`, `/privacy/` and the rest."""

import re

import pytest

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
