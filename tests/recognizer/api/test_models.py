"""The model versions: `GET /api/v1/models/`."""

from tests.recognizer.rows import make_version


def test_it_lists_every_version_with_state_and_figures(client, db):
    make_version("cnn", "1", "retired", card={"figures": {"mnist_test": {"accuracy": 0.99}}, "data": "secret path"})
    make_version("cnn", "2", "active")
    make_version("mlp", "1", "candidate")

    body = client.get("/api/v1/models/").json()

    assert [(v["kind"], v["version"], v["state"]) for v in body] == [
        ("cnn", "2", "active"),
        ("cnn", "1", "retired"),
        ("mlp", "1", "candidate"),
    ]
    assert {frozenset(version) for version in body} == {
        frozenset({"kind", "version", "state", "created", "sha256", "figures"})
    }
    assert [version["figures"] for version in body] == [{}, {"mnist_test": {"accuracy": 0.99}}, {}]


def test_it_is_empty_on_a_site_without_models(client, db):
    answer = client.get("/api/v1/models/")

    assert (answer.status_code, answer.json()) == (200, [])


def test_it_refuses_another_method(client, db):
    assert client.post("/api/v1/models/").status_code == 405
