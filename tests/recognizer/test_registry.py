"""The active model of a process: loaded once, swapped whole, kept while its successor is broken."""

import json
import logging
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connections

from recognizer import registry
from recognizer.inference.artifacts import ArtifactError, file_sha256
from recognizer.inference.predictor import Predictor
from recognizer.models import ModelVersion, Picture
from recognizer.recognition import guess
from recognizer.registry import ModelUnavailableError, UnknownModelError, get_model
from tests.own_site import wait_for
from tests.pictures import png_of
from tests.recognizer.outages import lost_database
from tests.recognizer.rows import make_version

RELEASED = Path(registry.__file__).parent / "released"


@pytest.fixture
def always_recheck(monkeypatch):
    """Ask the database at every reading, and try a broken artifact again at once."""
    monkeypatch.setattr(registry, "RECHECK_SECONDS", -1.0)
    monkeypatch.setattr(registry, "RETRY_SECONDS", 0.0)


class Loader:
    """Pretends to load artifacts; those that are named as broken cannot be loaded."""

    def __init__(self) -> None:
        self.loaded: list[str] = []
        self.broken: set[str] = set()
        self.seconds = 0.0

    def __call__(self, artifact) -> Predictor:
        time.sleep(self.seconds)
        if artifact.folder in self.broken:
            raise ArtifactError(f"{artifact.folder} is broken.")
        self.loaded.append(artifact.folder)
        return Predictor(lambda glyphs: np.zeros((len(glyphs), 11), np.float32), 1.0, 0.9, 0.5)


@pytest.fixture
def loader(monkeypatch) -> Loader:
    loader = Loader()
    monkeypatch.setattr(registry, "load_predictor", loader)
    monkeypatch.setattr(
        registry, "read_artifact", lambda folder: type("A", (), {"folder": folder.name, "sha256": "0" * 64})
    )
    return loader


def swap_to(version: str) -> ModelVersion:
    """Make a new version the active one."""
    new = make_version(version=version, state="candidate")
    new.activate()
    return new


@pytest.mark.django_db(transaction=True)
def test_it_loads_once_though_8_threads_ask_at_the_same_moment(loader):
    make_version()
    barrier, models, errors = threading.Barrier(8), [], []

    def ask():
        try:
            barrier.wait(10)
            models.append(get_model())
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    loader.seconds = 0.2
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert errors == []
    assert len(models) == 8
    assert len({id(model) for model in models}) == 1
    assert loader.loaded == ["cnn-1"]


def test_it_asks_the_database_seldom(db, loader, django_assert_num_queries):
    make_version()
    get_model()

    with django_assert_num_queries(0):
        for _ in range(5):
            get_model()


def test_another_active_version_takes_over(db, loader, always_recheck):
    make_version()
    first = get_model()

    second = swap_to("2")

    assert get_model().version == second
    assert get_model().predictor is not first.predictor
    assert loader.loaded == ["cnn-1", "cnn-2"]


def test_another_version_with_the_same_weights_takes_over_too(db, loader, always_recheck):
    """Its card may hold another temperature, and readings name their version."""
    make_version(sha256="0" * 64)
    get_model()

    second = swap_to("2")

    assert second.sha256 == "0" * 64
    assert get_model().version == second


def test_a_version_is_not_loaded_again_while_it_stays_active(db, loader, always_recheck):
    make_version()

    models = {id(get_model()) for _ in range(5)}

    assert len(models) == 1
    assert loader.loaded == ["cnn-1"]


def test_the_last_good_model_answers_while_the_new_one_is_broken(db, loader, always_recheck, caplog):
    first = make_version()
    get_model()
    loader.broken.add("cnn-2")

    swap_to("2")

    with caplog.at_level(logging.ERROR):
        assert get_model().version == first
    assert "cnn 2 cannot be loaded: cnn-2 is broken." in caplog.text


def test_a_broken_one_is_left_alone_for_a_while(db, loader, monkeypatch):
    monkeypatch.setattr(registry, "RECHECK_SECONDS", -1.0)
    first = make_version()
    get_model()
    loader.broken.add("cnn-2")
    second = swap_to("2")
    get_model()
    loader.broken.clear()

    assert get_model().version == first
    monkeypatch.setattr(registry, "RETRY_SECONDS", 0.0)
    assert get_model().version == second


def test_no_model_answers_when_none_is_active_any_more(db, loader, always_recheck):
    make_version()
    get_model()

    ModelVersion.objects.update(state="retired")

    with pytest.raises(ModelUnavailableError):
        get_model()


