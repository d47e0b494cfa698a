"""What an operator watches: `/metrics`, the id of each request, and the lines that are logged of it."""

import io
import json
import logging.config
import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from digitsite.logs import logging_in
from recognizer.models import Batch, BatchItem, TrainingRun
from tests.pictures import png_of
from tests.recognizer.outages import lost_database


def figures(client: Client, **extra) -> dict[str, float]:
    """Return what /metrics says: the value of every line."""
    answer = client.get("/metrics", **extra)
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_requests_are_counted_by_view_and_status(client, db):
    name = 'digitsite_request_seconds_count{method="GET",status="200",view="about"}'
    before = figures(client).get(name, 0)

    client.get("/about/")
    client.get("/about/?again=1")

    assert figures(client)[name] == before + 2


def test_no_address_and_no_method_of_a_visitors_makes_a_new_series(client, db):
    client.get(f"/{uuid.uuid4().hex}/")
    client.generic("BREW", "/about/")
    client.get(f"/p/{uuid.uuid4()}/")

    names = " ".join(figures(client))

    assert not re.search(r"[0-9a-f]{32}|[0-9a-f]{8}-", names)
    assert "BREW" not in names
    assert 'method="other",status="405",view="about"' in names
    assert 'method="GET",status="404",view="none"' in names


def test_readings_and_verdicts_are_counted(client, network):
    time_of, of = 'digitsite_reading_seconds_count{kind="cnn"}', 'digitsite_marks_total{kind="cnn",verdict="digit"}'
    before = figures(client)

    client.post("/api/v1/pictures/", {"image": SimpleUploadedFile("7.png", png_of("427"))})

    after = figures(client)
    assert after[time_of] == before.get(time_of, 0) + 1
    assert after[of] == before.get(of, 0) + 3


def test_a_kind_that_a_visitor_made_up_makes_no_new_series(client, network):
    client.post("/api/v1/pictures/", {"image": SimpleUploadedFile("7.png", png_of()), "model": "made-up"})

    assert "made-up" not in " ".join(figures(client))


def test_what_waits_and_what_reads_is_told(client, network):
    batch = Batch.objects.create(visitor=uuid.uuid4(), came_as="files", kind="cnn", total=2)
    for position in range(2):
        BatchItem.objects.create(batch=batch, position=position, state="waiting", staged=f"batches/x/{position}")
    TrainingRun.objects.create(kind="cnn", epochs=1)

    told = figures(client)

    assert told['digitsite_queue_length{queue="pictures"}'] == 2
    assert told['digitsite_queue_length{queue="trainings"}'] == 1
    assert told['digitsite_model_info{kind="cnn",version="stub"}'] == 1
    assert told["digitsite_database_up"] == 1


def test_it_answers_while_the_database_is_away(client, db):
    with lost_database():
        assert figures(client)["digitsite_database_up"] == 0


@pytest.mark.parametrize(
    "asks",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "10.0.0.2"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ],
)
def test_to_the_world_and_behind_a_proxy_there_is_nothing(client, db, asks):
    assert client.get("/metrics", **asks).status_code == 404


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1"])
def test_on_this_machine_no_token_is_needed(client, db, address):
    assert figures(client, REMOTE_ADDR=address)


def test_with_a_token_it_is_seen_from_anywhere_and_without_from_nowhere(client, db, settings):
    settings.METRICS_TOKEN = "secret"

    assert figures(client, REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer secret")
    for wrong in ({}, {"HTTP_AUTHORIZATION": "Bearer wrong"}, {"HTTP_AUTHORIZATION": "secret"}):
        assert client.get("/metrics", **wrong).status_code == 404


def test_every_answer_tells_its_requests_id(client, db):
    answers = [client.get("/about/"), client.get("/nothing-here/"), client.get("/healthz")]

    ids = [answer["X-Request-ID"] for answer in answers]

    assert len(set(ids)) == 3
    assert all(uuid.UUID(request_id) for request_id in ids)


def test_a_proxys_id_is_kept_and_what_is_none_is_not(client, db):
    given = uuid.uuid4().hex

    assert client.get("/about/", headers={"X-Request-ID": given})["X-Request-ID"] == given
    assert client.get("/about/", headers={"X-Request-ID": "<script>"})["X-Request-ID"] != "<script>"


@pytest.fixture
def json_lines() -> Iterator[Callable[[], list[dict]]]:
    """Log as LOG_FORMAT=json does; return a function that returns the lines so far."""
    handlers, written = logging.root.handlers[:], io.StringIO()
    logging.config.dictConfig(logging_in("json"))
    logging.root.handlers[0].setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.config.dictConfig(logging_in("text"))
    logging.root.handlers[:] = handlers


def test_json_lines_tell_the_request_and_its_id(client, db, json_lines):
    answer = client.get("/about/?token=secret")

    (line,) = [line for line in json_lines() if line["logger"] == "recognizer.operations.monitoring"]
    assert line["request_id"] == answer["X-Request-ID"]
    assert (line["method"], line["path"], line["status"], line["view"]) == ("GET", "/about/", 200, "about")
    assert line["ms"] > 0
    assert line["level"] == "INFO"
    assert "secret" not in json.dumps(line)


def test_an_error_is_one_line_with_the_id_of_its_request(db, json_lines, monkeypatch):
    def break_down() -> bytes:
        raise RuntimeError("a test's\nfault")

    monkeypatch.setattr("recognizer.views.health.exposition", break_down)
    answer = Client(raise_request_exception=False).get("/metrics")

    (line,) = [line for line in json_lines() if line["level"] == "ERROR"]
    assert answer.status_code == 500
    assert line["request_id"] == answer["X-Request-ID"]
    assert "a test's\nfault" in line["exc_info"]
