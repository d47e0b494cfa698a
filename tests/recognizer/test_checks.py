"""What `manage.py check` knows of this site."""

import pytest

from recognizer.checks import check_log_format, check_rate_limit, check_released_models, check_retention
from tests.recognizer.artifacts import make_artifact


def ids(messages) -> list[str]:
    return [message.id for message in messages]


@pytest.mark.parametrize("rate", ["off", "Off", "60/min", "1/s", "5000/day", "3/hour"])
def test_a_rate_that_can_be_read_is_well(settings, rate):
    settings.RATE_LIMIT = rate

    assert check_rate_limit(None) == []


@pytest.mark.parametrize("rate", ["", "60", "/min", "60/", "sixty/min", "60/fortnight", "60/min/day", "on"])
def test_a_rate_that_cannot_be_read_is_an_error(settings, rate):
    settings.RATE_LIMIT = rate

    assert ids(check_rate_limit(None)) == ["recognizer.E001"]


@pytest.mark.parametrize(("days", "found"), [(None, []), (1, []), (-1, ["recognizer.E002"])])
def test_pictures_are_kept_for_some_days_or_for_ever(settings, days, found):
    settings.RETENTION_DAYS = days

    assert ids(check_retention(None)) == found


@pytest.mark.parametrize(("log_format", "found"), [("text", []), ("json", []), ("xml", ["recognizer.E003"])])
def test_logs_have_a_format_that_there_is(settings, log_format, found):
    settings.LOG_FORMAT = log_format

    assert ids(check_log_format(None)) == found


@pytest.fixture
def released(settings, tmp_path):
    settings.RELEASED_MODEL_ROOT = tmp_path / "released"
    return settings.RELEASED_MODEL_ROOT


def test_whole_artifacts_are_well(released):
    make_artifact(released)

    assert check_released_models(None) == []


def test_a_broken_artifact_is_a_warning(released):
    (make_artifact(released) / "model.keras").write_bytes(b"else")

    messages = check_released_models(None)

    assert ids(messages) == ["recognizer.W001"]
    assert "cnn-1" in messages[0].msg


def test_an_artifact_for_other_glyphs_is_a_warning(released):
    make_artifact(released, preprocessing=0)

    assert ids(check_released_models(None)) == ["recognizer.W002"]


def test_a_site_without_released_models_is_no_fault(released):
    assert check_released_models(None) == []


def test_this_sites_released_models_are_well():
    assert check_released_models(None) == []