@pytest.mark.django_db(transaction=True)
def test_others_go_on_with_the_last_model_while_the_new_one_is_loaded(loader, always_recheck, monkeypatch):
    first = make_version()
    get_model()
    second = swap_to("2")
    began, may_end, loaded = threading.Event(), threading.Event(), []

    def slowly(artifact):
        began.set()
        assert may_end.wait(20)
        return loader(artifact)

    monkeypatch.setattr(registry, "load_predictor", slowly)

    def load():
        loaded.append(get_model().version)
        connections.close_all()

    loading = threading.Thread(target=load)
    loading.start()
    assert began.wait(20)

    assert get_model().version == first
    may_end.set()
    loading.join(20)
    assert loaded == [second]
    assert get_model().version == second


@pytest.fixture
def watching(monkeypatch):
    """Return a function that has the process watched until the test ends."""
    monkeypatch.setattr(registry, "WATCH_SECONDS", 0.01)
    stop, threads = threading.Event(), []
    yield lambda: threads.append(registry.watch(stop))
    stop.set()
    for thread in threads:
        thread.join(20)


@pytest.mark.django_db(transaction=True)
def test_a_process_that_watches_is_brought_to_a_new_version_unasked(loader, watching):
    make_version()
    get_model()
    watching()

    swap_to("2")

    wait_for(lambda: loader.loaded == ["cnn-1", "cnn-2"])


@pytest.mark.django_db(transaction=True)
def test_while_it_is_watched_no_request_has_to_ask(loader, watching):
    make_version()
    get_model()
    watching()
    time_of = registry._slots["cnn"].checked_at

    wait_for(lambda: registry._slots["cnn"].checked_at > time_of)


@pytest.mark.django_db(transaction=True)
def test_the_watch_outlives_an_outage(loader, watching, monkeypatch, caplog):
    make_version()
    refresh, failures = registry.refresh, []

    def refresh_after_an_outage():
        if len(failures) < 2:
            failures.append(1)
            raise DatabaseError("The database is away.")
        refresh()

    monkeypatch.setattr(registry, "refresh", refresh_after_an_outage)

    watching()

    wait_for(lambda: loader.loaded == ["cnn-1"])
    assert caplog.text.count("The database is away.") == 2


def test_what_is_not_to_be_read_is_not_loaded_by_the_watch(db, loader):
    make_version(state="retired")
    make_version("mlp")

    registry.refresh()

    assert loader.loaded == ["mlp-1"]


@pytest.mark.parametrize("kind", ["oracle", "numpy_mlp"])
def test_a_kind_that_there_is_not_is_unknown(db, kind):
    make_version()
    make_version("mlp")

    with pytest.raises(UnknownModelError, match="Choose one of: cnn, mlp\\."):
        get_model(kind)


def test_the_default_kind_without_a_version_is_unavailable(db):
    with pytest.raises(ModelUnavailableError):
        get_model("cnn")


def test_a_kind_without_an_active_version_is_unavailable(db):
    make_version("mlp", state="retired")

    with pytest.raises(ModelUnavailableError):
        get_model("mlp")


def test_kinds_do_not_wait_for_each_other(db, loader):
    make_version()
    make_version("mlp")
    loader.broken.add("mlp-1")

    assert get_model("cnn").version.kind == "cnn"
    with pytest.raises(ModelUnavailableError):
        get_model("mlp")


def test_warming_up_loads_every_active_model(db, loader):
    make_version()
    make_version("mlp")
    make_version(version="2", state="candidate")

    registry.warm_up()

    assert loader.loaded == ["cnn-1", "mlp-1"]


def test_warming_up_logs_a_broken_model_and_goes_on(db, loader, caplog):
    make_version()
    make_version("mlp")
    loader.broken.add("cnn-1")

    registry.warm_up()

    assert loader.loaded == ["mlp-1"]
    assert "No cnn model can be loaded" in caplog.text


def test_warming_up_without_a_database_only_logs(db, loader, caplog):
    with lost_database():
        registry.warm_up()

    assert "cannot be looked up" in caplog.text


def test_the_folder_that_was_registered_is_found_though_another_has_its_name(db, settings, tmp_path, monkeypatch):
    """Someone trained a network into a folder that has the name of a released one."""
    for root, sha256 in ((settings.MODEL_ROOT, "1" * 64), (tmp_path / "released", "0" * 64)):
        (root / "cnn-1").mkdir(parents=True)
        (root / "cnn-1" / "sha256").write_text(sha256)
    settings.RELEASED_MODEL_ROOT = tmp_path / "released"
    monkeypatch.setattr(
        registry,
        "read_artifact",
        lambda folder: type("A", (), {"folder": folder, "sha256": (folder / "sha256").read_text()}),
    )

    released = registry.registered_artifact(ModelVersion(folder="cnn-1", sha256="0" * 64))
    trained = registry.registered_artifact(ModelVersion(folder="cnn-1", sha256="1" * 64))

    assert released.folder == tmp_path / "released" / "cnn-1"
    assert trained.folder == settings.MODEL_ROOT / "cnn-1"
    with pytest.raises(ArtifactError, match="is not the artifact that was registered"):
        registry.registered_artifact(ModelVersion(folder="cnn-1", sha256="2" * 64))


