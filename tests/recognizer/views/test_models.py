"""The models side by side, the card of each, and its file: `/models/`, `/models/<kind>/<version>/[download/]`."""

import base64
import io
import re
import zipfile
from datetime import UTC, datetime
from html import unescape
from itertools import pairwise

import numpy as np
import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client

from recognizer.imaging.encoding import encode_png
from recognizer.inference.artifacts import read_artifact
from recognizer.models import ModelKind, ModelVersion, Promotion
from recognizer.templatetags.charts import ACCURACIES, LOSSES
from tests.recognizer.artifacts import make_artifact

ATTACK = "\"'><script>alert(1)</script>"
PNG = base64.b64encode(encode_png(np.eye(28, dtype=np.uint8) * 255)).decode()


def source(kind: str, n: int, interval_95: list[float], **counts: int) -> dict:
    return {"kind": kind, "n": n, "interval_95": interval_95} | counts


OPTIONAL = {
    "figures": {
        "mnist_test": {"n": 200, "correct": 199, "accuracy": 0.995, "interval_95": [0.9725, 0.9999]},
        "pictures": {
            "measured_by": "python manage.py evaluate FOLDER",
            "expected_calibration_error": 0.021,
            "sources": {
                "phone": source("digit", 100, [0.82, 0.95], right=90, sure=70, wrong_sure=1),
                "mouse": source("digit", 10, [0.69, 1.0], right=10, sure=10, wrong_sure=0),
                "cheques": source("multi", 40, [0.58, 0.87], right=30, sure=20, wrong_sure=2),
                "letters": source("none", 50, [0.05, 0.25], right=44, sure=2, wrong_sure=2, claims=6),
            },
        },
    },
    "failures": [
        {"label": "4", "read": "not_a_digit", "confidence": 0.71, "png": PNG, "about": "pencil on squared paper"},
        {"label": "7", "read": "1", "confidence": 0.9, "png": "no picture", "about": "felt tip"},
    ],
    "data": {"name": "MNIST", "fonts": [{"family": "Caveat", "version": "5.3.0", "licence": "OFL-1.1"}]},
    "parent": {"kind": "cnn", "version": "elsewhere", "sha256": "cd" * 32},
    "corrections": {
        "learnt": 1203,
        "held_out": 40,
        "learnt_by_label": {"1": 1200, "not_a_digit": 3},
        "held_out_by_label": {"1": 38, "not_a_digit": 2},
        "held_out_right": 38,
        "held_out_right_before": 21,
        "accuracy": 0.95,
        "interval_95": [0.835, 0.986],
    },
    "ablation": {
        "columns": ["single", "numbers", "claims"],
        "rows": [{"name": "without fonts", "values": [0.891, 0.5, 12]}],
        "measured_by": "python -m training ablation",
    },
}


@pytest.fixture
def released(db) -> dict[str, ModelVersion]:
    call_command("register_models", verbosity=0)
    return {version.kind: version for version in ModelVersion.objects.filter(state="active")}


@pytest.fixture
def add_model(db):
    def add_model(
        card: dict, *, kind: str = "cnn", version: str = "1", state: str = "active", **fields
    ) -> ModelVersion:
        named = {"kind": kind, "version": version, "folder": f"{kind}-{version}", "sha256": "ab" * 32}
        return ModelVersion.objects.create(card=card, state=state, **named | fields)

    return add_model


