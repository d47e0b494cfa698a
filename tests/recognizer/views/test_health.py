"""What a supervisor asks: `/healthz`, `/readyz`."""

from tests.recognizer.outages import lost_database


def test_it_is_ready_with_database_and_model(client, network):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "model": "ok"}


def test_it_is_not_ready_without_a_model(client, db):
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": "ok", "model": "unavailable"}
    assert answer["Retry-After"] == "5"


def test_it_is_not_ready_without_the_database(client, network):
    with lost_database():
        answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": "unavailable", "model": "unavailable"}


def test_it_is_alive_without_anything(client, db):
    with lost_database():
        answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


def test_a_supervisor_may_ask_by_any_address_and_nobody_else(client, network, settings):
    settings.ALLOWED_HOSTS = ["digits.example.org"]
    settings.METRICS_TOKEN = "secret"
    asked = {"HTTP_HOST": "192.0.2.7:8000", "HTTP_AUTHORIZATION": "Bearer secret"}

    assert [client.get(page, **asked).status_code for page in ("/healthz", "/readyz", "/metrics")] == [200] * 3
    assert client.get("/about/", **asked).status_code == 400


def test_the_answers_are_kept_in_no_cache(client, network):
    assert "no-store" in client.get("/healthz")["Cache-Control"]
    assert "no-store" in client.get("/readyz")["Cache-Control"]
