"""The API described: `/api/v1/schema/`, `/api/v1/docs/`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[3]
CONTRACT = {
    "/api/v1/pictures/": {"get", "post"},
    "/api/v1/guess/": {"post"},
    "/api/v1/pictures/{picture_id}/": {"get", "delete"},
    "/api/v1/pictures/{picture_id}/image/": {"get"},
    "/api/v1/glyphs/{glyph_id}/label/": {"put"},
    "/api/v1/labels/{file_format}/": {"get"},
    "/api/v1/models/": {"get"},
}


def schema(client) -> dict:
    return client.get("/api/v1/schema/?format=json", headers={"Accept": "application/vnd.oai.openapi+json"}).json()


def test_it_is_valid_and_made_without_a_warning(tmp_path, capsys):
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(tmp_path / "schema.yaml"))

    assert "openapi: 3" in (tmp_path / "schema.yaml").read_text()


ASKED_AT_ONCE = """
import django
django.setup()
from concurrent.futures import ThreadPoolExecutor
from django.test import Client
with ThreadPoolExecutor(8) as threads:
    answers = threads.map(lambda _: Client().get("/api/v1/schema/", HTTP_HOST="127.0.0.1").status_code, range(16))
    print(set(answers))
"""
"""In a process of its own: only the first time is not safe."""


def test_a_fresh_process_describes_it_to_many_at_once(tmp_path):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "digitsite.settings", "VAR_DIR": str(tmp_path)}
    environment |= {"DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "RATE_LIMIT": "off"}
    command = [sys.executable, "-c", ASKED_AT_ONCE]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)

    assert done.stdout.strip() == "{200}", done.stderr


def test_it_describes_every_address_of_the_contract(client, db):
    paths = schema(client)["paths"]

    assert {path: set(methods) for path, methods in paths.items()} == CONTRACT


def test_a_picture_is_described_as_a_file(client, db):
    sent = schema(client)["components"]["schemas"]["NewPictureRequest"]["properties"]["image"]

    assert (sent["type"], sent["format"]) == ("string", "binary")


def test_it_describes_what_is_sent_and_every_refusal(client, db):
    post = schema(client)["paths"]["/api/v1/pictures/"]["post"]

    assert set(post["requestBody"]["content"]) == {"multipart/form-data"}
    assert set(post["responses"]) == {"201", "400", "413", "415", "422", "429", "503"}


def test_the_docs_page_works_under_the_sites_policy(client, db):
    answer = client.get("/api/v1/docs/")

    page = answer.content.decode()
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert answer.status_code == 200
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert scripts
    assert all("src=" in attributes and not body.strip() for attributes, body in scripts)
    assert all(source.startswith(("/", "#")) for source in re.findall(r'(?:src|href)="([^"]*)"', page))


@pytest.mark.parametrize("method", ["options", "post", "put", "delete"])
def test_the_docs_page_is_only_to_be_looked_at(client, db, method):
    assert getattr(client, method)("/api/v1/docs/").status_code == 405


def test_the_docs_pages_own_script_is_a_file_of_the_site(client, db):
    page = client.get("/api/v1/docs/").content.decode()
    script = re.search(r'src="(/api/v1/docs/[^"]*)"', page).group(1)

    answer = client.get(script)

    assert answer.status_code == 200
    assert "javascript" in answer["Content-Type"]
    assert "SwaggerUIBundle" in answer.content.decode()


@pytest.mark.parametrize("version", ["\r\nSet-Cookie: a=b", "é" * 300, "2", ""])
def test_a_version_that_somebody_made_up_is_not_repeated_in_a_header(client, db, version):
    answer = client.get("/api/v1/schema/", {"version": version})

    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'inline; filename="digitsite.yaml"'
    assert "a" not in answer.cookies