def text_of(answer) -> str:
    """Return what a page says, without its markup and with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def address_of(version: ModelVersion) -> str:
    return f"/models/{version.kind}/{version.version}/"


# All of them


def test_every_kind_is_there_with_its_figures_and_the_way_to_its_card(client, released):
    answer = client.get("/models/")

    assert answer.status_code == 200
    for version in released.values():
        figures = version.card["figures"]["mnist_test"]
        assert f'href="{address_of(version)}"' in answer.content.decode()
        assert version.get_kind_display() in text_of(answer)
        assert f"{100 * figures['accuracy']:.2f} %" in text_of(answer)
        assert "{:.2f}–{:.2f} %".format(*(100 * bound for bound in figures["interval_95"])) in text_of(answer)
        assert f"{version.card['model']['parameters']:,}" in text_of(answer)


def test_the_active_version_comes_first_and_every_state_is_named(client, add_model):
    for version, state in (("b", "active"), ("c", "candidate"), ("a", "retired")):
        add_model({}, version=version, state=state)

    words = text_of(client.get("/models/"))

    assert "Version b active Convolutional network, Version c candidate 1 retired version" in words
    rows = [words.index(f"Convolutional network {version} ") for version in ("b", "c candidate", "a retired")]
    assert rows == sorted(rows)


def test_strangers_pictures_count_by_source_not_by_number(client, add_model):
    add_model(OPTIONAL)

    words = text_of(client.get("/models/"))

    assert "95.0 % 90.0 % to 100.0 % 75.0 % 12.0 %" in words


def test_columns_of_which_no_card_tells_are_not_shown(client, add_model):
    add_model({})

    words = text_of(client.get("/models/"))

    assert "False claims" not in words
    assert "Convolutional network 1 – – –" in words


def test_without_a_model_it_says_so_and_how_to_mend_it(client, db):
    answer = client.get("/models/")

    assert answer.status_code == 200
    assert "No model is registered" in text_of(answer)
    assert "python manage.py register_models" in text_of(answer)
    assert "<table" not in answer.content.decode()


# One card


@pytest.mark.parametrize("kind", ModelKind.values)
def test_a_released_card_is_told_in_full(client, released, kind):
    version = released[kind]
    card, figures = version.card, version.card["figures"]["mnist_test"]

    answer = client.get(address_of(version))

    assert answer.status_code == 200
    words = text_of(answer)
    for told in (*card["limits"], *card["not_for"], *card["data"]["sha256"].values(), card["command"], card["machine"]):
        assert told in words
    for told in (
        version.sha256,
        card["model"]["sha256"],
        card["thresholds"]["rules"]["sure"],
        card["data"]["negatives"],
    ):
        assert told in words
    assert f"{100 * figures['accuracy']:.2f} %" in words
    assert f"{100 * figures['expected_calibration_error']:.2f} % on average" in words
    assert all(f"{100 * accuracy:.2f} %" in words for accuracy in figures["per_class"])
    assert all(f"{value:g}" in words for value in card["recipe"].values() if isinstance(value, float))
    drawn = set(version.card["figures"]["history"][0]) & {*ACCURACIES, *LOSSES}
    assert answer.content.decode().count("<polyline points=") == 2 * len(
        drawn
    )  # each line, and its sample in the legend


def test_a_confusion_matrix_is_shown_whole(client, released):
    matrix = released["mlp"].card["figures"]["mnist_test"]["confusion"]

    content = client.get(address_of(released["mlp"])).content.decode()

    table = content[content.index('class="figures-table confusion"') :]
    cells = re.findall(r'<td class="[a-z0-9-]+">(\d+)</td>', table[: table.index("</table>")])
    assert [int(cell) for cell in cells] == [count for row in matrix for count in row]


def test_a_card_may_tell_of_strangers_pictures_failures_fonts_and_ablations(client, add_model):
    answer = client.get(address_of(add_model(OPTIONAL)))

    words = text_of(answer)
    assert "Phone 100 90.0 % 82.0–95.0 % 70.0 % 1.0 %" in words
    assert "Mean of the sources 110 95.0 %" in words
    assert "Cheques 40 75.0 % 58.0–87.0 % 50.0 % 5.0 %" in words
    assert "Letters 50 12.0 % 5.0–25.0 %" in words
    assert "off by 2.1 % on average" in words
    assert "python manage.py evaluate FOLDER" in words
    assert "4 read as not a digit , 71.0 % sure pencil on squared paper" in words
    assert answer.content.decode().count("data:image/png;base64,") == 1
    assert "Caveat 5.3.0 OFL-1.1" in words
    assert "without fonts 89.1 % 50.0 % 12" in words
    assert "python -m training ablation" in words


def test_what_was_measured_on_drawn_pages_is_told(client, add_model):
    scored = {"n": 400, "accuracy": 0.9175, "interval_95": [0.8862, 0.9426], "expected_calibration_error": 0.0123}
    epochs = [{"validation_accuracy": 0.9, "page_accuracy": 0.8}, {"validation_accuracy": 0.99, "page_accuracy": 0.9}]
    card = {"figures": {"validation": {"untouched": scored | {"n": 900}, "pages": scored}, "history": epochs}}

    words = text_of(client.get(address_of(add_model(card))))

    assert "On drawn pages 400 91.75 % 88.62–94.26 % 1.23 %" in words
    assert "Validation digits on drawn pages: 10.00 % at the end" in words
    assert "Mildly altered" not in words


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"figures": {}, "data": {}, "model": {}, "recipe": {}, "limits": [], "failures": []},
        {"figures": None, "data": None, "model": None, "calibration": None, "thresholds": None, "failures": None},
        {"figures": {"pictures": {"sources": {"a": {"kind": "digit", "n": 0}, "b": None, "c": {"kind": "x", "n": 3}}}}},
        {"figures": {"pictures": {"sources": []}, "mnist_test": {"accuracy": "high"}, "history": [{}, {}]}},
        {"figures": {"mnist_test": {"confusion": [[1], [2, 3]], "per_class": ["a"]}, "pictures": "many"}},
        {"parent": "1", "corrections": "many"},
        {"teachers": "many"},
        {"teachers": [{"kind": ["cnn"], "version": 1}, "another"]},
        {"teachers": [{"kind": ["cnn"], "version": 1}]},
        {"parent": None, "corrections": {"learnt_by_label": None, "held_out": 3, "held_out_right": "3"}},
    ],
)
def test_what_a_card_does_not_tell_is_left_out(client, add_model, card):
    version = add_model(card)

    answer = client.get(address_of(version))

    assert answer.status_code == 200
    assert version.sha256 in text_of(answer)
    assert "<table" not in answer.content.decode()
    assert "<polyline" not in answer.content.decode()
    assert client.get("/models/").status_code == 200


def test_other_versions_of_the_kind_are_a_link_away(client, add_model):
    add_model({}, version="1")
    other = add_model({}, version="2.0-rc/1", state="candidate")
    add_model({}, kind="mlp", version="3")

    content = client.get("/models/cnn/1/").content.decode()

    assert f'href="{address_of(other)}"' in content
    assert "/models/mlp/3/" not in content
    assert 'href="/models/cnn/1/"' not in content
    assert client.get(address_of(other)).status_code == 200


# Where it comes from, and what became of it


def test_lineage_leads_up_and_down(client, add_model):
    first = add_model({}, version="1", state="retired")
    parent = add_model({}, version="2", parent=first)
    shown = add_model({}, version="3", state="candidate", parent=parent)
    child = add_model({}, version="4", state="candidate", parent=shown)
    cousin = add_model({}, version="5", state="retired", parent=parent)

    content = client.get(address_of(shown)).content.decode()

    lineage = content[content.index('class="lineage"') : content.index('id="file"')]
    assert re.findall(r'href="([^"]+)"', lineage) == [address_of(first), address_of(parent), address_of(child)]
    others = content[content.index('id="versions"') :]
    assert re.findall(r'href="(/models/cnn/[^"]+)"', others) == [address_of(cousin)]


def test_a_parent_that_is_not_registered_is_named(client, add_model):
    words = text_of(client.get(address_of(add_model(OPTIONAL))))

    assert "Version elsewhere not registered here Version 1 active" in words
    assert "began with the weights of the version above it. Beside MNIST it learned from 1,203 corrections" in words


def test_the_networks_that_taught_it_are_named(client, add_model):
    teachers = [{"kind": "cnn", "version": "5", "sha256": "ab"}, {"kind": "mlp", "version": "3<b>", "sha256": "cd"}]

    by_two = text_of(client.get(address_of(add_model({"teachers": teachers}))))
    by_one = text_of(client.get(address_of(add_model({"teachers": teachers[:1]}, version="2", state="candidate"))))

    assert "it learned what other networks say together: Convolutional network 5, Keras MLP 3<b>." in by_two
    assert "it learned what another network says: Convolutional network 5." in by_one


def test_what_it_learnt_from_corrections_is_told(client, add_model):
    words = text_of(client.get(address_of(add_model(OPTIONAL))))

    assert "Labelled 1 none All Learned from 1,200 3 1,203 Kept aside 38 2 40" in words
    assert "It reads 38 of them as they are labelled (95.0 %). The version that it was trained from read 21." in words
    assert "within 83.5–98.6 %" in words


@pytest.fixture
def promoted(add_model, django_user_model) -> ModelVersion:
    """A version that was promoted against a gate, and from which somebody rolled back."""
    before = add_model({}, version="before")
    shown = add_model({}, version="shown", state="retired")
    mary = django_user_model.objects.create_user("mary")
    changes = [
        (datetime(2026, 3, 1, 9, 30, tzinfo=UTC), shown, before, Promotion.Kind.OVERRIDE, "The label was wrong."),
        (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), before, shown, Promotion.Kind.ROLLBACK, ""),
    ]
    for created, version, replaced, kind, reason in changes:
        Promotion.objects.create(
            version=version, replaced=replaced, kind=kind, reason=reason, user=mary, created=created
        )
    return shown


def test_what_became_of_it_is_told_with_its_dates(client, promoted):
    words = text_of(client.get(address_of(promoted)))

    assert "1 March 2026, 09:30 Promoted against a gate, in place of version before" in words
    assert "2 March 2026, 09:30 Rolled back to version before" in words
    assert "2 March 2026, 09:30 Put back, in place of version shown" in text_of(client.get("/models/cnn/before/"))


def test_who_promoted_it_and_why_is_told_to_staff_alone(client, promoted, admin_client):
    anybody, staff = (text_of(someone.get(address_of(promoted))) for someone in (client, admin_client))

    assert "mary" not in anybody
    assert "The label was wrong." not in anybody
    assert "by mary “The label was wrong.”" in staff


def test_only_who_may_promote_is_offered_to(client, promoted, admin_client):
    assert "Which version reads" not in text_of(client.get(address_of(promoted)))
    assert "Which version reads" in text_of(admin_client.get(address_of(promoted)))


# Its file


@pytest.fixture
def artifact(settings, add_model):
    """A registered version with its artifact in MODEL_ROOT."""
    written = read_artifact(make_artifact(settings.MODEL_ROOT, version="1/a", folder="cnn-1a"))
    add_model(written.card, version="1/a", folder="cnn-1a", sha256=written.sha256)
    return written


def staff_client(user_model, *permissions: str, is_staff: bool = True) -> Client:
    user = user_model.objects.create_user("worker", is_staff=is_staff)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def test_staff_take_the_artifact_along_as_a_zip(artifact, django_user_model, tmp_path):
    client = staff_client(django_user_model, "view_modelversion")

    answer = client.get("/models/cnn/1/a/download/")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="cnn-1a.zip"'
    zipfile.ZipFile(io.BytesIO(answer.getvalue())).extractall(tmp_path / "there")
    assert read_artifact(tmp_path / "there" / "cnn-1a").card == artifact.card
    assert 'href="/models/cnn/1/a/download/"' in client.get("/models/cnn/1/a/").content.decode()


def test_the_file_is_for_staff_alone(artifact, client):
    answer = client.get("/models/cnn/1/a/download/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/models/cnn/1/a/download/")
    assert "/download/" not in client.get("/models/cnn/1/a/").content.decode()


@pytest.mark.parametrize(("permissions", "is_staff"), [((), True), (("view_modelversion",), False)])
def test_the_file_is_for_staff_with_the_permission(artifact, django_user_model, permissions, is_staff):
    client = staff_client(django_user_model, *permissions, is_staff=is_staff)

    assert client.get("/models/cnn/1/a/download/").status_code == 403
    assert "/download/" not in client.get("/models/cnn/1/a/").content.decode()


def test_a_file_that_is_not_the_registered_one_is_not_sent(artifact, admin_client):
    ModelVersion.objects.update(sha256="0" * 64)

    answer = admin_client.get("/models/cnn/1/a/download/")

    assert answer.status_code == 404
    assert "is not on this machine as it was registered. Copy its folder back" in text_of(answer)


@pytest.mark.parametrize("name", ["card.json", "model.keras"])
def test_a_file_that_is_gone_is_told_so(artifact, admin_client, name):
    (artifact.folder / name).unlink()

    answer = admin_client.get("/models/cnn/1/a/download/")

    assert answer.status_code == 404
    assert "is not on this machine as it was registered" in text_of(answer)


def test_the_file_of_an_unknown_version_is_not_found(artifact, admin_client):
    assert admin_client.get("/models/cnn/2/download/").status_code == 404
    assert admin_client.post("/models/cnn/1/a/download/").status_code == 405


@pytest.mark.parametrize("address", ["/models/cnn/none/", "/models/rnn/1/", "/models/mlp/1/", "/models/cnn/"])
def test_an_unknown_model_is_not_found(client, add_model, address):
    add_model({})

    answer = client.get(address)

    assert answer.status_code == 404
    assert "There is nothing here" in text_of(answer)


def hostile(value: object) -> object:
    """Return a card with markup in the place of every text, and in the names that cards choose themselves."""
    if isinstance(value, dict):
        return {key: inner if key == "kind" else hostile(inner) for key, inner in value.items()} | {ATTACK: ATTACK}
    if isinstance(value, list):
        return [hostile(inner) for inner in value]
    return ATTACK if isinstance(value, str) and value != PNG else value


def test_hostile_words_in_a_card_are_only_words(client, released, add_model):
    card = released["cnn"].card
    merged = (
        card | OPTIONAL | {"figures": card["figures"] | OPTIONAL["figures"], "data": card["data"] | OPTIONAL["data"]}
    )
    told = hostile(merged)
    told["figures"]["pictures"]["sources"][ATTACK] = source("digit", 1, [0.0, 1.0], right=1)
    version = add_model(told, version="hostile", state="candidate")

    for address in ("/models/", address_of(version)):
        content = client.get(address).content.decode()
        assert "<script>alert" not in content
        assert "\"'>" not in content
    assert "&lt;script&gt;alert(1)" in content


# Both


@pytest.fixture(params=["list", "released", "optional", "bare"])
def page(request, client, released, add_model) -> str:
    """Return the markup of a page of models, for cards that tell much and little."""
    optional = add_model(OPTIONAL, kind="mlp", version="optional", state="candidate")
    bare = add_model({}, kind="mlp", version="bare", state="retired")
    addresses = {"released": address_of(released["cnn"]), "optional": address_of(optional), "bare": address_of(bare)}
    return client.get(addresses.get(request.param, "/models/")).content.decode()


def test_headings_go_down_one_step_at_a_time(page):
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_tables_are_captioned_and_scroll_in_a_box_of_their_own(page):
    for box, table in re.findall(r'(<div class="table-box"[^>]*>)\s*(<table.*?</table>)', page, re.DOTALL):
        caption = re.search(r'<caption id="([\w-]+)"', table)[1]
        assert 'tabindex="0"' in box
        assert 'role="region"' in box
        assert f'aria-labelledby="{caption}"' in box
        assert all("scope=" in head for head in re.findall(r"<th\b[^>]*>", table))
    assert page.count("<table") == page.count('class="table-box"')


def test_names_are_unique_and_what_points_at_them_finds_them(page):
    names = re.findall(r'\bid="([^"]+)"', page)

    assert len(names) == len(set(names))
    assert set(re.findall(r'(?:href="#|aria-labelledby=")([^"]+)"', page)) <= set(names)


def test_nothing_needs_a_script_or_a_style_of_its_own(page):
    assert " style=" not in page
    assert "<style" not in page
    assert re.findall(r"<script(?![^>]*theme\.js)", page) == []


def test_the_navigation_leads_here_and_says_so(client, add_model):
    add_model({})

    assert '<a href="/models/">Models</a>' in client.get("/about/").content.decode()
    assert '<a href="/models/" aria-current="page">' in client.get("/models/").content.decode()
    assert '<a href="/models/" aria-current="true">' in client.get("/models/cnn/1/").content.decode()


def test_the_number_of_queries_does_not_grow(client, released, add_model, django_assert_num_queries):
    for number in range(10):
        add_model(OPTIONAL, version=f"more-{number}", state="retired")

    with django_assert_num_queries(1):
        client.get("/models/")
    with django_assert_num_queries(3):  # the version, its siblings, and what became of it
        client.get(address_of(released["cnn"]))


@pytest.mark.parametrize("address", ["/models/", "/models/cnn/1/"])
def test_a_page_of_models_is_like_every_other(client, add_model, address):
    add_model({})

    answer = client.get(address)

    assert answer["Cache-Control"] == client.get("/about/")["Cache-Control"]
    assert "style-src 'self';" in answer["Content-Security-Policy"] + ";"
    assert "visitor" not in client.cookies
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405
