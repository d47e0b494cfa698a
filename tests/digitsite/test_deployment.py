"""Dockerfile, compose.yaml, nginx.conf and render.yaml, held against what they speak of; no engine runs them here."""

import ast
import fnmatch
import os
import re
import shlex
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml
from django.urls import resolve
from packaging.specifiers import SpecifierSet

from recognizer.uploads import MAX_REQUEST_BYTES
from tests.load.machines.nginx import nginx_path

ROOT = Path(__file__).parent.parent.parent
READ_BY_LIBRARIES = {
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"),  # boto3
    "PORT",  # Render, to find where the site listens
}


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


@cache
def compose() -> dict:
    return yaml.safe_load(text_of("compose.yaml"))


@cache
def own_services() -> dict[str, dict]:
    """Return the services that run this site's own image."""
    return {name: service for name, service in compose()["services"].items() if service["image"] == "digitsite"}


@cache
def render() -> dict:
    return yaml.safe_load(text_of("render.yaml"))


@cache
def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, each on one line, with its word before it."""
    lines = [line for line in text_of("Dockerfile").splitlines() if not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line]


def told(word: str) -> str:
    """Return what the Dockerfile says last with that word."""
    return [rest for found, rest in instructions() if found == word][-1]


def names_read_by_the_site() -> set[str]:
    """Return every name that the site looks up in its environment."""
    code = text_of("digitsite/settings.py") + text_of("digitsite/gunicorn.py")
    return set(re.findall(r'(?:env(?:\.\w+)?\(|environ\.get\()"([A-Z_]+)"', code))


def names_set_by_compose() -> set[str]:
    return {name for service in own_services().values() for name in service["environment"]}


def names_set_by_render() -> set[str]:
    variables = [*render()["envVarGroups"][0]["envVars"]]
    variables += [variable for service in render()["services"] for variable in service.get("envVars", [])]
    return {variable["key"] for variable in variables if "key" in variable}


def names_set_by_the_image() -> set[str]:
    return {name for name in re.findall(r"(\w+)=", told("ENV")) if name not in {"PATH", "PYTHONUNBUFFERED"}}


@pytest.mark.parametrize("names", [names_set_by_compose, names_set_by_render, names_set_by_the_image])
def test_every_setting_is_one_that_the_site_reads(names):
    assert names()
    assert names() - READ_BY_LIBRARIES <= names_read_by_the_site()


@pytest.mark.parametrize("names", [names_set_by_compose, names_set_by_render, names_set_by_the_image])
def test_every_setting_stands_in_the_readme(names):
    readme = text_of("README.md")

    assert [name for name in sorted(names() - {"PORT"}) if f"`{name}`" not in readme] == []


def test_the_image_has_a_python_that_the_site_runs_on():
    [version] = re.findall(r"^ARG PYTHON=(3\.\d+\.\d+)-slim-bookworm$", text_of("Dockerfile"), re.MULTILINE)
    [wanted] = re.findall(r'requires-python = "(.+)"', text_of("pyproject.toml"))

    assert version in SpecifierSet(wanted)


def test_the_image_is_served_by_no_root_and_without_a_shell_before_it():
    assert told("USER") == "1000"
    assert told("CMD") == '["gunicorn", "-c", "python:digitsite.gunicorn", "digitsite.wsgi"]'  # as the README serves it
    assert "ENTRYPOINT" not in dict(instructions())


def test_the_health_check_asks_where_the_site_answers():
    code = ast.literal_eval(told("HEALTHCHECK").split("CMD ", 1)[1])[2]
    port, path = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", code).groups()

    compile(code, "HEALTHCHECK", "exec")
    assert resolve(path).url_name == "healthz"
    assert port == told("EXPOSE")
    assert f"BIND=0.0.0.0:{port}" in told("ENV")


def goes_into_the_image(path: str) -> bool:
    """Say what .dockerignore does with a file: the last line that fits it or a folder above it decides."""
    parts = path.split("/")
    folders = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    kept = True
    for line in text_of(".dockerignore").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.lstrip("!")
        fits = any(fnmatch.fnmatch(folder, pattern) and _same_depth(folder, pattern) for folder in folders)
        kept = line.startswith("!") if fits else kept
    return kept


def _same_depth(folder: str, pattern: str) -> bool:
    return "**" in pattern or folder.count("/") == pattern.count("/")


@pytest.mark.parametrize(
    "path",
    [
        *(".env", ".git/config", ".venv/bin/python", "var/secret_key", "var/db.sqlite3", "var/media/a.png"),
        *("tests/conftest.py", "training/training.ipynb", "training/fonts/node_modules/x/a.ttf", "id_rsa"),
    ],
)
def test_what_is_no_part_of_the_site_stays_out_of_the_image(path):
    assert not goes_into_the_image(path)


def test_what_the_site_runs_on_goes_into_the_image():
    needed = ["manage.py", "requirements.txt", "training/cnn.py", "static/css/tokens.css", "templates/base.html"]
    needed += [str(path.relative_to(ROOT)) for path in (ROOT / "recognizer" / "released").rglob("*.keras")]

    assert all((ROOT / path).is_file() and goes_into_the_image(path) for path in needed)


def test_nginx_lets_through_what_the_site_has_a_sentence_for():
    [mebibytes] = re.findall(r"client_max_body_size (\d+)m;", text_of("digitsite/nginx.conf"))
    [gibibytes] = re.findall(r"/tmp:size=(\d+)g", compose()["services"]["nginx"]["tmpfs"][0])

    assert int(mebibytes) * 2**20 > MAX_REQUEST_BYTES
    assert int(gibibytes) * 2**30 >= 4 * int(mebibytes) * 2**20  # some of them at once


def test_nginx_takes_its_configuration(tmp_path):
    nginx = nginx_path()
    if nginx is None:
        reason = "No nginx: it is not installed."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    configuration = tmp_path / "nginx.conf"  # what it makes while it looks goes there, too
    configuration.write_text(text_of("digitsite/nginx.conf").replace(" /tmp/", f" {tmp_path}/"))

    result = subprocess.run([nginx, "-t", "-c", configuration], capture_output=True, text=True, timeout=30)

    assert result.returncode == 0, result.stderr


def test_an_outage_is_told_as_one_that_ends():
    configuration = text_of("digitsite/nginx.conf")

    assert "error_page 502 504 =503 @away;" in configuration
    assert "add_header Retry-After 5 always;" in configuration
    assert "non_idempotent" not in configuration


def test_nginx_asks_the_web_machines_and_tells_nobody_the_figures():
    configuration = text_of("digitsite/nginx.conf")

    assert "web" in own_services()
    assert f"set $web web:{told('EXPOSE')};" in configuration
    assert re.search(r"location = /metrics \{\s+return 404;", configuration)


def test_only_nginx_is_published_and_only_to_this_machine():
    published = {name: service["ports"] for name, service in compose()["services"].items() if "ports" in service}

    assert published == {"nginx": ["${LISTEN:-127.0.0.1:8080}:8080"]}


def test_no_secret_has_a_default():
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "BUCKET_SECRET"):
        uses = re.findall(rf"\$\{{{name}(.*?)\}}", text_of("compose.yaml"))
        assert uses[0].startswith(":?")
        assert not any(use.startswith(":-") for use in uses)


@pytest.mark.parametrize("name", ["web", "picture-worker", "training-worker", "migrate", "make-bucket"])
def test_the_sites_own_containers_may_write_only_to_what_they_are_given(name):
    service = own_services()[name]
    written = [mount.split(":")[0] for mount in service["tmpfs"]]
    written += [mount.split(":")[1] for mount in service.get("volumes", [])]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert sorted(written) == ["/data", "/tmp"]


def test_both_queues_have_a_worker_of_their_own_wherever_the_site_runs(settings):
    queues = set(settings.TASKS["default"]["QUEUES"])
    in_compose = {tuple(service["command"]) for service in own_services().values() if "db_worker" in str(service)}
    on_render = {
        tuple(shlex.split(service["dockerCommand"])) for service in render()["services"] if service["type"] == "worker"
    }

    wanted = {("python", "manage.py", "db_worker", "--queue-name", queue) for queue in queues}
    assert in_compose == wanted
    assert on_render == wanted


def test_whoever_is_waited_for_is_there():
    services = compose()["services"]
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            is_healthy = wait["condition"] == "service_healthy"
            assert not is_healthy or services[name].get("healthcheck", {}).get("disable") is not True
            assert is_healthy or services[name]["restart"] == "no"


def test_render_finds_what_it_is_pointed_to():
    names = {(service["type"], service["name"]): service for service in render()["services"]}
    databases = {database["name"] for database in render()["databases"]}
    variables = [variable for service in names.values() for variable in service.get("envVars", [])]

    assert {variable["fromDatabase"]["name"] for variable in variables if "fromDatabase" in variable} == databases
    for source in [variable["fromService"] for variable in variables if "fromService" in variable]:
        found = names[source["type"], source["name"]]
        asked = source.get("envVarKey")
        assert asked is None or asked in {variable.get("key") for variable in found["envVars"]}
    assert resolve(names["web", "digitsite"]["healthCheckPath"]).url_name == "healthz"
