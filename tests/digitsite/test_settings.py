"""All settings, as the environment makes them: each in a process of its own."""

import json
import os
import secrets
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
OWN_NAMES = {
    *("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "MEDIA_ROOT", "CACHE_URL"),
    *(
        "RATE_LIMIT",
        "MODEL_ROOT",
        "TRUSTED_PROXIES",
        "HTTPS",
        "RETENTION_DAYS",
        "MEDIA_BUCKET",
        "LOG_FORMAT",
        "METRICS_TOKEN",
        "VAR_DIR",
        "FRAMED_BY",
        "DJANGO_SETTINGS_MODULE",
    ),
}
PRINT_SETTINGS = """
import json
from digitsite import settings
print(json.dumps({name: getattr(settings, name) for name in dir(settings) if name.isupper()}, default=str))
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess:
    """Run Python with nothing of the site's in its environment but this."""
    clean = {name: value for name, value in os.environ.items() if name not in OWN_NAMES}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=clean | environment, capture_output=True, text=True, timeout=60
    )


@cache
def settings_under(**environment: str) -> dict:
    """Return the settings that such an environment makes."""
    result = run("-c", PRINT_SETTINGS, **environment)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_nothing_need_be_set_on_one_machine():
    made = settings_under()

    assert made["DEBUG"] is False
    assert made["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert made["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert made["DATABASES"]["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert made["SECRET_KEY"] == (ROOT / "var" / "secret_key").read_text().strip()
    assert made["RATE_LIMIT"] == "60/min"
    assert made["MEDIA_ROOT"] == str(ROOT / "var" / "media")


@pytest.mark.parametrize("name", ["SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"])
def test_public_hosts_turn_https_on(name):
    assert settings_under()[name] is False
    assert settings_under(ALLOWED_HOSTS="digits.example.org")[name] is True
    assert settings_under(ALLOWED_HOSTS="localhost,127.0.0.1")[name] is False
    assert settings_under(ALLOWED_HOSTS="digits.example.org", HTTPS="off")[name] is False


def test_public_hosts_are_remembered_as_https_for_a_year():
    made = settings_under(ALLOWED_HOSTS="digits.example.org")

    assert made["ALLOWED_HOSTS"] == ["digits.example.org", "127.0.0.1", "localhost", "[::1]"]
    assert made["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
    assert made["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert made["SECURE_HSTS_PRELOAD"] is True
    assert settings_under()["SECURE_HSTS_SECONDS"] == 0


def test_a_proxy_is_believed_only_when_there_is_one():
    assert settings_under()["SECURE_PROXY_SSL_HEADER"] is None
    assert settings_under()["REST_FRAMEWORK"]["NUM_PROXIES"] == 0
    assert settings_under(TRUSTED_PROXIES="1")["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert settings_under(TRUSTED_PROXIES="1")["REST_FRAMEWORK"]["NUM_PROXIES"] == 1


def test_every_fixed_name_is_read(tmp_path):
    made = settings_under(
        SECRET_KEY="x" * 60,
        DEBUG="on",
        CSRF_TRUSTED_ORIGINS="https://a.example,https://b.example",
        DATABASE_URL="postgres://ada:pw@db.example:5433/digits",
        MEDIA_ROOT=str(tmp_path / "media"),
        MODEL_ROOT=str(tmp_path / "models"),
        CACHE_URL="locmemcache://",
        RATE_LIMIT="off",
    )

    database = made["DATABASES"]["default"]
    assert made["SECRET_KEY"] == "x" * 60
    assert made["DEBUG"] is True
    assert made["CSRF_TRUSTED_ORIGINS"] == ["https://a.example", "https://b.example"]
    assert (database["ENGINE"], database["HOST"], database["PORT"], database["NAME"]) == (
        "django.db.backends.postgresql",
        "db.example",
        5433,
        "digits",
    )
    assert "transaction_mode" not in database.get("OPTIONS", {})
    assert made["MEDIA_ROOT"] == str(tmp_path / "media")
    assert made["MODEL_ROOT"] == str(tmp_path / "models")
    assert made["CACHES"]["default"]["BACKEND"].endswith("LocMemCache")
    assert made["RATE_LIMIT"] == "off"


@pytest.mark.parametrize(("given", "made"), [("", None), ("0", None), ("90", 90)])
def test_pictures_are_kept_unless_it_is_said_for_how_long(given, made):
    assert settings_under()["RETENTION_DAYS"] is None
    assert settings_under(RETENTION_DAYS=given)["RETENTION_DAYS"] == made


def test_a_shared_cache_tells_outages_soon():
    cache = settings_under(CACHE_URL="redis://cache.example:6379/1")["CACHES"]["default"]

    assert cache["BACKEND"] == "recognizer.stores.redis_cache.SharedRedisCache"
    assert cache["LOCATION"] == "redis://cache.example:6379/1"
    assert cache["OPTIONS"] == {"socket_connect_timeout": 2, "socket_timeout": 2}


def test_a_bucket_takes_the_place_of_the_folder():
    storage = settings_under(MEDIA_BUCKET="pictures")["STORAGES"]["default"]

    assert settings_under()["STORAGES"]["default"]["BACKEND"] == "recognizer.stores.folder.PictureStorage"
    assert storage == {"BACKEND": "recognizer.stores.bucket.BucketStorage", "OPTIONS": {"bucket_name": "pictures"}}


def test_all_that_is_written_lies_in_one_folder_and_nothing_of_it_beside_the_code(tmp_path):
    made = settings_under(VAR_DIR=str(tmp_path / "data"))

    assert made["SECRET_KEY"] == (tmp_path / "data" / "secret_key").read_text().strip()
    written = [made["MEDIA_ROOT"], made["MODEL_ROOT"], made["DATABASES"]["default"]["NAME"]]
    assert {str(Path(name).parent) for name in [*written, made["CACHES"]["default"]["LOCATION"]]} == {
        str(tmp_path / "data")
    }
    assert made["STATIC_ROOT"] == settings_under()["STATIC_ROOT"]


def test_an_address_of_the_database_says_how_long_a_connection_is_kept():
    address = "postgres://someone@machine/digits"

    assert settings_under(DATABASE_URL=address)["DATABASES"]["default"]["CONN_MAX_AGE"] == 60
    assert settings_under(DATABASE_URL=f"{address}?conn_max_age=0")["DATABASES"]["default"]["CONN_MAX_AGE"] == 0


COOKIES = ("SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "LANGUAGE_COOKIE_SAMESITE")


def test_nobody_may_frame_the_site_unless_it_is_said_who():
    alone = settings_under(ALLOWED_HOSTS="digits.example.org")
    framed = settings_under(ALLOWED_HOSTS="digits.example.org", FRAMED_BY="https://frames.example")

    assert alone["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["frame-ancestors"] == ["'none'"]
    assert {alone[cookie] for cookie in COOKIES} == {"Lax"}
    assert framed["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["frame-ancestors"] == ["https://frames.example"]
    assert {framed[cookie] for cookie in COOKIES} == {"None"}
    assert settings_under(FRAMED_BY="https://frames.example")["SESSION_COOKIE_SAMESITE"] == "Lax"  # None needs HTTPS


def test_an_empty_secret_key_is_none():
    assert len(settings_under(SECRET_KEY="")["SECRET_KEY"]) >= 50


def test_a_public_site_passes_djangos_own_check_for_deployment():
    environment = {"SECRET_KEY": secrets.token_urlsafe(64), "ALLOWED_HOSTS": "digits.example.org"}

    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **environment)

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_a_rate_that_cannot_be_read_fails_the_check():
    result = run("manage.py", "check", RATE_LIMIT="many")

    assert result.returncode == 1
    assert "recognizer.E001" in result.stderr


def test_there_is_no_password_of_anybody_in_a_default():
    assert not any(name.endswith("PASSWORD") and value for name, value in settings_under().items())
