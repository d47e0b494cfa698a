"""What stands around the checks of many machines."""

from pathlib import Path

import pytest

from tests.load.machines.findings import none_failed
from tests.load.machines.nginx import configuration
from tests.load.machines.traffic import Traffic


def test_the_site_s_own_nginx_configuration_is_brought_to_these_machines(tmp_path):
    own = tmp_path / "own"

    text = configuration(tmp_path, own, 8443, [8001, 8002])

    assert "upstream machines { server 127.0.0.1:8001; server 127.0.0.1:8002; }" in text
    assert "listen 127.0.0.1:8443 ssl;" in text
    assert f"client_body_temp_path {own}/body;" in text
    assert "web:8000" not in text


@pytest.fixture
def traffic() -> Traffic:
    return Traffic("https://127.0.0.1:1", Path("certificate.pem"))


def test_refusals_are_no_failures(traffic):
    for status in (200, 302, 404, 429):
        traffic.count("GET", status, "/")

    assert (traffic.total(), traffic.failed()) == (4, 0)
    assert none_failed(traffic).holds


def test_failures_are_told_by_method_and_with_where_they_were(traffic):
    traffic.count("GET", 200, "/")
    traffic.count("GET", 503, "/history/")
    traffic.count("POST", 500, "/upload/")
    traffic.count("POST", 0, "broken off")

    assert (traffic.failed(), traffic.failed("GET"), traffic.failed("POST")) == (3, 1, 2)
    found = none_failed(traffic)
    assert not found.holds
    assert "4 requests, 3 failed" in found.says
    assert "503 GET /history/" in found.says