# From here on the released artifact itself is loaded.


def copy_released(to: Path) -> Path:
    """Copy the newest released CNN."""
    return Path(shutil.copytree(max(RELEASED.glob("cnn-*")), to))


@pytest.fixture
def folder(settings) -> Path:
    """Copy the released artifact to where trained ones are kept."""
    return copy_released(settings.MODEL_ROOT / "copied")


@pytest.fixture
def copied(db, folder) -> ModelVersion:
    """Register the copy as the active version."""
    card = json.loads((folder / "card.json").read_text())
    return make_version(version="copied", folder="copied", sha256=card["model"]["sha256"], card=card)


def weights_of(folder: Path) -> Path:
    return folder / json.loads((folder / "card.json").read_text())["model"]["file"]


def truncate(folder: Path) -> None:
    data = weights_of(folder).read_bytes()
    weights_of(folder).write_bytes(data[: len(data) // 2])


def flip_a_bit(folder: Path) -> None:
    data = bytearray(weights_of(folder).read_bytes())
    data[len(data) // 2] ^= 1
    weights_of(folder).write_bytes(data)


def remove_card(folder: Path) -> None:
    (folder / "card.json").unlink()


def break_card(folder: Path) -> None:
    (folder / "card.json").write_text('{"format": 1, "kind"')


def remove_weights(folder: Path) -> None:
    weights_of(folder).unlink()


def truncate_with_a_fitting_checksum(folder: Path) -> None:
    truncate(folder)
    write_checksum(folder)


def change_its_shape(folder: Path) -> None:
    import keras

    network = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)])
    network.save(weights_of(folder))
    write_checksum(folder)


def write_checksum(folder: Path) -> None:
    """Make card and row believe the weights that are there."""
    card = json.loads((folder / "card.json").read_text())
    card["model"]["sha256"] = file_sha256(weights_of(folder))
    (folder / "card.json").write_text(json.dumps(card))
    ModelVersion.objects.update(sha256=card["model"]["sha256"])


WAYS_TO_BREAK = [
    shutil.rmtree,
    remove_card,
    break_card,
    remove_weights,
    truncate,
    flip_a_bit,
    truncate_with_a_fitting_checksum,
    change_its_shape,
]


@pytest.mark.parametrize("break_artifact", WAYS_TO_BREAK)
def test_a_broken_artifact_leaves_the_pages_up_and_readings_unavailable(client, copied, folder, break_artifact):
    break_artifact(folder)

    ready = client.get("/readyz")
    page, api = (
        client.post(address, {"image": SimpleUploadedFile("7.png", png_of())}) for address in ("/", "/api/v1/guess/")
    )

    assert [client.get(address).status_code for address in ("/", "/upload/", "/history/", "/about/")] == [200] * 4
    assert (ready.status_code, ready.json()["model"]) == (503, "unavailable")
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "The network that reads digits is not available." in page.content.decode()
    assert (api.status_code, api["Retry-After"]) == (503, "5")
    assert not Picture.objects.exists()
    assert "visitor" not in client.cookies


def test_it_recovers_when_the_artifact_is_mended(client, copied, folder, always_recheck):
    shutil.rmtree(folder)
    assert client.get("/readyz").status_code == 503

    copy_released(folder)

    assert client.get("/readyz").status_code == 200
    client.post("/", {"image": SimpleUploadedFile("7.png", png_of("7"))})
    assert Picture.objects.get().reading == "7"


def test_a_loaded_network_outlives_its_artifact(client, copied, folder, always_recheck):
    assert get_model().version == copied

    shutil.rmtree(folder)
    broken = swap_to("2")

    assert ModelVersion.objects.get(state="active") == broken
    assert get_model().version == copied
    client.post("/", {"image": SimpleUploadedFile("7.png", png_of("7"))})
    assert Picture.objects.get().model_version == copied


@pytest.mark.django_db(transaction=True)
def test_8_threads_read_with_one_real_network(copied, visitor):
    barrier, readings = threading.Barrier(8), []

    def read(digit: str):
        barrier.wait(10)
        readings.append((digit, guess(png_of(digit))[1].text))
        connections.close_all()

    threads = [threading.Thread(target=read, args=(digit,)) for digit in "01234567"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(readings) == [(digit, digit) for digit in "01234567"]
